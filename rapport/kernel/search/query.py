"""Search over all record types: what a person typed becomes a short list of records he may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Link
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.search.hidden import holds, without_hidden_links

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.records.base import Record

LONGEST = 200


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
    return Q(pk__in=_matching(query, user).values("pk"))


def _matching(query: str, user: "User") -> Any:  # Any: a queryset of AnyRecord
    return without_hidden_links(AnyRecord.objects.filter(holds(F("lexemes"), query)), query, user)


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
    rows = _matching(query, user).visible_to(user)
    if wanted := list(types):
        rows = rows.filter(type__in=wanted)
    rows = rows.order_by("-rank_at").values_list("pk", "type")
    mine = list(rows.filter(owner_id=user.pk)[: limit // 2 or 1])
    rest = list(rows[: limit + len(mine)])
    return list(dict.fromkeys([*mine, *rest]))[:limit]


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
        kind = type_by_key(type_key)
        if kind is None:
            continue
        links = [name for name in kind.subtitle if kind.fields[name].is_relation]
        records = list(kind.visible_to(user).filter(pk__in=keys).select_related(*links))
        seen = _seen_links(records, kind, user)
        loaded |= {record.pk: Hit(record, kind, _subtitle(record, kind, seen)) for record in records}
    return [loaded[key] for key, _type in ids if key in loaded]


def subtitle(record: "Record", kind: RecordType, user: "User") -> str:
    """The line below a record's name: the values of the type's subtitle fields that the user may see."""
    return _subtitle(record, kind, _seen_links([record], kind, user))


def _subtitle(record: "Record", kind: RecordType, seen: set[UUID]) -> str:
    texts = []
    for name in kind.subtitle:
        field = kind.fields[name]
        if isinstance(field, Link) and getattr(record, field.attname) not in seen:
            continue
        value = field.read(record)
        if not field.is_empty(value):
            texts.append(field.text(value))
    return ", ".join(texts)


def _seen_links(records: Sequence["Record"], kind: RecordType, user: "User") -> set[UUID]:
    """The linked records of the subtitles that the user may see; of others not even the name is told."""
    links = [field for name in kind.subtitle if isinstance(field := kind.fields[name], Link)]
    keys = {key for record in records for link in links if (key := getattr(record, link.attname)) is not None}
    return (
        set(AnyRecord.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
        if keys
        else set()
    )
