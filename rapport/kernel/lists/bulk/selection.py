"""What a bulk deed is about: the ticked rows, or everything that the list's filter finds."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import policy
from rapport.kernel.records import NotVisible, RuleError
from rapport.kernel.registry import RecordType
from rapport.ui import formats

MOST = 10_000
LONGEST = 20.0  # seconds that finding all of them may take


@dataclass
class Selection:
    """The ids of some records of one type, all of which the user sees."""

    kind: RecordType
    ids: list[UUID]

    @property
    def count(self) -> int:
        return len(self.ids)

    def __str__(self) -> str:
        """ "12 people", for sentences."""
        from rapport.kernel.lists.page import noun

        label = self.kind.label if self.count == 1 else self.kind.label_plural
        return f"{formats.format_number(self.count)} {noun(label)}"


def selection_of(request: HttpRequest, kind: RecordType, act: str) -> Selection:
    """Return what is selected; RuleError when it is nothing, or more than one deed may touch.

    "All" means all that the filter finds and that this user may treat so. Of single rows each must be there for him;
    whether he may treat them so is asked by the door.
    """
    user = user_of(request)
    if request.GET.get("all"):
        state = state_of(request, kind)
        if state.compiled.problems:
            raise RuleError(" ".join(state.compiled.problems))
        rows = state.source().rows()
        for asked in (act, "bulk"):
            rows = rows.filter(policy(user, kind.key, asked).condition)
        try:
            with bounded(LONGEST):
                ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        except TooExpensive as problem:
            raise RuleError(str(problem)) from problem
    else:
        said = request.GET.get("ids", "").split(",")[: MOST + 1]
        ids = [key for one in dict.fromkeys(said) if (key := parse_id(one)) is not None]
    if not ids:
        raise RuleError(_("Nothing is selected."))
    if len(ids) > MOST:
        raise RuleError(_("At most 10,000 records can be changed at once. Narrow the filter."))
    if not request.GET.get("all"):
        _each_must_be_there(kind.visible_to(user).filter(pk__in=ids).count(), len(ids))
    return Selection(kind, ids)


def _each_must_be_there(there: int, asked: int) -> None:
    """Somebody may have deleted one of them since the list was shown; the person learns it and chooses anew."""
    if there == 0:
        raise NotVisible
    if gone := asked - there:
        text = ngettext(
            "%(count)s of the selected records is not there any more. Nothing was done; load the list anew.",
            "%(count)s of the selected records are not there any more. Nothing was done; load the list anew.",
            gone,
        )
        raise RuleError(text % {"count": gone})


def may_many(user: User, kind: RecordType, act: str) -> bool:
    """Whether the user's roles let him do that to several records of the type at once."""
    return all(policy(user, kind.key, asked).reach != "none" for asked in (act, "bulk"))
