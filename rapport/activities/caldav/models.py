"""A user's calendar on another server, and what was last the same on both sides."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from rapport.runtime.ids import uuid7
from rapport.runtime.secrets import SealedText


class CalendarAccount(models.Model):
    """Where the calendar is, who signs in there, and how far we have read it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    url = models.CharField(max_length=1000)
    username = models.CharField(max_length=200)
    password = SealedText()
    calendar = models.CharField(max_length=1000, default="")  # the address of the chosen one
    name = models.CharField(max_length=200, default="")
    token = models.TextField(default="")  # of the server: what we know up to
    is_on = models.BooleanField(default=True)
    synced_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    problem = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name or self.url


class CalendarItem(models.Model):
    """One entry over there and the activity or series here. `etag` and `digest` tell which side has changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(CalendarAccount, on_delete=models.CASCADE, related_name="items")
    href = models.CharField(max_length=1000)
    etag = models.CharField(max_length=300, default="")
    uid = models.CharField(max_length=255)
    activity = models.ForeignKey(
        "activities.Activity", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_series = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, default="")  # of our side when both were last the same
    raw = models.TextField(default="")  # what the other side said last: what we do not know stays in it
    is_left = models.BooleanField(default=False)  # nothing that we keep; only remembered

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "href"], name="a_calendar_item_is_known_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "uid"], name="activities_item_uid")]

    def __str__(self) -> str:
        return self.href
