"""Asking again some months after a deal was lost: a task that is planned together with the loss."""

from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.activities.actions import next_working_day, plan
from rapport.activities.models import Kind
from rapport.kernel.permissions import is_hidden, policy
from rapport.kernel.records import RuleError
from rapport.sales.deals.models import Deal
from rapport.ui.days import whole_day
from rapport.ui.formats import format_date

MONTHS: Final = (3, 6, 12)


def choices(user: User) -> list[tuple[str, str]]:
    """(months, when that is); none for who may not plan anything."""
    if policy(user, "activities", "create").reach == "none":
        return []
    return [
        (str(count), ngettext("In %(num)s month, %(day)s", "In %(num)s months, %(day)s", count)
            % {"num": count, "day": format_date(day_in(count))})
        for count in MONTHS
    ]  # fmt: skip


def day_in(months: int) -> date:
    """The first working day from that day on."""
    today = timezone.localdate()
    place = today.month - 1 + months
    day = today.replace(year=today.year + place // 12, month=place % 12 + 1, day=min(today.day, 28))
    return day if day.isoweekday() < 6 else next_working_day(day)


def ask_again(deal: Deal, said: str, *, by: User) -> None:
    """Plan it with the deal and its customer, as far as the user sees him; nothing where nothing was chosen."""
    if not said:
        return
    if said not in dict(choices(by)):
        raise RuleError(fields={"ask_again": _("Choose one of the days.")})
    customers = [one for one in (deal.organization, deal.person) if one and not is_hidden(one, by)]
    subject = _("Ask again: %(deal)s") % {"deal": deal.name[:180]}
    plan([deal, *customers], Kind.TASK, subject, by=by, due_at=whole_day(day_in(int(said))))
