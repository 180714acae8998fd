"""The note on a record's page: this one is probably here twice."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.duplicates.listing import groups_of
from rapport.kernel.duplicates.models import DuplicatePair, State
from rapport.kernel.pages.blocks import Block, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import can
from rapport.kernel.records import Record
from rapport.kernel.registry import type_of

MOST = 5


def _fill(request: HttpRequest, record: Record) -> dict[str, Any] | None:
    """The group of the record, if it has one that this user may see and treat."""
    user = user_of(request)
    open_pairs = DuplicatePair.objects.filter(Q(first=record.pk) | Q(second=record.pk), state=State.OPEN)
    if not open_pairs.exists() or not can(user, "edit", record):
        return None
    seen = AnyRecord.objects.visible_to(user)
    pairs = open_pairs.filter(first__in=seen, second__in=seen).order_by("-points", "id")[:MOST]
    groups = groups_of(pairs, type_of(record), user)
    if not groups:
        return None
    return {"group": groups[0], "others": [one for one in groups[0].sides if one.record.pk != record.pk]}


def register() -> None:
    add_block(Block("duplicates", (), "main", "kernel/duplicates/block.html", _fill, 5))
