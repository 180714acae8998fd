"""The log of rights: who changed what a role may, and who got or lost a role."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.utils import timezone


class Deed(StrEnum):
    """What was done; what of it was before and after stands in `old` and `new`."""

    ADDED = "added"  # old: the name of the role that it begins like
    NAMED = "named"
    DESCRIBED = "described"
    REMOVED = "removed"
    REACH = "reach"  # part: the act
    FIELD = "field"  # part: the field; "" is as usual
    RULE = "rule"  # the JSON of a filter
    RULE_ACTS = "rule-acts"  # what else it allows
    FACTOR = "factor"
    GIVEN = "given"
    TAKEN = "taken"


class Door(StrEnum):
    """Where it was done."""

    PAGE = ""
    API = "api"
    SERVER = "server"  # by a command
    SIGN_IN = "sign-in"  # by the company sign-in, which makes users


class RightsEntry(models.Model):
    """One line of the log of rights: values, of which sentences are made for whoever reads them.

    Names are kept beside what they name, so that a line tells the same when role or user is gone. `type` is the key of
    a record type, or "*" for all others.
    """

    at = models.DateTimeField(default=timezone.now)
    deed = models.TextField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.TextField(default="")
    door = models.TextField(default="")
    program = models.TextField(default="")
    role = models.ForeignKey("accounts.Role", null=True, on_delete=models.SET_NULL, related_name="+")
    role_name = models.TextField()
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    user_name = models.TextField(default="")
    type = models.TextField(default="")
    part = models.TextField(default="")
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.at} {self.deed} {self.role_name} {self.user_name}".rstrip()
