"""What needs a user: areas register sources; each line says why in words and how much its waiting costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.attention.models import Snooze
from rapport.kernel.records import RuleError
from rapport.ui.words import Words

MOST: Final = 8
OF_ONE_SOURCE: Final = 4  # at first; all of them stand behind "more"
ALL: Final = 40
LONGEST_REASON: Final = 200


@dataclass(frozen=True)
class Deed:
    """What can be done about a line with one click or key; `post` posts, otherwise it opens (in a dialog)."""

    label: Words
    address: str
    post: bool = False
    dialog: bool = False
    key: str = ""  # "plan", "done": which key does it


@dataclass(frozen=True)
class Hint:
    """That there is a line, before anything is loaded to word it.

    The key stays the same from day to day, so that putting it off holds; weight ranks (0 to 100); `of` is what its
    source needs to word it; `since` is the day on which it began: what was put off before was another one, as of a
    promise that has got a new day.
    """

    key: str
    weight: float
    of: Any = None  # Any: each source's own
    since: date = date.min


@dataclass(frozen=True)
class Need:
    """One line in words, with the key and the weight of its hint."""

    key: str
    title: str
    why: str
    address: str
    weight: float
    icon: str = "circle-alert"
    tone: str = ""  # "bad", "warn" or nothing
    value: str = ""
    deeds: tuple[Deed, ...] = ()
    later: str = ""  # the address that moves it to the day that is posted


@dataclass(frozen=True)
class Source:
    """Where lines come from: `find` gives so many hints for a user, the heaviest first, only about what he sees;
    `tell` words those that are shown (in any order)."""

    key: str
    label: Words
    find: Callable[[User, int], Sequence[Hint]]
    tell: Callable[[User, Sequence[Hint]], Sequence[Need]]


_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Register a source; called once when an area is loaded."""
    _sources[:] = [one for one in _sources if one.key != source.key]
    _sources.append(source)


def sources() -> list[Source]:
    return list(_sources)


class PutOff:
    """What a user has put off."""

    def __init__(self, user: User) -> None:
        self._snoozes = {one.key: one for one in Snooze.objects.filter(user=user)}

    def __len__(self) -> int:
        return len(self._snoozes)

    def snooze(self, key: str, since: date) -> Snooze | None:
        """When and why he put off that line; nothing where it began only afterwards."""
        found = self._snoozes.get(key)
        return found if found is not None and timezone.localdate(found.at) >= since else None

    def hides(self, key: str, since: date) -> bool:
        found = self.snooze(key, since)
        return found is not None and found.until > timezone.localdate()


def needs_of(user: User, *, everything: bool = False) -> tuple[list[Need], int]:
    """What needs the user, by what waiting costs, without what he has put off; and how much there is.

    At first some of each kind, so that one kind does not hide all others.
    """
    most, each = (ALL, ALL) if everything else (MOST, OF_ONE_SOURCE)
    put_off = PutOff(user)
    hints: list[tuple[Source, Hint]] = []
    count = 0
    for source in _sources:
        # Some more than are shown, so that what is put off makes room for others.
        found = source.find(user, ALL + len(put_off))
        of_source = [one for one in found if not put_off.hides(one.key, one.since)]
        count += min(len(of_source), ALL)
        hints += [(source, one) for one in of_source[:each]]
    hints.sort(key=lambda one: (-one[1].weight, one[1].key))
    shown = hints[:most]
    lines: dict[str, Need] = {}
    for source in _sources:
        if theirs := [hint for one, hint in shown if one is source]:
            snoozes = {hint.key: put_off.snooze(hint.key, hint.since) for hint in theirs}
            lines |= {
                line.key: _with_reason(line, snoozes.get(line.key)) for line in source.tell(user, theirs)
            }
    return [lines[hint.key] for _source, hint in shown if hint.key in lines], count


def _with_reason(line: Need, snooze: Snooze | None) -> Need:
    """What came back says why it had been put off."""
    if snooze is None or not snooze.reason or snooze.is_done:
        return line
    said = {"why": line.why, "reason": snooze.reason}
    return replace(line, why=_("%(why)s; you wrote: %(reason)s") % said)


def put_off(user: User, key: str, until: date, reason: str = "", *, is_done: bool = False) -> None:
    """Do not show that line to the user before that day."""
    today = timezone.localdate()
    reason = " ".join(reason.replace("\0", "").split())[:LONGEST_REASON]
    if not key or len(key) > 200 or not today < until <= today + timedelta(days=400):
        raise RuleError(fields={"until": _("Choose a day within the next year.")})
    Snooze.objects.update_or_create(
        user=user,
        key=key,
        defaults={"until": until, "reason": reason, "is_done": is_done, "at": timezone.now()},
    )


def take_up_again(user: User, key: str) -> None:
    """Show the line again."""
    Snooze.objects.filter(user=user, key=key).delete()


def forget_old() -> None:
    """What was put off until long ago is not kept."""
    Snooze.objects.filter(until__lt=timezone.localdate() - timedelta(days=30)).delete()
