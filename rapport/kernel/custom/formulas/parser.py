"""From the text of a formula to its tree: `if(amount > 1000, "large", "small")`, `days(expected_on - today)`."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from rapport.kernel.custom.formulas.tree import Call, FormulaError, Literal, Name, Node, Operation, Prefix

LONGEST: Final = 2_000  # characters of a formula
LARGEST: Final = 200  # parts of a formula
DEEPEST: Final = 24  # parts inside each other
MOST_STEPS: Final = 4  # links that a name goes over
WORDS: Final = {"yes": True, "true": True, "no": False, "false": False}
COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>"(?:[^"\\\x00-\x08\n-\x1f]|\\[^\x00-\x1f])*"|'(?:[^'\\\x00-\x08\n-\x1f]|\\[^\x00-\x1f])*')
    |(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    |(?P<sign><>|!=|<=|>=|==|[-+*/&=<>(),])""",
    re.VERBOSE | re.ASCII,
)
_SAME: Final = {"<>": "!=", "==": "="}


class Token(NamedTuple):
    """One piece of the text."""

    kind: str
    text: str
    at: int


def tokens_of(text: str) -> list[Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            if text[at] in "\"'":
                raise FormulaError(_("The quotation mark is never closed"), at)
            raise FormulaError(_("“%(said)s” has no meaning here") % {"said": text[at]}, at)
        kind = str(match.lastgroup)
        if kind != "space":
            said = match[0]
            found.append(Token(kind, _SAME.get(said, said), at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def parse(text: str) -> Node:
    """Return the tree of a formula; FormulaError says what is wrong and where."""
    if len(text) > LONGEST:
        raise FormulaError(_("A formula has up to %(most)s characters.") % {"most": LONGEST}, LONGEST)
    return _Parser(tokens_of(text)).parse()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth, self.size = tokens, 0, 0, 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def parse(self) -> Node:
        if self.token.kind == "end":
            raise FormulaError(_("Write a formula"), 0)
        node = self.either()
        if self.token.kind != "end":
            raise FormulaError(
                _("“%(said)s” is not expected here") % {"said": self.token.text}, self.token.at
            )
        return node

    # -- from what binds least to what binds most -------------------------------------------------------------
    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(_("Too many parts inside each other"), self.token.at)
        node = self._chain(self.both, ("or",))
        self.depth -= 1
        return node

    def both(self) -> Node:
        return self._chain(self.negated, ("and",))

    def negated(self) -> Node:
        if self.token.kind == "name" and self.token.text == "not":
            at = self.next().at
            self.depth += 1
            if self.depth > DEEPEST:
                raise FormulaError(_("Too many parts inside each other"), at)
            inner = self.negated()
            self.depth -= 1
            return self._made(Prefix("not", inner, at))
        return self.compared()

    def compared(self) -> Node:
        left = self.joined()
        if self.token.text in COMPARISONS and self.token.kind == "sign":
            sign = self.next()
            left = self._made(Operation(sign.text, left, self.joined(), sign.at))
            if self.token.text in COMPARISONS and self.token.kind == "sign":
                raise FormulaError(_("Join two comparisons with “and”"), self.token.at)
        return left

    def joined(self) -> Node:
        return self._chain(self.added, ("&",))

    def added(self) -> Node:
        return self._chain(self.multiplied, ("+", "-"))

    def multiplied(self) -> Node:
        return self._chain(self.signed, ("*", "/"))

    def signed(self) -> Node:
        if self.token.text == "-" and self.token.kind == "sign":
            at = self.next().at
            return self._made(Prefix("-", self.single(), at))
        return self.single()

    def _chain(self, inner: Callable[[], Node], signs: tuple[str, ...]) -> Node:
        node = inner()
        while self.token.kind in ("sign", "name") and self.token.text in signs:
            sign = self.next()
            node = self._made(Operation(sign.text, node, inner(), sign.at))
        return node

    def _made(self, node: Node) -> Node:
        self.size += 1
        if self.size > LARGEST:
            raise FormulaError(_("A formula has up to %(most)s parts") % {"most": LARGEST}, node.at)
        return node

    # -- what stands alone --------------------------------------------------------------------------------------
    def single(self) -> Node:
        token = self.next()
        if token.kind == "number":
            return self._made(Literal(Decimal(token.text), token.at))
        if token.kind == "text":
            return self._made(Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]), token.at))
        if token.text == "(":
            node = self.either()
            self._expect(")", token)
            return node
        if token.kind == "name":
            return self._named(token)
        if token.kind == "end":
            raise FormulaError(_("Something is missing at the end"), token.at)
        raise FormulaError(_("“%(said)s” is not expected here") % {"said": token.text}, token.at)

    def _named(self, token: Token) -> Node:
        if self.token.text == "(" and self.token.kind == "sign":
            opened = self.next()
            arguments: list[Node] = []
            while not (self.token.text == ")" and self.token.kind == "sign"):
                arguments.append(self.either())
                if self.token.text != ",":
                    break
                self.next()
            self._expect(")", opened)
            return self._made(Call(token.text.lower(), tuple(arguments), token.at))
        if token.text in WORDS:
            return self._made(Literal(WORDS[token.text], token.at))
        path = tuple(token.text.split("."))
        if len(path) > MOST_STEPS + 1:
            raise FormulaError(_("A path goes over up to four links."), token.at)
        return self._made(Name(path, token.at))

    def _expect(self, sign: str, opened: Token) -> None:
        if self.token.text != sign or self.token.kind != "sign":
            raise FormulaError(_("This parenthesis is not closed"), opened.at)
        self.next()
