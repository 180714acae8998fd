"""A series: the rule and what each occurrence begins with. Never changed: a change makes another series."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from rapport.runtime.ids import uuid7


class Series(models.Model):
    """What repeats, from which day on and how. Its occurrences are activities that name it.

    It is written once. Who changes "this and following" makes a new one for those, and one with an end for the
    others; the activities then name those, which the change log takes back like any other change.
    `filled_until` alone moves on: up to that moment every occurrence was made into an activity.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    uid = models.CharField(max_length=255)  # under which calendars know it
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rule = models.TextField()  # an RRULE; its UNTIL is a day or a moment of the series' time zone
    day = models.DateField()
    hour = models.TimeField(null=True)  # None: the whole day
    time_zone = models.CharField(max_length=64)
    type = models.CharField(max_length=20)
    subject = models.TextField()
    body = models.TextField(default="")
    place = models.TextField(default="")
    duration = models.PositiveIntegerField(null=True)
    reminder = models.CharField(max_length=10, default="")
    filled_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "uid"], name="activities_series_uid")]

    def __str__(self) -> str:
        return self.subject
