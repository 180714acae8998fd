"""What a user has put off with a reason, and whether he wants his day by mail."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Snooze(models.Model):
    """A line of what needs a user, put off until a day, with his reason. `is_done` says that he has dealt with it."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.TextField()
    until = models.DateField()
    reason = models.TextField(default="")
    is_done = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_snooze"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="a_user_puts_a_line_off_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key} until {self.until}"


class DigestChoice(models.Model):
    """That a user wants his day by mail, at which hour of his own time, and on which day he got the last one."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="+")
    is_on = models.BooleanField(default=False)
    hour = models.IntegerField(default=7)
    workdays_only = models.BooleanField(default=True)
    sent_on = models.DateField(null=True)

    class Meta:
        db_table = "kernel_digest_choice"
        constraints: ClassVar = [
            models.CheckConstraint(name="a_day_has_24_hours", condition=models.Q(hour__gte=0, hour__lte=23))
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.hour}"
