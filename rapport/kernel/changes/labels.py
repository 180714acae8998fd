"""What a change set is called: said in all languages when it happens, read in that of the reader."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language, override

# Text as somebody has written it, or something that says it in the active language.
Label = str | Callable[[], str]
LONGEST: Final = 200
FACT: Final = "label"  # among the facts of the set: {"de": …, "en": …}, where languages say it otherwise


def said(label: Label) -> str:
    """The label in the active language."""
    return (label if isinstance(label, str) else label())[:LONGEST]


def in_all_languages(label: Label) -> dict[str, Any]:  # Any: JSON
    """What to keep among the facts of the set so that others read it in their language."""
    if isinstance(label, str):
        return {}
    texts = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = said(label)
    return {FACT: texts} if len(set(texts.values())) > 1 else {}


def told(label: str, facts: dict[str, Any]) -> str:  # Any: JSON
    """The label in the language of the reader; sets of earlier versions have one only."""
    texts: dict[str, str] = facts.get(FACT) or {}
    return texts.get(get_language() or "", label)
