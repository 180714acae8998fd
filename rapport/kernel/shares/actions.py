"""Sharing a record and taking a share back: for those who may edit the record."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import Team, User
from rapport.kernel.permissions import can
from rapport.kernel.records import Record
from rapport.kernel.records.errors import NotVisible, Refused, RuleError
from rapport.kernel.registry import type_of
from rapport.kernel.shares.models import Act, Share


@transaction.atomic
def share_record(
    record: Record, *, by: User, user: User | None = None, team: Team | None = None, act: str = Act.READ,
    until: date | None = None,
) -> Share:  # fmt: skip
    """Let a user or a team see (or edit) the record until that day; sharing again replaces what was said before."""
    _check(record, by)
    if (user is None) == (team is None):
        raise RuleError(fields={"with": _("Choose a user or a team.")})
    if user is not None and not user.is_active:
        raise RuleError(fields={"with": _("%(name)s cannot sign in any more.") % {"name": user}})
    if act not in Act.values:
        raise RuleError(fields={"act": _("Choose from the list.")})
    if until is not None and until < timezone.localdate():
        raise RuleError(fields={"until": _("This day is over.")})
    values = {"act": act, "until": until, "by": by, "at": timezone.now()}
    share, _is_new = Share.objects.update_or_create(values, record_id=record.pk, user=user, team=team)
    return share


def end_share(record: Record, share: Share, *, by: User) -> None:
    """Take a share back."""
    _check(record, by)
    Share.objects.filter(pk=share.pk, record_id=record.pk).delete()


def _check(record: Record, by: User) -> None:
    if not type_of(record).visible_to(by).filter(pk=record.pk).exists():
        raise NotVisible
    if not can(by, "edit", record):
        raise Refused
