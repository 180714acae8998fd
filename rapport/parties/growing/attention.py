"""What of one's own parties needs one: birthdays and anniversaries, and data to check."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.lookups import In
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import User
from rapport.kernel.attention.needs import Deed, Hint, Need, Source, add_source
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.provenance.disagreements import open_rows
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.registry import RecordType, type_of_model
from rapport.parties.days import month_and_day
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.models import BOUGHT, Person
from rapport.ui import formats

AHEAD = 7  # days


def next_time(day: date, today: date) -> date:
    """The next day on which it comes round; 29 February is kept on the 28th."""
    for year in (today.year, today.year + 1):
        try:
            found = day.replace(year=year)
        except ValueError:
            found = date(year, 2, 28)
        if found >= today:
            return found
    raise AssertionError("a day comes round every year")


def _soon(field: str, today: date) -> Q:
    """SQL for: comes round within the next days."""
    days = [today + timedelta(days=number) for number in range(AHEAD + 1)]
    numbers = [day.month * 100 + day.day for day in days]
    if 228 in numbers:
        numbers.append(229)
    return Q(In(month_and_day(field), numbers))


def _when(day: date, today: date) -> str:
    away = (day - today).days
    return {0: _("today"), 1: _("tomorrow")}.get(away, _("on %(day)s") % {"day": formats.format_day(day)})


def find_birthdays(user: User, most: int) -> Sequence[Hint]:
    """Of one's own people; the next ones first."""
    kind = seen_by(type_of_model(Person), user)
    if "birthday" not in kind.fields or policy(user, kind.key, "read").reach == "none":
        return []
    today = timezone.localdate()
    rows = kind.visible_to(user).filter(_soon("birthday", today), owner=user, birthday__isnull=False)
    found = []
    for key, birthday in rows.order_by("pk").values_list("pk", "birthday")[: 3 * most]:
        day = next_time(birthday, today)
        found.append(Hint(f"birthday-{day.year}-{key}", 58 - 4 * (day - today).days, (key, day)))
    return sorted(found, key=lambda one: -one.weight)[:most]


def tell_birthdays(user: User, hints: Sequence[Hint]) -> Sequence[Need]:
    """Who has it and when, how old he will be, and how to reach him."""
    kind, today, found = seen_by(type_of_model(Person), user), timezone.localdate(), []
    people = kind.visible_to(user).in_bulk([hint.of[0] for hint in hints])
    for hint in hints:
        key, day = hint.of
        if (person := people.get(key)) is None:
            continue
        age = day.year - person.birthday.year
        why = _("%(age)s years; last contact %(when)s") if age < 130 else _("last contact %(when)s")
        said = {"age": age, "when": formats.format_moment(person.last_contact_at) or _("never")}
        title = _("Birthday of %(who)s %(when)s") % {"who": person, "when": _when(day, today)}
        address, deeds = person.get_absolute_url(), _wishes(kind, person)
        found.append(Need(hint.key, title, why % said, address, hint.weight, "cake", deeds=deeds))
    return found


def _wishes(kind: RecordType, person: Any) -> tuple[Deed, ...]:  # Any: a person
    if person.phone or person.mobile:
        return (Deed(_("Call"), f"tel:{(person.mobile or person.phone).replace(' ', '')}"),)
    return (Deed(_("Write"), f"mailto:{person.email}"),) if person.email else ()


def find_anniversaries(user: User, most: int) -> Sequence[Hint]:
    """Since a whole number of years a customer."""
    today = timezone.localdate()
    found: list[Hint] = []
    for kind in (seen_by(one, user) for one in kinds()):
        if not {"stage", "stage_since"} <= set(kind.fields) or policy(user, kind.key, "read").reach == "none":
            continue
        rows = kind.visible_to(user).filter(_soon("stage_since", today), owner=user, stage__in=BOUGHT)
        since = rows.filter(stage_since__lt=today).order_by("pk").values_list("pk", "stage_since")
        for key, day_one in since[: 3 * most]:
            day = next_time(day_one, today)
            if years := day.year - day_one.year:
                weight = 34 - 2 * (day - today).days
                found.append(Hint(f"anniversary-{day.year}-{key}", weight, (kind.key, key, years, day)))
    return sorted(found, key=lambda one: -one.weight)[:most]


def tell_anniversaries(user: User, hints: Sequence[Hint]) -> Sequence[Need]:
    """What the customer is to us, since how many years, and how to reach him."""
    today, found = timezone.localdate(), []
    for kind in (seen_by(one, user) for one in kinds()):
        theirs = [hint for hint in hints if hint.of[0] == kind.key]
        parties = kind.visible_to(user).in_bulk([hint.of[1] for hint in theirs])
        for hint in theirs:
            _kind, key, years, day = hint.of
            if (party := parties.get(key)) is None:
                continue
            why = ngettext(
                "%(stage)s for %(num)s year %(when)s", "%(stage)s for %(num)s years %(when)s", years
            )
            said = {"stage": party.get_stage_display(), "num": years, "when": _when(day, today)}
            found.append(
                Need(
                    hint.key, str(party), why % said, party.get_absolute_url(), hint.weight, "party-popper",
                    deeds=_wishes(kind, party),
                )
            )  # fmt: skip
    return found


def find_to_check(user: User, most: int) -> Sequence[Hint]:
    """Of one's own records: sources that disagree and values that are guessed or doubted, one line for each kind."""
    found = []
    for kind in (seen_by(one, user) for one in kinds()):
        if policy(user, kind.key, "read").reach == "none" or "owner" not in kind.fields:
            continue
        mine, fields = kind.visible_to(user).filter(owner=user).order_by().values("pk"), list(kind.fields)
        open_now = open_rows([kind.key]).filter(record_id__in=mine, field__in=fields).order_by()[:100].count()
        if open_now:
            found.append(Hint(f"decide-{kind.key}", 28, (kind, open_now)))
        for what in (ValueMark.Kind.GUESS, ValueMark.Kind.DOUBT):
            rows = ValueMark.objects.filter(kind=what, field__in=fields, record_id__in=mine)
            if count := rows.order_by()[:100].count():
                found.append(Hint(f"check-{kind.key}-{what}", 14, (kind, count, what)))
    return found


def tell_to_check(_user: User, hints: Sequence[Hint]) -> Sequence[Need]:
    """How many values there are, and where they are decided or checked."""
    return [_decide(one) if one.key.startswith("decide-") else _check(one) for one in hints]


def _decide(hint: Hint) -> Need:
    kind, count = hint.of
    title = ngettext("%(num)s value to decide", "%(num)s values to decide", count) % {"num": count}
    why = _("%(kind)s: an import or a program brought another value than was typed")
    address = f"{reverse('quality_disagreements')}?type={kind.key}"
    return _work(hint, title, why, address, "scale", _("Decide"))


def _check(hint: Hint) -> Need:
    kind, count, what = hint.of
    title = ngettext("%(num)s value to check", "%(num)s values to check", count) % {"num": count}
    is_guess = what == ValueMark.Kind.GUESS
    why = _("%(kind)s: guessed from an e-mail address") if is_guess else _("%(kind)s: marked as doubtful")
    address = f"{reverse('quality_marks')}?type={kind.key}&kind={what}"
    return _work(hint, title, why, address, "shield-check", _("Check"))


def _work(hint: Hint, title: str, why: str, address: str, icon: str, verb: str) -> Need:
    said = why % {"kind": hint.of[0].label_plural}
    return Need(hint.key, title, said, address, hint.weight, icon, deeds=(Deed(verb, address),))


def register() -> None:
    add_source(Source("birthdays", gettext_lazy("Birthdays"), find_birthdays, tell_birthdays))
    add_source(Source("anniversaries", gettext_lazy("Anniversaries"), find_anniversaries, tell_anniversaries))
    add_source(Source("data", gettext_lazy("Data to check"), find_to_check, tell_to_check))
