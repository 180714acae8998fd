"""Who does not see everything finds a record by what he sees of it: neither by names of records that are hidden from
him, nor by the words of fields that are.

The index of words knows all of a record. What it finds is looked at again, for those users only whose roles hide a
searched field or a linked record, and only among what was found.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value

from rapport.kernel.fields import Link
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import NarrowType, hidden_fields, seen_by
from rapport.kernel.registry import RecordType, types, types_of_model

if TYPE_CHECKING:
    from rapport.accounts.models import User


class ForEach(Exists):
    """EXISTS that is asked for each row that is left, never worked out for a whole table at once.

    The words of ten thousand visible people would be put together to look at the thirty that were found. PostgreSQL
    does not make a join of an EXISTS with an OFFSET.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


def holds(words: Any, query: str) -> Func:  # Any: an expression for a tsvector
    """SQL for: these words fit the query."""
    template = "(%(expressions)s::tsquery)"
    return Func(words, Value(query), template=template, arg_joiner=" @@ ", output_field=BooleanField())


def without_hidden_links(rows: Any, query: str, user: "User") -> Any:  # Any: a queryset of AnyRecord
    """Leave out what the query finds only by the name of a linked record that the user may not see.

    The same for fields that are hidden from him. Looks at records that he sees only; nothing is added for who sees
    everything.
    """
    for whole in types():
        kind = seen_by(whole, user)
        if _hides_words(kind):
            blind = kind.visible_to(user).filter(pk=OuterRef("pk")).exclude(holds(_seen_words(kind), query))
            rows = rows.filter(~ForEach(blind))
        hidden = _hidden_links(kind, user)
        if hidden:
            own_words = (
                _seen_words(kind, links=False)
                if _hides_words(kind)
                else Func(F("pk"), function=f"{kind.table}_own_words")
            )
            blind = kind.visible_to(user).filter(hidden, pk=OuterRef("pk")).exclude(holds(own_words, query))
            rows = rows.filter(~ForEach(blind))
    return rows


def _hides_words(kind: RecordType) -> bool:
    """Is there a field or part with words under which search finds records, but not for this user?"""
    if not isinstance(kind, NarrowType):
        return False
    every = kind.whole
    fields = [one for name, one in every.fields.items() if name in kind.hidden]
    fields += [one for key, part in every.parts.items() if key in kind.hidden for one in part.fields.values()]
    return any(one.flags.searched for one in fields)


def _seen_words(kind: RecordType, *, links: bool = True) -> Func:
    """SQL for the words of what the user sees of a record, as the triggers make those of all of it."""
    words = [
        one.search_sql("line")
        for one in kind.fields.values()
        if one.flags.searched and not one.is_custom and (links or not isinstance(one, Link))
    ]
    words += [
        f"array(select unnest({one.search_sql('part')}) from {part.model._meta.db_table} part"  # noqa: S608 - ours
        f" where part.{part.link}_id = line.id)"
        for part in kind.parts.values()
        for one in part.fields.values()
        if one.flags.searched
    ]
    custom = ", ".join(f"'{name}'" for name in kind.whole.fields if name not in kind.fields)
    words.append(f"kernel_custom_words('{kind.key}', line.custom - array[{custom}]::text[])")
    sql = f'(select kernel_lexemes({" || ".join(words)}) from "{kind.table}" line where line.id = '  # noqa: S608 - ours
    return Func(
        F("pk"), template=sql.replace("%", "%%") + "%(expressions)s)", output_field=SearchVectorField()
    )


def _hidden_links(kind: RecordType, user: "User") -> Q:
    """The condition: one of the searched links leads to a record that the user may not see.

    Only declared links are searched by the names of what they lead to; the fields that administrators added, of
    hundreds of types maybe, are not looked at.
    """
    hidden = Q()
    for name, link in kind.whole.own_fields.items():
        if not isinstance(link, Link) or not link.flags.searched or name in hidden_fields(kind, user):
            continue
        linked: Any = link.related_model  # Any: a record type's model
        if any(policy(user, one.key, "read").reach != "all" for one in types_of_model(linked)):
            seen = linked.objects.visible_to(user).filter(pk=OuterRef(f"{link.name}_id"))
            hidden |= Q(**{f"{link.name}__isnull": False}) & ~Q(ForEach(seen))
    return hidden
