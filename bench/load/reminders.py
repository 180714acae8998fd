"""Reminders that become due while things break: each must be told, and told once."""

import threading
import time
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.models import Activity
from rapport.kernel.notifications.models import Notification
from rapport.kernel.records import save_record

EVERY = 5.0
PATIENCE = 200  # seconds: reminders go out every minute


class Reminders(threading.Thread):
    """Plans a task now and then of which its owner is to be reminded half a minute later."""

    def __init__(self, run: str, seconds: float) -> None:
        super().__init__(daemon=True)
        self.run_name, self.until = run, time.monotonic() + seconds
        self.planned: list[str] = []

    def run(self) -> None:
        """One after the other; a lost database is waited for."""
        number = 0
        while time.monotonic() < self.until:
            number += 1
            try:
                self.plan(f"Load{self.run_name} Reminder{number}x")
            except (DatabaseError, InterfaceError, OSError):
                connection.close()
            time.sleep(EVERY)
        connection.close()

    def plan(self, name: str) -> None:
        """One task; what is not acknowledged does not count."""
        user = User.objects.get(email="load0@example.com")
        values = {
            "type": "task",
            "subject": name,
            "due_at": timezone.now() + timedelta(seconds=30),
            "reminder": "0",
            "owner": user,
        }
        made = save_record(Activity(), values, by=user)
        self.planned.append(str(made.pk))

    def wrong(self) -> list[str]:
        """Wait until all were told; what was told never or twice."""
        deadline = time.monotonic() + PATIENCE
        while True:
            told = list(
                Notification.objects.filter(kind="reminder", record__in=self.planned).values_list(
                    "record", flat=True
                )
            )
            if len(set(told)) == len(self.planned) or time.monotonic() > deadline:
                break
            time.sleep(1)
        times = {key: sum(1 for one in told if str(one) == key) for key in self.planned}
        lost = [f"nobody was reminded of {key}" for key, count in times.items() if not count]
        return lost + [f"twice: {key} was told {count} times" for key, count in times.items() if count > 1]
