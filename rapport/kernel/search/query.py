"""Search over all record types: what a person typed becomes a short list of records he may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.custom.kinds import Linked
from rapport.kernel.fields import Link
from rapport.kernel.permissions.fields import seen_by, type_seen
from rapport.kernel.registry import RecordType
from rapport.kernel.search.hidden import holds, without_hidden_links

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.records.base import Record

LONGEST = 200
# So many of the newest records are looked through for a word before the index of words is asked.
WALKED = 3000
LOOKED_AT = 40  # of what was found, whether it is found by what the user sees of it; then four times as many
RARE = 5000  # a word that fewer records have is rare: all of them are gathered

Row = tuple[UUID, str, UUID | None]  # a record, its type and its owner


@dataclass
class Hit:
    """One record that was found, with the line that tells it from others of the same name."""

    record: "Record"
    kind: RecordType
    subtitle: str


@dataclass
class Found:
    """The answer to a search; `meant` holds the words that were searched instead of misspelled ones."""

    hits: list[Hit]
    meant: str = ""


def clean(said: str) -> str:
    return " ".join(said.replace("\x00", "").split())[:LONGEST]


def query_sql(said: str, *, loose: bool = False) -> str | None:
    """Return the tsquery for that text, as text; None when it has no word."""
    with connection.cursor() as cursor:
        cursor.execute("select kernel_query(%s, %s)::text", [clean(said), loose])
        found: str | None = cursor.fetchone()[0]
    return found


def search_condition(said: str, user: "User") -> Q | None:
    """Return the condition "the search finds it" for a list of any type; None when nothing is asked."""
    query = query_sql(said, loose=True)
    if query is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from kernel_found(%s, %s)", [query, RARE])
        is_rare = cursor.fetchone()[0] < RARE
    return Q(pk__in=(_rare(query, user) if is_rare else _frequent(query, user)).values("pk"))


def _frequent(query: str, user: "User") -> Any:  # Any: a queryset of AnyRecord
    """The records that fit, for plans that walk an order and look at the words of each."""
    return without_hidden_links(AnyRecord.objects.filter(holds(F("lexemes"), query)), query, user)


def _rare(query: str, user: "User") -> Any:  # Any: as above
    """The records that fit, some thousand at most, for plans that begin with them."""
    return without_hidden_links(_gathered(query), query, user)


def _gathered(query: str) -> Any:  # Any: as above
    return AnyRecord.objects.filter(pk__in=RawSQL("select kernel_found(%s, %s)", [query, RARE]))


def find(said: str, user: "User", *, types: Iterable[str] = (), limit: int = 10) -> Found:
    """Return up to `limit` records for what was typed: the user's own first, then all he may see, newest first.

    Tried in turn until something is found: the words as they are (the last one begun), every word begun, and the
    nearest words that exist ("Solbreg" finds Solberg). Text, part of an e-mail address, or a phone number.
    """
    text = clean(said)
    for loose in (False, True):
        query = query_sql(text, loose=loose)
        if query is None:
            return Found([])
        if ids := _ids(query, user, types, limit):
            return Found(_load(ids, user))
    for meant in nearest(text):
        query = query_sql(meant, loose=True)
        if query is not None and (ids := _ids(query, user, types, limit)):
            return Found(_load(ids, user), meant)
    return Found([])


def _ids(query: str, user: "User", types: Iterable[str], limit: int) -> list[tuple[UUID, str]]:
    wanted = list(types)

    def seen(rows: Any) -> Any:  # Any: a queryset of AnyRecord
        rows = rows.visible_to(user).order_by("-rank_at").values_list("pk", "type", "owner_id")
        return rows.filter(type__in=wanted) if wanted else rows

    few, everything, frequent = limit // 2 or 1, AnyRecord.objects.all(), seen(_frequent(query, user))
    rest = _near(everything, frequent, limit + few)
    if len(rest) < limit:  # a rare word: the index of words knows all that have it
        all_of_them = list(seen(_gathered(query)))
        mine = _first([one for one in all_of_them if one[2] == user.pk], few, query, user)
        rest = _first(all_of_them, limit, query, user)
    else:
        own = Q(owner_id=user.pk)
        mine = _near(everything.filter(own), frequent.filter(own), few)
    found = dict.fromkeys((key, type_key) for key, type_key, _owner in [*mine[:few], *rest])
    return list(found)[:limit]


def _first(rows: list[Row], most: int, query: str, user: "User") -> list[Row]:
    """The first of these rows, which the user sees, that fit by what he sees of them: no more are looked at."""
    good: list[Row] = []
    begin, size = 0, LOOKED_AT
    while begin < len(rows) and len(good) < most:
        part = rows[begin : begin + size]
        gathered = AnyRecord.objects.filter(pk__in=[one[0] for one in part])
        checked = without_hidden_links(gathered, query, user)
        if checked is gathered:  # nothing is hidden from him
            return rows[:most]
        fitting = set(checked.values_list("pk", flat=True))
        good += [one for one in part if one[0] in fitting]
        begin, size = begin + size, 4 * size
    return good[:most]


def _near(among: Any, matching: Any, most: int) -> list[Any]:  # Any: querysets of AnyRecord; ids
    """The first that fit among the newest: a frequent word needs no more, so none makes the search read the table."""
    edge = among.order_by("-rank_at").values_list("rank_at", flat=True)[WALKED : WALKED + 1].first()
    return list((matching if edge is None else matching.filter(rank_at__gte=edge))[:most])


def nearest(text: str, most: int = 3) -> list[str]:
    """Return spellings of the text with its unknown words replaced by the most similar known ones, best first."""
    with connection.cursor() as cursor:
        cursor.execute("select kernel_words(%s)", [text])
        words: list[str] = cursor.fetchone()[0][:4]
        choices: list[list[str]] = []
        for word in words:
            cursor.execute(
                "select word from kernel_word where word %% %s order by similarity(word, %s) desc, word limit %s",
                [word, word, most],
            )
            choices.append([row[0] for row in cursor.fetchall()] or [word])
    if not choices:
        return []
    return [
        " ".join(one[min(place, len(one) - 1)] for one in choices) for place in range(max(map(len, choices)))
    ]


def _load(ids: Sequence[tuple[UUID, str]], user: "User") -> list[Hit]:
    """The records themselves, one query for each type among them, in the order of the ids."""
    by_type: dict[str, list[UUID]] = {}
    for key, type_key in ids:
        by_type.setdefault(type_key, []).append(key)
    loaded: dict[UUID, Hit] = {}
    for type_key, keys in by_type.items():
        kind = type_seen(type_key, user)
        if kind is None:
            continue
        links = [one for name in kind.subtitle if (one := kind.fields[name]).is_relation]
        columns = [one.name for one in links if not one.is_custom]
        records = list(kind.visible_to(user).filter(pk__in=keys).select_related(*columns))
        for one in links:
            if isinstance(one, Linked):
                one.prefetch(records)
        seen = _seen_links(records, kind, user)
        loaded |= {record.pk: Hit(record, kind, _subtitle(record, kind, seen)) for record in records}
    return [loaded[key] for key, _type in ids if key in loaded]


def subtitle(record: "Record", kind: RecordType, user: "User") -> str:
    """The line below a record's name: the values of the type's subtitle fields that the user may see."""
    kind = seen_by(kind, user)
    return _subtitle(record, kind, _seen_links([record], kind, user))


def _subtitle(record: "Record", kind: RecordType, seen: set[UUID]) -> str:
    texts = []
    for name in kind.subtitle:
        field = kind.fields[name]
        if isinstance(field, Link) and field.raw(record) not in seen:
            continue
        value = field.read(record)
        if not field.is_empty(value):
            texts.append(field.text(value))
    return ", ".join(texts)


def _seen_links(records: Sequence["Record"], kind: RecordType, user: "User") -> set[UUID]:
    """The linked records of the subtitles that the user may see; of others not even the name is told."""
    links = [field for name in kind.subtitle if isinstance(field := kind.fields[name], Link)]
    keys = {key for record in records for link in links if (key := link.raw(record)) is not None}
    return (
        set(AnyRecord.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
        if keys
        else set()
    )
