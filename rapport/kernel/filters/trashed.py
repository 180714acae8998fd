"""Links into the trash: they count as empty, as lists show them, and lead there again when the record comes back.

Few links of a field lead into the trash, mostly none. So it is looked up which, once for each request, and their ids
stand in the condition: without any it is the plain one, with some it uses the index of the field all the same.
"""

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Context, Link, Operator
from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User

# Records in the trash that are looked at; with a fuller one the database asks for each row.
MOST: Final = 1_000


# Any: typed by the field
def there(kind: RecordType, link: Link, operator: Operator, operand: Any, context: Context) -> Q:
    """The comparison for who sees all records, as if links into the trash were empty."""
    assert context.reader is not None
    if operator.key in ("any", "none"):
        trash = AnyRecord.objects.filter(pk__in=operand, deleted_at__isnull=False)
        gone = set(trash.values_list("pk", flat=True)) if operand else set()
        return link.condition(operator, [key for key in operand if key not in gone], context)
    plain = link.condition(operator, operand, context)
    led = _led_into_trash(kind, link, context.reader)
    if led is None:
        trash = AnyRecord.objects.filter(pk=OuterRef(str(link.attname)), deleted_at__isnull=False)
        into_trash = Q(Exists(trash))
    elif led:
        into_trash = Q(**{f"{link.name}__in": led})
    else:
        return plain
    return plain | into_trash if operator.key == "empty" else plain & ~into_trash


def _led_into_trash(kind: RecordType, link: Link, user: "User") -> list[UUID] | None:
    """The records in the trash to which this link of any record leads; None where that takes long to tell."""
    known: dict[str, list[UUID] | None] = user.__dict__.setdefault("_led_into_trash", {})
    place = f"{kind.key} {link.name}"
    if place not in known:
        known[place] = _look(kind, link)
    return known[place]


def _look(kind: RecordType, link: Link) -> list[UUID] | None:
    trash = AnyRecord.objects.filter(deleted_at__isnull=False).order_by("-deleted_at", "-pk").values("pk")
    if (link.is_custom and not link.is_indexed) or trash[MOST : MOST + 1].exists():
        return None
    leading: Any = kind.model.objects.filter(deleted_at=None).order_by()  # Any: records
    found = leading.filter(**{f"{link.name}__in": trash[:MOST]}).values_list(link.attname, flat=True)
    return list(found.distinct())
