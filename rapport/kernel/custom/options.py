"""What only some kinds of fields have, e.g. choices or decimal places: checked, whoever says it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext

from rapport.kernel.fields.text import without_nulls
from rapport.kernel.records.errors import RuleError
from rapport.ui.formats import HUES

Options = dict[str, Any]  # Any: JSON
MOST_CHOICES: Final = 500
LONGEST_LABEL: Final = 100
LONGEST_KEY: Final = 60
LONGEST_PREFIX: Final = 20
MOST_DECIMALS: Final = 6
MOST_DIGITS: Final = 12
LONGEST_TEXT: Final = 250


def checked(kind: str, said: Mapping[str, Any]) -> Options:
    """The options of a field that is entered; RuleError says what does not fit. What the kind does not have is left."""
    match kind:
        case "choice" | "choices":
            return {"choices": _choices(said.get("choices"))}
        case "number" | "money" | "percent":
            return _numbers(said, 2 if kind == "money" else 0)
        case "autonumber":
            sentence = gettext("Between 1 and 12 digits.")
            digits = _whole(said.get("digits", 1), 1, MOST_DIGITS, "digits", sentence)
            return {"prefix": _line(said.get("prefix"), LONGEST_PREFIX), "digits": digits}
        case "link":
            return {"to": _line(said.get("to"), LONGEST_KEY)}
        case "text" if said.get("longest") is not None:
            sentence = gettext("Between 1 and 250 characters.")
            return {"longest": _whole(said["longest"], 1, LONGEST_TEXT, "longest", sentence)}
    return {}


def _line(said: Any, most: int) -> str:  # Any: JSON
    return " ".join(without_nulls(said).split())[:most] if isinstance(said, str) else ""


def _whole(said: Any, least: int, most: int, name: str, sentence: str) -> int:  # Any: JSON
    if not isinstance(said, int) or isinstance(said, bool) or not least <= said <= most:
        raise RuleError(fields={name: sentence})
    return said


def _numbers(said: Mapping[str, Any], usual: int) -> Options:
    sentence = gettext("Between 0 and 6 decimal places.")
    found: Options = {"decimals": _whole(said.get("decimals", usual), 0, MOST_DECIMALS, "decimals", sentence)}
    for name in ("lowest", "highest"):
        if (limit := said.get(name)) is None:
            continue
        try:
            number = Decimal(str(limit))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= Decimal(10) ** 18:
            raise RuleError(fields={name: gettext("This is not a number.")})
        found[name] = format(number, "f")
    return found


def _choices(said: Any) -> list[Options]:  # Any: JSON
    """Each with a key of its own that can stand in addresses, where “|” and “,” part one from the next."""
    found: dict[str, Options] = {}
    for row in said if isinstance(said, list) else ():
        key, label = (row.get("key"), _label(row.get("label"))) if isinstance(row, dict) else ("", "")
        if not isinstance(key, str) or not key or key != _line(key, LONGEST_KEY) or set(key) & set("|,"):
            raise RuleError(fields={"choices": gettext("Each choice needs a key and a name.")})
        if not label or key in found:
            raise RuleError(fields={"choices": gettext("Each choice needs a key and a name.")})
        found[key] = {"key": key, "label": label, "hue": row["hue"] if row.get("hue") in HUES else "grey"}
        if row.get("retired"):
            found[key]["retired"] = True
    if len(found) > MOST_CHOICES:
        sentence = gettext("A field has up to %(most)s choices.") % {"most": MOST_CHOICES}
        raise RuleError(fields={"choices": sentence})
    return list(found.values())


def _label(said: Any) -> str | dict[str, str]:  # Any: JSON
    """A text, or texts by language."""
    if isinstance(said, dict):
        texts = {str(code)[:8]: _line(text, LONGEST_LABEL) for code, text in said.items()}
        return texts if any(texts.values()) else ""
    return _line(said, LONGEST_LABEL)
