"""A record type with its fields as a file, to take it to another installation."""

import json
import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.custom import transfer as fields
from rapport.kernel.custom.record_types.define import TypeDraft, add_type, change_type
from rapport.kernel.custom.record_types.forms import TEXTS
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, type_by_key

LARGEST = fields.LARGEST


def write_file(one: CustomType) -> str:
    """The type and all its fields as JSON."""
    kind = type_by_key(one.key)
    assert kind is not None
    said = {
        "rapport": "type", "form": fields.FORM, "key": one.key, "texts": one.texts, "icon": one.icon, "hue": one.hue,
        "board": one.board, "subtitle": one.subtitle, "in_menu": one.in_menu,
        "fields": json.loads(fields.write_file(kind))["fields"],
    }  # fmt: skip
    return json.dumps(said, indent=2, ensure_ascii=False)


def apply(text: str, *, by: User) -> RecordType:
    """Add the type of the file with its fields, all or nothing; RuleError when that cannot be."""
    unreadable = RuleError(gettext("This is not a file of a record type from Rapport."))
    said = fields.read_file(text, "type", unreadable)
    draft = _draft(said)
    with transaction.atomic():
        kind = add_type(draft, by=by)
        listed = {
            "rapport": "fields",
            "form": fields.FORM,
            "type": kind.key,
            "fields": _led_to(said.get("fields", []), draft.key, kind.key),
        }
        fields.apply(kind, json.dumps(listed), by=by)
        one = CustomType.objects.get(key=kind.key)
        change_type(one, draft, by=by)  # board and subtitle name fields that are there only now
    return kind


def _led_to(told: Any, old: str, new: str) -> Any:  # Any: JSON
    """Fields that lead from the type to itself, and filters over these, where the type has another key here."""
    if isinstance(told, list):
        return [_led_to(one, old, new) for one in told]
    if not isinstance(told, dict) or old == new:
        return told
    found = {name: _led_to(one, old, new) for name, one in told.items()}
    if found.get("to") == old:
        found["to"] = new
    for name in ("relation", "related"):  # of roll-ups, and in filters
        if isinstance(path := found.get(name), str):
            found[name] = re.sub(rf"(?:(?<=\.)|^){re.escape(old)}:", f"{new}:", path)
    return found


def _draft(said: dict[str, Any]) -> TypeDraft:
    texts = said.get("texts")
    texts = texts if isinstance(texts, dict) else {}
    words = {
        what: {str(code)[:8]: str(one)[: most + 1] for code, one in texts[what].items()}
        for what, most in TEXTS.items()
        if isinstance(texts.get(what), dict)
    }
    subtitle = said.get("subtitle")
    return TypeDraft(
        words, str(said.get("key", ""))[:40], str(said.get("icon", "")), str(said.get("hue", "")),
        str(said.get("board", "")), [str(one) for one in subtitle] if isinstance(subtitle, list) else [],
        bool(said.get("in_menu", True)),
    )  # fmt: skip
