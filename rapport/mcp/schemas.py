"""What tools take, as JSON schemas, and the check of what was sent against them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Schema: TypeAlias = dict[str, Any]  # Any: JSON
MOST_ROWS = 100
LONGEST_LIST = 500

TEXT: Schema = {"type": "string", "maxLength": 20_000}
ID: Schema = {"type": "string", "format": "uuid", "maxLength": 36}
ACTION: Schema = {"type": "string", "maxLength": 60}
FIELDS: Schema = {"type": "object"}
PARTS: Schema = {"type": "object"}
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
TRIAL: Schema = {"type": "boolean", "description": "true: say what would change, and keep nothing."}
WORDS: dict[str, Promise] = {
    "string": gettext_lazy("a text"),
    "integer": gettext_lazy("a whole number"),
    "boolean": gettext_lazy("true or false"),
    "object": gettext_lazy("an object"),
    "array": gettext_lazy("a list"),
}
PYTHON: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}


class TooWrong(Exception):
    """The call of a tool cannot be understood."""


def taking(properties: Schema, *needed: str) -> Schema:
    """An object with these properties and no others."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(needed)} if needed else found


def one_of(values: Sequence[str], what: str = "") -> Schema:
    found: Schema = {"type": "string", "enum": list(values)}
    return {**found, "description": what} if what else found


def listed(items: Schema, what: str = "") -> Schema:
    found: Schema = {"type": "array", "items": items, "maxItems": LONGEST_LIST}
    return {**found, "description": what} if what else found


def yes_no(what: str = "") -> Schema:
    return {"type": "boolean", "description": what} if what else {"type": "boolean"}


def check_arguments(takes: Schema, said: Mapping[str, Any]) -> None:
    """Raise TooWrong with a sentence where the arguments are not as the tool says that it takes them."""
    properties: Schema = takes["properties"]
    for name in takes.get("required", ()):
        if name not in said:
            raise TooWrong(_("“%(name)s” is needed.") % {"name": name})
    for name, value in said.items():
        if name not in properties:
            known = ", ".join(properties)
            text = _("There is no argument “%(name)s”. Possible: %(names)s.")
            raise TooWrong(text % {"name": str(name)[:60], "names": known})
        _check(name, properties[name], value)


def _check(name: str, schema: Schema, value: Any) -> None:  # Any: JSON
    kind = schema.get("type", "string")
    is_right = isinstance(value, PYTHON[kind]) and not (kind == "integer" and isinstance(value, bool))
    if not is_right:
        raise TooWrong(_("“%(name)s” must be %(what)s.") % {"name": name, "what": WORDS[kind]})
    if "enum" in schema and value not in schema["enum"]:
        names = ", ".join(schema["enum"])
        raise TooWrong(_("“%(name)s” must be one of: %(names)s.") % {"name": name, "names": names})
    if kind == "string" and len(value) > schema.get("maxLength", 20_000):
        raise TooWrong(_("“%(name)s” is too long.") % {"name": name})
    if kind == "integer" and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        what = {"name": name, "least": schema.get("minimum"), "most": schema.get("maximum", 2**31)}
        raise TooWrong(_("“%(name)s” must be between %(least)s and %(most)s.") % what)
    if kind == "array":
        if len(value) > schema["maxItems"]:
            most = schema["maxItems"]
            raise TooWrong(_("“%(name)s” takes %(most)s at most.") % {"name": name, "most": most})
        for one in value:
            _check(name, schema["items"], one)
