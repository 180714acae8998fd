"""What a user is told, in words, without what he must not see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.notifications.kinds import Kind
from rapport.kernel.notifications.models import Notification
from rapport.kernel.notifications.telling import known_kind
from rapport.ui.formats import format_date, format_lasting, format_moment, within


@dataclass(frozen=True)
class Told:
    """A notification as it is shown."""

    row: Notification
    kind: Kind
    sentence: str
    title: str  # of the record; empty where there is none
    address: str

    @property
    def text(self) -> str:
        return self.row.text

    @property
    def at(self) -> str:
        """When it happened, for a mail."""
        return format_lasting(self.row.at)

    @property
    def is_new(self) -> bool:
        return self.row.read_at is None


def seen_by(user: User) -> "QuerySet[Notification]":
    """What this user may be shown: nothing of records that he cannot see (any more)."""
    seen = AnyRecord.objects.visible_to(user).values("pk")
    return Notification.objects.filter(Q(record=None) | Q(record__in=seen), user=user)


def in_page(user: User) -> "QuerySet[Notification]":
    """What stands in the page, newest first."""
    return seen_by(user).filter(in_page=True).order_by("-at", "-id")


def unread_count(user: User) -> int:
    return in_page(user).filter(read_at=None).count()


def shown(rows: "Iterable[Notification]", *, lasting: bool = False) -> list[Told]:
    """In the words of the language that is spoken now; the rows come with `record` and `by` read along."""
    return [_told(row, lasting=lasting) for row in rows]


def _told(row: Notification, *, lasting: bool) -> Told:
    kind = known_kind(row.kind)
    title = row.record.title if row.record else ""
    who = str(row.by) if row.by else _("Somebody")
    values = {name: _worded(value, lasting=lasting) for name, value in row.values.items()}
    sentence = str(kind.sentence) % _Known({**values, "by": who, "record": title})
    address = row.address or (row.record.get_absolute_url() if row.record else "")
    return Told(row, kind, sentence, title, address)


class _Known(dict[str, Any]):  # Any: words and numbers
    """A sentence that names what its notification was not given shows nothing there."""

    def __missing__(self, name: str) -> str:
        return ""


def _worded(value: Any, *, lasting: bool) -> Any:  # Any: as it was kept
    """In a page moments are told from now; a mail is read later (`lasting`)."""
    if isinstance(value, dict) and "moment" in value:
        moment = timezone.localtime(datetime.fromisoformat(value["moment"]))
        return format_lasting(moment) if lasting else within(format_moment(moment))
    if isinstance(value, dict) and "date" in value:
        return format_date(date.fromisoformat(value["date"]))
    return value
