"""What users were reminded of, and what they want to be reminded of."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rapport.runtime.ids import uuid7


class Reminder(models.Model):
    """Somebody was reminded of an activity that was due at that moment. This row is why it happens once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.ForeignKey("activities.Activity", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveSmallIntegerField(default=1)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activity", "user", "due_at"], name="a_reminder_is_sent_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="activities_reminder_snoozed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.due_at}"


class ReminderChoice(models.Model):
    """How long before an activity a user is reminded where the activity itself says nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    appointments = models.CharField(max_length=10)  # calls and meetings
    tasks = models.CharField(max_length=10)

    def __str__(self) -> str:
        return f"{self.user_id}"
