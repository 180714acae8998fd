"""What of one's own parties needs one: birthdays and anniversaries, and data to check."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.models import User
from rapport.kernel.attention.needs import Deed, Need, Source, add_source
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.provenance.disagreements import open_rows
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.registry import RecordType, type_of_model
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.models import Person, Stage
from rapport.ui import formats

AHEAD = 7  # days
BOUGHT = (Stage.CUSTOMER, Stage.VALUED, Stage.WON_BACK)


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
    wanted = Q()
    for day in days:
        wanted |= Q(**{f"{field}__month": day.month, f"{field}__day": day.day})
    if any((day.month, day.day) == (2, 28) for day in days):
        wanted |= Q(**{f"{field}__month": 2, f"{field}__day": 29})
    return wanted


def _when(day: date, today: date) -> str:
    away = (day - today).days
    return {0: _("today"), 1: _("tomorrow")}.get(away, _("on %(day)s") % {"day": formats.format_weekday(day)})


def birthdays(user: User, most: int) -> Sequence[Need]:
    kind = seen_by(type_of_model(Person), user)
    if "birthday" not in kind.fields or policy(user, kind.key, "read").reach == "none":
        return []
    today = timezone.localdate()
    rows = kind.visible_to(user).filter(_soon("birthday", today), owner=user, birthday__isnull=False)
    found = []
    for person in rows.order_by("pk")[: 3 * most]:
        day = next_time(person.birthday, today)
        age, away = day.year - person.birthday.year, (day - today).days
        why = _("%(age)s years; last contact %(when)s") if age < 130 else _("last contact %(when)s")
        said = {"age": age, "when": formats.format_moment(person.last_contact_at) or _("never")}
        title = _("Birthday of %(who)s %(when)s") % {"who": person, "when": _when(day, today)}
        key, address = f"birthday-{day.year}-{person.pk}", person.get_absolute_url()
        deeds = _wishes(kind, person)
        found.append(Need(key, title, why % said, address, 58 - 4 * away, "cake", deeds=deeds))
    return sorted(found, key=lambda one: -one.weight)[:most]


def _wishes(kind: RecordType, person: Any) -> tuple[Deed, ...]:  # Any: a person
    if person.phone or person.mobile:
        return (Deed(_("Call"), f"tel:{(person.mobile or person.phone).replace(' ', '')}"),)
    return (Deed(_("Write"), f"mailto:{person.email}"),) if person.email else ()


def anniversaries(user: User, most: int) -> Sequence[Need]:
    """Since a whole number of years a customer."""
    today = timezone.localdate()
    found: list[Need] = []
    for kind in (seen_by(one, user) for one in kinds()):
        if not {"stage", "stage_since"} <= set(kind.fields) or policy(user, kind.key, "read").reach == "none":
            continue
        rows = kind.visible_to(user).filter(_soon("stage_since", today), owner=user, stage__in=BOUGHT)
        for party in rows.filter(stage_since__lt=today).order_by("pk")[: 3 * most]:
            day = next_time(party.stage_since, today)
            years = day.year - party.stage_since.year
            if years < 1:
                continue
            why = ngettext(
                "%(stage)s for %(num)s year %(when)s", "%(stage)s for %(num)s years %(when)s", years
            )
            said = {"stage": party.get_stage_display(), "num": years, "when": _when(day, today)}
            found.append(
                Need(
                    f"anniversary-{day.year}-{party.pk}", str(party), why % said, party.get_absolute_url(),
                    34 - 2 * (day - today).days, "party-popper", deeds=_wishes(kind, party),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: -one.weight)[:most]


def to_check(user: User, most: int) -> Sequence[Need]:
    """Of one's own records: sources that disagree and values that are guessed or doubted, one line for each kind."""
    found = []
    for kind in (seen_by(one, user) for one in kinds()):
        if policy(user, kind.key, "read").reach == "none" or "owner" not in kind.fields:
            continue
        mine, fields = kind.visible_to(user).filter(owner=user).order_by().values("pk"), list(kind.fields)
        open_now = open_rows([kind.key]).filter(record_id__in=mine, field__in=fields).order_by()[:100].count()
        if open_now:
            title = ngettext("%(num)s value to decide", "%(num)s values to decide", open_now) % {
                "num": open_now
            }
            why = _("%(kind)s: an import or a program brought another value than was typed")
            address = f"{reverse('quality_disagreements')}?type={kind.key}"
            found.append(_work(f"decide-{kind.key}", title, why, kind, address, 28, "scale", _("Decide")))
        rows = ValueMark.objects.filter(kind__in=["guess", "doubt"], field__in=fields, record_id__in=mine)
        doubtful = rows.order_by()[:100].count()
        if doubtful:
            title = ngettext("%(num)s value to check", "%(num)s values to check", doubtful) % {
                "num": doubtful
            }
            why = _("%(kind)s: guessed from an e-mail address or marked as doubtful")
            address = f"{reverse('quality_marks')}?type={kind.key}&kind=guess"
            found.append(
                _work(f"check-{kind.key}", title, why, kind, address, 14, "shield-check", _("Check"))
            )
    return found


def _work(
    key: str, title: str, why: str, kind: RecordType, address: str, weight: float, icon: str, verb: str
) -> Need:
    said = why % {"kind": kind.label_plural}
    return Need(key, title, said, address, weight, icon, deeds=(Deed(verb, address),))


def register() -> None:
    add_source(Source("birthdays", gettext_lazy("Birthdays"), birthdays))
    add_source(Source("anniversaries", gettext_lazy("Anniversaries"), anniversaries))
    add_source(Source("data", gettext_lazy("Data to check"), to_check))
