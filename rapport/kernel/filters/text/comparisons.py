"""What stands behind a field in typed text: `= Berlin`, `in (a, b)`, `older than 90 days`, `is empty`."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rapport.kernel.fields import Context, FieldType, operator_named
from rapport.kernel.filters.compiler import read_operand
from rapport.kernel.filters.kept import kept, period_named
from rapport.kernel.filters.operators import DATES, NUMBERS, operators_of
from rapport.kernel.filters.periods import DAYS, read_period
from rapport.kernel.filters.text.tokens import CLOSE, COMMA, END, OPEN, SIGN, STRING, WORD, TextError, Token

SIGNS: Final = {
    "=": ("is", "any", "in"), "!=": ("is_not", "none"), "<": ("under", "before"), "<=": ("max", "until"),
    ">": ("over", "later"), ">=": ("min", "after"), "~": ("contains",),
}  # fmt: skip
UNITS: Final = {
    "d": "", "day": "", "days": "", "w": "w", "week": "w", "weeks": "w", "m": "m", "month": "m", "months": "m",
    "q": "q", "quarter": "q", "quarters": "q", "y": "y", "year": "y", "years": "y",
}  # fmt: skip
STOPS: Final = ("and", "or")
ANY_SIDE: Final = "*"


class Comparisons:
    """The tokens with a place in them, and how comparisons are read there."""

    def __init__(self, tokens: list[Token], context: Context) -> None:
        self.tokens, self.context, self.at = tokens, context, 0
        self.wanted: list[tuple[str, Any]] = []  # Any: a type or a field

    # -- the place ------------------------------------------------------------------------------------------
    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def after(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def next(self) -> Token:
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def take(self, word: str) -> bool:
        """Go on when this word stands here."""
        if self.token.low != word:
            return False
        self.at += 1
        return True

    def want(self, what: str, about: Any) -> None:  # Any: as above
        """Note what could stand here, when the text ends here."""
        if self.token.kind == END:
            self.wanted.append((what, about))

    def error(self, sentence: str) -> TextError:
        """The sentence with the place: character 1 is the first."""
        return TextError(
            _("%(sentence)s at character %(place)s.") % {"sentence": sentence, "place": self.token.start + 1},
            self.token.start,
        )

    # -- comparisons ----------------------------------------------------------------------------------------
    def comparison(self, field: FieldType) -> tuple[str, str]:
        """Read a comparison with its operand: the operator's key, and the operand as the tree keeps it."""
        token = self.token
        if token.kind == SIGN:
            return self._sign(field)
        if token.kind != WORD:
            raise self.error(_("Expected a comparison after “%(said)s”") % {"said": field.label})
        if token.text.startswith(":"):
            return self._universal()
        self.next()
        match token.low:
            case "is":
                return self._is(field)
            case "contains" | "starts" | "before" | "after":
                if token.low == "starts":
                    self.take("with")
                return self._valued(field, (token.low,), token)
            case "in" | "within":
                return self._in(field, token)
            case "has":
                key = "none" if self.take("no") else "any"
                return self._several(field, key, token)
            case "between":
                return self._between(field, token)
            case "last" | "next":
                return self.fits(field, token.low, self.span(token), token)
            case "older":
                self.take("than")
                return self.fits(field, "older", self.span(token), token)
            case "anniversary" | "changed":
                return self.fits(field, token.low, self._lately(token), token)
            case "never":
                self.take("changed")
                return self.fits(field, "never", "", token)
            case "not":
                return self._not(field, token)
        self.at -= 1
        raise self.error(
            _("“%(said)s” is no comparison for “%(field)s”") % {"said": token.text[:40], "field": field.label}
        )

    def fits(self, field: FieldType, key: str, said: str, token: Token) -> tuple[str, str]:
        """Key and operand, once it is sure that the field has the comparison and understands the operand."""
        try:
            operator = operator_named(operators_of(field), key)
            read_operand(field, operator, said, self.context)
        except ValidationError as problem:
            sentence = " ".join(problem.messages)
            raise TextError(
                _("%(sentence)s (character %(place)s)") % {"sentence": sentence, "place": token.start + 1},
                token.start,
            ) from problem
        return key, said

    def _universal(self) -> tuple[str, str]:
        """`:any "a|b"`: any comparison by its key, with the operand as the tree keeps it."""
        key = self.next().text[1:]
        return key, self.next().text if self.token.kind == STRING else ""

    def _sign(self, field: FieldType) -> tuple[str, str]:
        sign = self.next()
        self.want("value", field)
        if self._ends():
            raise self.error(_("Expected a value after “%(said)s”") % {"said": sign.text})
        if sign.text in ("=", "!="):
            is_equal = sign.text == "="
            if self.token.low == "empty":
                self.next()
                return self.fits(field, "empty" if is_equal else "filled", "", sign)
            if is_equal and (known := self._mine(field, sign)) is not None:
                return known
        return self._valued(field, SIGNS[sign.text], sign)

    def not_mine(self, field: FieldType) -> tuple[str, str] | None:
        """`!= me`, `is not my team`: the opposite of what is read; the place stays where it is nothing of it."""
        start, token = self.at, self.token
        if (token.kind == SIGN and token.text == "!=") or (token.low == "is" and self.after.low == "not"):
            self.at += 1 if token.kind == SIGN else 2
            if (known := self._mine(field, token)) is not None:
                return known
        self.at = start
        return None

    def _mine(self, field: FieldType, sign: Token) -> tuple[str, str] | None:
        if field.kind == "user" and self.take("me"):
            return self.fits(field, "me", "", sign)
        if field.kind == "team" and self.token.low == "my" and self.after.low == "team":
            self.at += 2
            return self.fits(field, "my_team", "", sign)
        return None

    def _is(self, field: FieldType) -> tuple[str, str]:
        is_not = self.take("not")
        token = self.token
        if token.low in ("empty", "filled"):
            self.next()
            return self.fits(field, "filled" if is_not == (token.low == "empty") else "empty", "", token)
        if token.low == "in" or (token.low == "any" and self.after.low == "of"):
            self.at += 1 if token.low == "in" else 2
            return self._in(field, token) if not is_not else self._several(field, "none", token)
        self.want("value", field)
        if self._ends():
            raise self.error(_("Expected a value after “%(said)s”") % {"said": "is"})
        if not is_not and (known := self._mine(field, token)) is not None:
            return known
        return self._valued(field, SIGNS["!=" if is_not else "="], token)

    def _not(self, field: FieldType, token: Token) -> tuple[str, str]:
        if self.take("in"):
            return self._several(field, "none", token)
        if self.take("changed"):
            return self.fits(field, "kept", self._lately(token), token)
        raise self.error(_("Expected “in” or “changed” after “not”"))

    def _in(self, field: FieldType, token: Token) -> tuple[str, str]:
        if self.token.kind == OPEN:
            return self._several(field, "any", token)
        self.take("the")
        if self.token.low in ("last", "next") and self.after.text[:1].isdigit():
            key = self.next().low
            return self.fits(field, key, self.span(token), token)
        if field.kind not in DATES:
            return self._several(field, "any", token)
        self.want("period", field)
        return self.fits(field, "in", self._period(self.value(token)), token)

    def _lately(self, token: Token) -> str:
        self.take("in")
        self.take("within")
        self.take("the")
        self.take("last") or self.take("next")
        return self.span(token)

    def span(self, token: Token) -> str:
        """`90 days`, `3 weeks`, `90`, `3w`."""
        self.want("span", None)
        number = self.next()
        digits = number.text.rstrip("dwmqyDWMQY")
        if number.kind != WORD or not digits.isdecimal():
            self.at -= number.kind != END
            raise self.error(
                _("Expected a length of time such as “90 days” after “%(said)s”") % {"said": token.text}
            )
        unit = number.text[len(digits) :].casefold()
        if not unit and self.token.low in UNITS:
            unit = self.next().low
        return digits + UNITS[unit or "d"] if unit in ("", *UNITS) else number.text

    # -- values ---------------------------------------------------------------------------------------------
    def _ends(self) -> bool:
        return self.token.kind in (END, CLOSE, COMMA, SIGN) or self.token.low in STOPS

    def _goes_on(self) -> bool:
        """Does the number before this comma go on behind it: 3,900 or 8,50?"""
        before, comma, behind = self.tokens[self.at - 1], self.token, self.after
        digits = f"{before.text[-1:]}{behind.text[:1]}"
        is_close = before.end == comma.start and comma.end == behind.start
        return comma.kind == COMMA and is_close and len(digits) == 2 and digits.isdecimal()

    def value(self, token: Token, *, is_number: bool = False) -> str:
        """One value: a quoted text, or words up to the next “and”, “or”, comma or parenthesis."""
        if self.token.kind == STRING:
            return self.next().text
        words: list[str] = []
        while self.token.kind == WORD and self.token.low not in STOPS:
            words.append(self.next().text)
            while is_number and self._goes_on():
                self.next()
                words[-1] += f",{self.next().text}"
        if not words:
            raise self.error(_("Expected a value after “%(said)s”") % {"said": token.text})
        return " ".join(words)

    def _valued(self, field: FieldType, keys: tuple[str, ...], token: Token) -> tuple[str, str]:
        offered = {one.key for one in operators_of(field)}
        key = next((one for one in keys if one in offered), "")
        if not key:
            raise TextError(
                _("“%(field)s” cannot be compared with “%(said)s” (character %(place)s).")
                % {"field": field.label, "said": token.text, "place": token.start + 1},
                token.start,
            )
        place = self.token
        is_quoted = place.kind == STRING
        said = self.value(token, is_number=field.kind in NUMBERS)
        if field.kind in DATES and key in ("is", "in") and not is_quoted and _is_period(said):
            return self.fits(field, "in", self._period(said), place)
        return self.fits(field, key, self.plain(field, said, key, place), place)

    def _several(self, field: FieldType, key: str, token: Token) -> tuple[str, str]:
        """`(a, b)`, or a single value."""
        if self.token.kind != OPEN:
            self.want("value", field)
            place = self.token
            return self.fits(field, key, self.plain(field, self.value(token), key, place), place)
        opened = self.next()
        values = []
        while True:
            self.want("value", field)
            place = self.token
            values.append(self.plain(field, self.value(opened), key, place))
            if self.token.kind != COMMA:
                break
            self.next()
        if self.token.kind != CLOSE:
            raise self.error(
                _("The parenthesis at character %(place)s is not closed") % {"place": opened.start + 1}
            )
        self.next()
        return self.fits(field, key, "|".join(values), opened)

    def _between(self, field: FieldType, token: Token) -> tuple[str, str]:
        self.want("value", field)
        place = self.token
        is_number = field.kind in NUMBERS
        low = self.value(token, is_number=is_number)
        if not self.take("and"):
            raise self.error(_("Expected “and” with a second value after “between”"))
        self.want("value", field)
        high = self.value(token, is_number=is_number)
        low, high = (
            "" if part == ANY_SIDE else self.plain(field, part, "between", place) for part in (low, high)
        )
        return self.fits(field, "between", f"{low}..{high}", place)

    def number_first(self) -> tuple[str, str]:
        """`>= 3` before the name of what is counted."""
        sign = self.next()
        keys = {"=": "is", "!=": "is_not", "<": "under", "<=": "max", ">": "over", ">=": "min"}
        if sign.text not in keys or not self.token.text.isdecimal():
            raise self.error(_("Expected a number after “%(said)s”") % {"said": sign.text})
        return keys[sign.text], self.next().text

    def _period(self, said: str) -> str:
        return period_named(said) or said

    def plain(self, field: FieldType, said: str, key: str, place: Token) -> str:
        """The value as the tree keeps it."""
        if key in ("contains", "starts"):
            return said
        try:
            return kept(field, said, self.context)
        except (ValidationError, ValueError, ArithmeticError) as problem:
            messages = getattr(problem, "messages", None) or [
                _("“%(said)s” does not fit “%(field)s”.") % {"said": said[:40], "field": field.label}
            ]
            raise TextError(
                _("%(sentence)s (character %(place)s)")
                % {"sentence": " ".join(messages), "place": place.start + 1},
                place.start,
            ) from problem


def _is_period(said: str) -> bool:
    """Several days at once: “this month”, 2026, 2026-05."""
    word = period_named(said)
    if word in DAYS:
        return False
    try:
        start, end = read_period(word or said)
    except ValidationError:
        return False
    return (end - start).days > 1
