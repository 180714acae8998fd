"""Kinds of relationships have limits per side: what the merged record would have too many of leaves."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import F

from rapport.accounts.models import User
from rapport.kernel.relations.models import Relationship, RelationshipQuerySet
from rapport.kernel.relations.store import Days, days_of, most_at_once

LIMITS = {"source": "most_targets", "target": "most_sources"}


def surplus(
    side: str, survivor: UUID, others: Sequence[UUID], rows: RelationshipQuerySet | None = None
) -> list[UUID]:
    """Relationships of the others on that side ("source" or "target") that the survivor could not have as well.

    Its own stay, then those of the first of the others, main and newer ones before the rest.
    """
    order = {key: place for place, key in enumerate([survivor, *others])}
    end, limit = f"{side}_id", LIMITS[side]
    found = (Relationship.objects.all() if rows is None else rows).filter(**{f"{end}__in": list(order)})
    found = found.exclude(**{f"type__{limit}": None})
    far_end = "target_id" if side == "source" else "source_id"
    edges = list(found.exclude(**{f"{far_end}__in": list(order)}).annotate(most=F(f"type__{limit}")))
    edges.sort(key=lambda one: (one.valid_from is not None, one.valid_from), reverse=True)
    edges.sort(key=lambda one: (order[getattr(one, end)], not one.is_primary))
    kept: dict[int, list[Days]] = defaultdict(list)
    leave, said = [], set()
    for one in edges:
        same = (one.type_id, getattr(one, far_end), one.valid_from, one.valid_until)
        if same in said:  # stands there twice anyway (journal.py)
            continue
        said.add(same)
        days, held = days_of(one.valid_from, one.valid_until), kept[one.type_id]
        most = one.most  # type: ignore[attr-defined]  # annotated
        if getattr(one, end) != survivor and most_at_once(days, held) > most:
            leave.append(one.pk)
        else:
            held.append(days)
    return leave


def leaving(survivor: UUID, others: Sequence[UUID], user: User) -> int:
    """How many relationships would leave, as far as the user may see them."""
    seen = Relationship.objects.visible_to(user)
    return sum(len(surplus(side, survivor, others, seen)) for side in LIMITS)
