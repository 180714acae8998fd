"""From typed text to the tree: `city = Berlin and (stage in (lead, customer) or has deals (amount > 10000))`."""

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rapport.kernel.fields import Context
from rapport.kernel.filters.related import taken_field
from rapport.kernel.filters.text.comparisons import Comparisons
from rapport.kernel.filters.text.names import field_named, path_named, relation_named
from rapport.kernel.filters.text.tokens import CLOSE, END, OPEN, SIGN, STRING, WORD, TextError, tokens_of
from rapport.kernel.filters.tree import (
    COUNT,
    EVERYTHING,
    HAS,
    HAS_NO,
    LEAST,
    MOST,
    SUM,
    Condition,
    Group,
    Node,
    Related,
    checked,
    normal_group,
)
from rapport.kernel.registry import RecordType

TAKES: Final = {
    "count": COUNT, "number": COUNT, "sum": SUM, "min": LEAST, "earliest": LEAST, "least": LEAST, "max": MOST,
    "latest": MOST, "largest": MOST,
}  # fmt: skip
DEEPEST_TEXT: Final = 30
MOST_WORDS: Final = 5  # so many words a label may have without quotation marks


def parse_text(text: str, kind: RecordType, context: Context) -> Group:
    """Return the tree that the text means; TextError says what is wrong and where."""
    return Parser(text, kind, context).parse()


class Parser(Comparisons):
    """Reads one text; `wanted` notes what could stand at its end, for completion."""

    def __init__(self, text: str, kind: RecordType, context: Context) -> None:
        super().__init__(tokens_of(text), context)
        self.kind = kind
        self.depth = 0

    def parse(self) -> Group:
        self.want("term", self.kind)
        if self.token.kind == END:
            return EVERYTHING
        node = self.any_of(self.kind)
        if self.token.kind != END:
            raise self.error(_("Expected “and” or “or” instead of “%(said)s”") % {"said": self.token.text})
        return checked(normal_group(node))

    # -- groups ---------------------------------------------------------------------------------------------
    def any_of(self, kind: RecordType) -> Node:
        return self._joined(kind, "or", "any", self.all_of)

    def all_of(self, kind: RecordType) -> Node:
        return self._joined(kind, "and", "all", self.one_of)

    def _joined(self, kind: RecordType, word: str, join: str, inner: Callable[[RecordType], Node]) -> Node:
        parts = [inner(kind)]
        self.want("join", kind)
        while self.take(word):
            parts.append(inner(kind))
            self.want("join", kind)
        return parts[0] if len(parts) == 1 else Group(join, tuple(parts))

    def one_of(self, kind: RecordType) -> Node:
        self.want("term", kind)
        self.depth += 1
        if self.depth > DEEPEST_TEXT:
            raise self.error(_("Too many parentheses inside each other"))
        try:
            return self._one_of(kind)
        finally:
            self.depth -= 1

    def _one_of(self, kind: RecordType) -> Node:
        if self.token.kind == OPEN:
            return self.in_parentheses(kind)
        if self.token.kind not in (WORD, STRING):
            raise self.error(_("Expected a condition"))
        is_operator = self.after.kind == SIGN
        if not is_operator and self.take("not"):
            inner = self.one_of(kind)
            is_any = isinstance(inner, Group) and inner.join == "any"
            return Group("not", inner.parts if is_any and isinstance(inner, Group) else (inner,))
        if self.token.low == "has":
            return self.has(kind)
        if not is_operator and self.token.low in TAKES and self.after.kind in (WORD, STRING, END):
            return self.worked_out(kind)
        return self.own(kind) or self.condition(kind)

    def in_parentheses(self, kind: RecordType) -> Node:
        opened = self.next()
        node = self.any_of(kind)
        if self.token.kind != CLOSE:
            raise self.error(
                _("The parenthesis at character %(place)s is not closed") % {"place": opened.start + 1}
            )
        self.next()
        return node

    # -- conditions -----------------------------------------------------------------------------------------
    def own(self, kind: RecordType) -> Node | None:
        """`mine`, `is mine`, `my team`, `never changed`: about the record as a whole."""
        start = self.at
        self.take("is")
        if "owner" in kind.fields and self.take("mine"):
            return Condition("owner", "me")
        if "team" in kind.fields and self.take("my") and (self.take("team") or self.take("team's")):
            return Condition("team", "my_team")
        if self.take("never") and self.take("changed"):
            return Condition("changed_at", "never")
        self.at = start
        return None

    def condition(self, kind: RecordType) -> Node:
        place = self.token
        path, field = self.named(lambda said: path_named(kind, said, self.context), _("field"), kind)
        self.want("operator", field)
        if self.token.kind == END:
            raise self.error(_("Expected a comparison after “%(said)s”") % {"said": place.text})
        if (known := self.not_mine(field)) is not None:
            return Group("not", (Condition(path, *known),))
        return Condition(path, *self.comparison(field))

    # Any: what `find` returns
    def named(self, find: Callable[[str], Any], what: str, kind: RecordType) -> Any:
        """What the next word means, or the next words: a label may have several."""
        first = self.token
        if first.kind not in (WORD, STRING):
            raise self.error(_("Expected a %(what)s") % {"what": what})
        several = 1
        if first.kind == WORD:
            while several < MOST_WORDS and self.tokens[self.at + several].kind == WORD:
                several += 1
        for count in range(several, 0, -1):
            said = " ".join(one.text for one in self.tokens[self.at : self.at + count])
            found = find(said)
            if found is not None:
                self.at += count
                return found
        raise TextError(
            _("%(kind)s have no %(what)s “%(said)s” (character %(place)s).")
            % {"kind": kind.label_plural, "what": what, "said": first.text[:60], "place": first.start + 1},
            first.start,
        )

    # -- related records ------------------------------------------------------------------------------------
    def has(self, kind: RecordType) -> Node:
        """`has deals (…)`, `has no deals`, `has >= 3 deals (…)`."""
        self.next()
        take = HAS_NO if self.take("no") else HAS
        operator = said = ""
        self.want("relation", kind)
        if take == HAS and self.token.kind == SIGN:
            take = COUNT
            operator, said = self.number_first()
        relation, where = self.relation(kind)
        return Related(relation[0], take, "", operator, said, where)

    # Any: the relation as the tree keeps it, and itself
    def relation(self, kind: RecordType) -> tuple[Any, Group]:
        found = self.named(lambda said: relation_named(kind, said, self.context), _("relation"), kind)
        return found, self.filter_of(found[1].kind)

    def filter_of(self, kind: RecordType) -> Group:
        self.want("filter", kind)
        self.take("where")
        return normal_group(self.in_parentheses(kind)) if self.token.kind == OPEN else EVERYTHING

    def worked_out(self, kind: RecordType) -> Node:
        """`count deals (…) >= 3`, `sum deals.amount (…) > 10000`, `sum of amount of deals (…) > 10000`."""
        take = TAKES[self.next().low]
        self.take("of")
        self.want(*(("relation", kind) if take == COUNT else ("taken", (kind, take))))
        if take == COUNT:
            (path, relation), where = self.relation(kind)
            field = taken_field(relation, take, "", self.context)
            self.want("operator", field)
            return Related(path, take, "", *self.comparison(field), where)
        place = self.token
        (path, relation), of = self._field_of_relation(kind)
        try:
            field = taken_field(relation, take, of, self.context)
        except ValidationError as problem:
            raise TextError(" ".join(problem.messages), place.start) from problem
        where = self.filter_of(relation.kind)
        self.want("operator", field)
        return Related(path, take, of, *self.comparison(field), where)

    def _field_of_relation(self, kind: RecordType) -> tuple[Any, str]:  # Any: as above
        """`deals.amount`, or `amount of deals`."""
        if self.token.kind == WORD and self.after.low == "of":
            said, place = self.next().text, self.tokens[self.at - 1]
            self.next()
            found = self.named(lambda word: relation_named(kind, word, self.context), _("relation"), kind)
            field = field_named(found[1].kind, said, self.context)
        else:
            place = self.token
            path, _point, said = place.text.rpartition(".")
            meant = relation_named(kind, path, self.context) if path else None
            if meant is None:
                raise self.error(_("Expected related records and a field, e.g. “deals.amount”"))
            self.next()
            found, field = meant, field_named(meant[1].kind, said, self.context)
        if field is None:
            raise TextError(
                _("%(kind)s have no %(what)s “%(said)s” (character %(place)s).")
                % {
                    "kind": found[1].kind.label_plural,
                    "what": _("field"),
                    "said": said[:60],
                    "place": place.start + 1,
                },
                place.start,
            )
        return found, str(field.name)
