"""Who does not see everything finds a record by what stands in it, not by names of records that he may not see."""

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value

from rapport.kernel.fields import Link
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, types, types_of_model

if TYPE_CHECKING:
    from rapport.accounts.models import User


def holds(words: Any, query: str) -> Func:  # Any: an expression for a tsvector
    """SQL for: these words fit the query."""
    template = "(%(expressions)s::tsquery)"
    return Func(words, Value(query), template=template, arg_joiner=" @@ ", output_field=BooleanField())


def without_hidden_links(rows: Any, query: str, user: "User") -> Any:  # Any: a queryset of AnyRecord
    """Leave out what the query finds only by the name of a linked record that the user may not see.

    Looks at the user's own and his team's records only; nothing is added for who sees everything.
    """
    for kind in types():
        hidden = _hidden_links(kind, user)
        if hidden:
            own_words = Func(F("pk"), function=f"{kind.table}_own_words")
            blind = kind.visible_to(user).filter(hidden, pk=OuterRef("pk")).exclude(holds(own_words, query))
            rows = rows.filter(~Exists(blind))
    return rows


def _hidden_links(kind: RecordType, user: "User") -> Q:
    """The condition: one of the searched links leads to a record that the user may not see."""
    hidden = Q()
    for link in kind.fields.values():
        if not isinstance(link, Link) or not link.flags.searched:
            continue
        linked: Any = link.related_model  # Any: a record type's model
        if any(policy(user, one.key, "read").reach != "all" for one in types_of_model(linked)):
            seen = linked.objects.visible_to(user).values("pk")
            hidden |= Q(**{f"{link.name}__isnull": False}) & ~Q(**{f"{link.name}__in": seen})
    return hidden
