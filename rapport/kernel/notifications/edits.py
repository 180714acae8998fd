"""What followers are told of besides: what somebody changed on a record, by hand or through a program.

Read from the change log like what is told in `watching`. What one person changes on a record in a while is one
notification, as long as it has not been read.
"""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, Cause, Change
from rapport.kernel.changes.reader import unread
from rapport.kernel.changes.sentences import Line
from rapport.kernel.changes.words import tell as tell_changes
from rapport.kernel.live.news import tell as tell_pages
from rapport.kernel.notifications import Kind, Mail, add_kind, notify
from rapport.kernel.notifications.following import followers_of
from rapport.kernel.notifications.models import Notification
from rapport.kernel.notifications.speaking import speaking
from rapport.kernel.notifications.telling import LONGEST, known_kind, ways_of
from rapport.kernel.registry import RecordType, type_by_key

EDITED = "record.edited"
READER = "edits"
BATCH = 5_000  # entries read at once
FEW = 5  # records of one act; of a bulk edit followers are not told, they see it in the records' histories
AWHILE = timedelta(minutes=30)
EDITING = "actor_id is not null and cause = any(%s)"


def register() -> None:
    add_kind(
        Kind(EDITED, _("Other changes of records that I follow"), _("%(by)s changed %(record)s."), "pencil", order=60)
    )  # fmt: skip


def tell_edits() -> None:
    """Tell of what was changed since the last call; the first one begins here."""
    while True:
        causes = [Cause.PAGE.value, Cause.API.value, Cause.UNDO.value]
        with unread(READER, most=BATCH, where=EDITING, values=[causes], from_now=True) as part:
            _tell_all(part.changes())
        if not part.has_more:
            return


def _tell_all(changes: list[Change]) -> None:
    acts: dict[UUID | int, dict[UUID, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        acts[change.change_set_id or change.transaction][change.record_id].append(change)
    for records in acts.values():
        if len(records) <= FEW:
            for found in records.values():
                _tell(found)


def _tell(changes: list[Change]) -> None:
    """What one act changed in one record, to each follower what he may know of it, in his language."""
    if any(change.act == "create" and not change.part for change in changes):
        return
    entry = AnyRecord.objects.filter(pk=changes[0].record_id, deleted_at=None).first()
    kind = type_by_key(changes[0].type)
    by = User.objects.get(pk=changes[0].actor_id) if changes[0].actor_id else None
    if entry is None or kind is None or by is None:
        return
    for user in followers_of(entry.pk):
        if user.pk == by.pk or not AnyRecord.objects.visible_to(user).filter(pk=entry.pk).exists():
            continue
        with speaking(user):
            text = "; ".join(_worded(line) for line in _lines(changes, kind, user))
        if text and not _joined(user, entry, by, text):
            notify([user], EDITED, entry, text, by=by, key=str(changes[0].pk))


def _lines(changes: list[Change], kind: RecordType, user: User) -> list[Line]:
    """Without who looks after it and where it stands, of which one is told otherwise."""
    fields = kind.whole.fields
    told = {str(fields[name].label) for name in ("owner", kind.board) if name and name in fields}
    acts = tell_changes(changes[::-1], kind, user)
    return [line for act in acts for line in act.lines if line.label not in told]


def _worded(line: Line) -> str:
    if not (line.old or line.new):
        return str(line.said.striptags())
    return f"{line.label}: {line.old} → {line.new or '–'}" if line.old else f"{line.label}: {line.new}"


@transaction.atomic
def _joined(user: User, entry: AnyRecord, by: User, text: str) -> bool:
    """Whether it went into what he was told of just now, in the way of today, and has neither read nor got by mail."""
    in_page, mail = ways_of([user], known_kind(EDITED))[user.pk]
    mine = Notification.objects.filter(
        user=user,
        kind=EDITED,
        record=entry,
        by=by,
        read_at=None,
        in_page=in_page,
        mail_due_at__isnull=mail == Mail.NEVER,
    )
    row = mine.filter(mailed_at=None, at__gt=timezone.now() - AWHILE).select_for_update().first()
    if row is None:
        return False
    row.text, row.at = f"{row.text}; {text}"[:LONGEST], timezone.now()
    row.save(update_fields=["text", "at"])
    tell_pages(("notifications", None, user.pk))
    return True
