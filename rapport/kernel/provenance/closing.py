"""What ends a disagreement undecided: another value by hand, or that what was brought is taken back."""

from typing import Any, Final
from uuid import UUID

from django.db import connection

from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.provenance.models import Disagreement

# The newest entry for each open one counts. Whose value was written anew by hand is settled. Where a set was taken
# back, so that the typed value stands again, there is no question either; where what an earlier import or program had
# brought stands again, the question is about that one again.
CLOSE: Final = """
update kernel_disagreement d
set state = case when s.asks then 'open' else 'gone' end,
    decided_at = case when s.asks then null else now() end,
    brought = case when s.asks then s.value else d.brought end,
    cause = case when s.asks then s.earlier_cause else d.cause end,
    change_set_id = case when s.asks then s.earlier_set else d.change_set_id end,
    at = case when s.asks then s.at else d.at end
from (
    select n.*, e.cause as earlier_cause, e.change_set_id as earlier_set,
        n.cause = 'undo' and n.is_written and e.cause is not null
            and n.value <> n.typed and n.value not in ('null', '""', '[]') as asks
    from (
        select distinct on (d.id) d.id as disagreement_id, d.typed, d.is_written, d.record_id, d.field, c.cause, c.at,
            c.id, c.diff -> d.field -> 1 as value
        from kernel_change c join kernel_disagreement d on d.record_id = c.record_id
        where {which} and c.cause in ('page', 'undo') and c.part = '' and d.state = 'open' and c.diff ? d.field
        order by d.id, c.at desc, c.id desc
    ) n
    left join lateral (
        select c.cause, c.change_set_id from kernel_change c left join kernel_change_set t on t.id = c.change_set_id
        where c.record_id = n.record_id and c.part = '' and c.id < n.id and c.cause in ('import', 'api')
            and c.diff -> n.field -> 1 = n.value and t.reverted_at is null
        order by c.at desc, c.id desc limit 1
    ) e on true
) s
where d.id = s.disagreement_id
"""
OF_TRANSACTIONS: Final = CLOSE.format(
    which="c.transaction > %(after)s and c.transaction <= %(last)s and d.at < c.at"
)
OF_A_SET: Final = CLOSE.format(which="c.change_set_id = %(set)s")


def close_settled(after: int, last: int) -> None:
    """What the entries of these transactions have settled."""
    _close(OF_TRANSACTIONS, {"after": after, "last": last})


def close_taken_back(done: ChangeSet, undo: UUID) -> None:
    """Nothing that this set had brought is asked about any more, as soon as it is taken back."""
    Disagreement.objects.filter(
        change_set_id=done.pk, state=Disagreement.State.OPEN, is_written=False
    ).delete()  # what it had left out
    _close(OF_A_SET, {"set": undo})


def _close(sql: str, values: dict[str, Any]) -> None:  # Any: what the driver takes
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
