"""The log of rights: who changed what decides over what somebody sees and may do, and for whom."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.utils import timezone


class Deed(StrEnum):
    """What was done; what of it was before and after stands in `old` and `new`."""

    ADDED = "added"  # old: the name of the role that it begins like
    NAMED = "named"
    DESCRIBED = "described"
    PLACED = "placed"  # the name of what it is a part of
    REMOVED = "removed"
    REACH = "reach"  # part: the act
    FIELD = "field"  # part: the field; "" is as usual
    RULE = "rule"  # the JSON of a filter
    RULE_ACTS = "rule-acts"  # what else it allows
    FACTOR = "factor"
    ACTIVE = "active"
    NEWCOMERS = "newcomers"  # the name of the role that they get
    DOMAINS = "domains"  # of newcomers
    GIVEN = "given"  # to whom
    TAKEN = "taken"  # from whom


class Door(StrEnum):
    """Where it was done."""

    PAGE = ""
    API = "api"
    SERVER = "server"  # by a command
    SIGN_IN = "sign-in"  # by the company sign-in, which makes users


class RightsEntry(models.Model):
    """One line of the log of rights: values, of which sentences are made for whoever reads them.

    `thing` says what it is about (role, team, territory, user, provider, company), `whom` who gets or loses it (user,
    team). Names are kept beside what they name, so that a line tells the same when that is gone. `type` is the key of
    a record type, or "*" for all others.
    """

    at = models.DateTimeField(default=timezone.now)
    deed = models.TextField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.TextField(default="")
    door = models.TextField(default="")
    program = models.TextField(default="")
    thing = models.TextField()
    thing_id = models.TextField(default="")
    thing_name = models.TextField()
    whom = models.TextField(default="")
    whom_id = models.TextField(default="")
    whom_name = models.TextField(default="")
    type = models.TextField(default="")
    part = models.TextField(default="")
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.at} {self.deed} {self.thing_name} {self.whom_name}".rstrip()
