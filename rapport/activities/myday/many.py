"""Planning the same with each of several records that are selected in a list."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.accounts.models import User
from rapport.activities.myday.deeds import plan_with
from rapport.activities.pulse import TYPES
from rapport.kernel.lists.bulk.deeds import BulkDeed, add_bulk_deed
from rapport.kernel.lists.bulk.selection import Selection, may_many
from rapport.kernel.permissions import policy
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType

MOST = 200  # activities that one act plans


def may_plan_many(user: User, kind: RecordType) -> bool:
    return (
        kind.key in TYPES
        and may_many(user, kind, "read")
        and policy(user, "activities", "create").reach != "none"
    )


def plan_with_each(selection: Selection, kind: str, subject: str, day: str, *, by: User) -> int:
    """Plan it with each record of the selection that is still there; how many there are."""
    if selection.count > MOST:
        raise RuleError(_("At most 200 activities are planned at once. Select fewer."))
    found = selection.kind.visible_to(by).in_bulk(selection.ids)
    records = [found[key] for key in selection.ids if key in found]
    for record in records:
        plan_with(record, kind, subject, day, by=by)
    return len(records)


def register() -> None:
    """Enter the deed; called when the application starts."""
    label, says = gettext_lazy("Task"), gettext_lazy("Plan a task with the selection")
    add_bulk_deed(BulkDeed("plan", label, says, "check-check", "t", may_plan_many))
