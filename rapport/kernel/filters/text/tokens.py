"""The pieces of a typed filter: words, quoted texts, signs; each with its place."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.filters.tree import FilterError

WORD, STRING, SIGN, OPEN, CLOSE, COMMA, END = "word", "string", "sign", "(", ")", ",", "end"
LONGEST_TEXT: Final = 4_000
QUOTES: Final = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«"}
_WORD = re.compile(r'[^\s()<>=!~,"“”„«»]+')
_SIGN = re.compile(r"!=|<>|<=|>=|==|[=<>~]")


class TextError(FilterError):
    """A typed filter that cannot be read; `position` is the character (from 0) at which it stops being clear."""

    def __init__(self, sentence: str | Promise, position: int) -> None:
        super().__init__(sentence)
        self.position = position


@dataclass(frozen=True)
class Token:
    """One piece of the text, from `start` to before `end`."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.casefold() if self.kind == WORD else ""


def tokens_of(text: str) -> list[Token]:
    """Return the pieces of the text; TextError when a quotation mark is not closed or a sign has no meaning."""
    if len(text) > LONGEST_TEXT:
        raise TextError(_("A filter has up to 4,000 characters."), LONGEST_TEXT)
    found, at = [], 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        token = _token(text, at, char)
        found.append(token)
        at = token.end
    return [*found, Token(END, "", len(text), len(text))]


def _token(text: str, at: int, char: str) -> Token:
    if char in "(),":
        return Token(char, char, at, at + 1)
    if char in QUOTES:
        return _quoted(text, at, QUOTES[char])
    if sign := _SIGN.match(text, at):
        said = {"<>": "!=", "==": "="}.get(sign[0], sign[0])
        return Token(SIGN, said, at, sign.end())
    if word := _WORD.match(text, at):
        return Token(WORD, word[0], at, word.end())
    raise TextError(
        _("“%(said)s” at character %(place)s has no meaning here.") % {"said": char, "place": at + 1}, at
    )


def _quoted(text: str, start: int, closing: str) -> Token:
    out, at = [], start + 1
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            out.append(text[at + 1])
            at += 2
        elif text[at] in closing:
            return Token(STRING, "".join(out), start, at + 1)
        else:
            out.append(text[at])
            at += 1
    raise TextError(
        _("The quotation mark at character %(place)s is never closed.") % {"place": start + 1}, start
    )


def quoted(said: str) -> str:
    """The text in quotation marks, as it is read back."""
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'
