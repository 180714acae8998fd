"""How many items the tabs of a timeline hold: only those that the user may see, exact up to a bound."""

from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.timeline.models import TimelineEntry
from rapport.kernel.timeline.sources import source_of, sources
from rapport.ui import formats

MOST = 500  # of each kind; what is beyond is said by a plus


def tab_counts(record_id: UUID, user: User) -> dict[str, str]:
    """{tab: number}, without those that are empty: one query for the entries, one for each kind among them."""
    kinds = [one.kind for one in sources() if one.seen is not None]
    entries = TimelineEntry.objects.filter(record_id=record_id)
    parts = [
        entries.filter(kind=kind).order_by("-at", "-id").values_list("kind", "item_id")[: MOST + 1]
        for kind in kinds
    ]
    by_kind: dict[str, list[UUID]] = {}
    for kind, item in parts[0].union(*parts[1:], all=True):
        by_kind.setdefault(kind, []).append(item)
    numbers: dict[str, int] = {}
    cut = set()
    for kind, items in by_kind.items():
        source = source_of(kind)
        if source is None or source.seen is None:
            continue
        numbers[source.group] = (
            numbers.get(source.group, 0) + source.seen(user).filter(pk__in=items[:MOST]).count()
        )
        cut |= {source.group} if len(items) > MOST else set()
    return {
        tab: formats.format_number(number) + ("+" if tab in cut else "")
        for tab, number in numbers.items()
        if number
    }
