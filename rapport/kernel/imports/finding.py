"""Many words at once, each with the one record of a type that it means: what `keys.linked` does for one word."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Upper

from rapport.kernel.external.models import LONGEST_KEY, ExternalKey
from rapport.kernel.fields import Context, FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.imports.in_file import BY_KEY, NAME, InFile, level_of
from rapport.kernel.registry import RecordType

SEVERAL: UUID | None = None  # what a word is found as that fits more than one
ENOUGH = 50  # of records with one name; more than one is too many already
Hits = dict[str, set[UUID]]


def telling(kind: RecordType) -> Iterator[tuple[str, FieldType]]:
    """Fields by which people name a record: addresses, numbers, what is unique."""
    for name, one in kind.fields.items():
        if one.kind in ("email", "phone") or getattr(one, "unique", False):
            yield name, one


class Finder:
    """Finds records of one type by id, name, key of the other program, e-mail address, telephone or unique number.

    `in_file` is what a dry run knows of the rows of its file: there the records are not written yet.
    """

    def __init__(
        self, kind: RecordType, context: Context, program: str, in_file: InFile | None = None
    ) -> None:
        assert context.user is not None
        self.kind, self.context, self.program, self.in_file = kind, context, program, in_file
        self.seen = kind.visible_to(context.user).order_by()

    def find(self, words: Iterable[str]) -> dict[str, UUID | None]:
        """{word: id}; None where it fits more than one; words that mean nobody are missing."""
        found: dict[str, UUID | None] = {}
        open_words, several = set(words), set[str]()
        for level in self._levels():
            for word, ids in level(sorted(open_words)).items():
                if len(ids) == 1:
                    found[word] = next(iter(ids))
                    open_words.discard(word)
                elif ids:
                    several.add(word)
        found.update(dict.fromkeys(several & open_words, SEVERAL))
        return found

    def _levels(self) -> Iterator[Callable[[Sequence[str]], Hits]]:
        yield self._by_id
        yield self._by_name
        yield partial(self._by_key, {"source": self.program})
        yield partial(self._by_key, {})
        for name, one in telling(self.kind):
            yield partial(self._by_field, name, one)

    def _by_id(self, words: Sequence[str]) -> Hits:
        keys = {word: key for word in words if (key := parse_id(word))}
        there = self._ids(keys.values())
        return {word: {key} for word, key in keys.items() if key in there}

    def _by_name(self, words: Sequence[str]) -> Hits:
        raised = _raised(word for word in words if parse_id(word) is None)
        rows = self.seen.annotate(raised=Upper(self.kind.title)).filter(raised__in=list(set(raised.values())))
        return self._hits(raised, rows.values_list("raised", "pk"), NAME)

    def _by_key(self, of: dict[str, str], words: Sequence[str]) -> Hits:
        cut = {word: word[:LONGEST_KEY] for word in words}
        rows = ExternalKey.objects.filter(type=self.kind.key, key__in=set(cut.values()), **of)
        pairs = list(rows.values_list("key", "record_id")) if words else []
        there = self._ids(key for _word, key in pairs)
        hits = self._hits(cut, ((word, key) for word, key in pairs if key in there), "")
        return {
            **hits,
            **(self.in_file.among(cut, level_of(self.kind.key, BY_KEY)) if self.in_file is not None else {}),
        }

    def _by_field(self, name: str, one: FieldType, words: Sequence[str]) -> Hits:
        wanted: dict[str, str] = {}
        values = []
        for word in words:
            try:
                value = one.parse(word, self.context)
            except (ValidationError, ValueError):
                continue
            if not one.is_empty(value):
                wanted[word] = one.text(value)
                values.append(value)
        if not values:
            return {}
        rows = self.seen.filter(**{f"{name}__in": values}).values_list(name, "pk")
        return self._hits(wanted, ((one.text(value), key) for value, key in rows), name)

    def _ids(self, keys: Iterable[UUID]) -> set[UUID]:
        wanted = list(keys)
        return set(self.seen.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()

    def _hits(self, said: dict[str, str], rows: Any, level: str) -> Hits:  # Any: pairs of a text and an id
        """Which word met which records; a dry run takes those that its file has for what the file makes of them."""
        if not said:
            return {}
        by_text: dict[str, set[UUID]] = {}
        for text, key in rows:
            ids = by_text.setdefault(text, set())
            if len(ids) < ENOUGH:
                ids.add(key)
        if self.in_file is None or not level:
            return {word: set(by_text[text]) for word, text in said.items() if text in by_text}
        touched = self.in_file.touched(key for ids in by_text.values() for key in ids)
        found = {word: by_text.get(text, set()) - touched for word, text in said.items()}
        for word, ids in self.in_file.among(said, level_of(self.kind.key, level)).items():
            found[word] |= ids
        return found


def _raised(words: Iterable[str]) -> dict[str, str]:
    """In capitals as the database writes them: it and Python do not agree on every letter."""
    wanted = list(words)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select w, upper(w) from unnest(%s::text[]) as w", [wanted])
        return dict(cursor.fetchall())
