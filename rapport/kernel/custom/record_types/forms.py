"""What administrators type on the page of a record type, read into a draft; and what the page shows of it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict

from rapport.kernel.custom.forms import line_of
from rapport.kernel.custom.record_types.define import TypeDraft
from rapport.kernel.custom.record_types.models import CustomType
from rapport.ui.formats import HUES

TEXTS = {"label": 100, "plural": 100, "title": 100, "help": 500}
SUBTITLES = 2


def read_draft(data: QueryDict) -> TypeDraft:
    """What the form says."""
    texts: dict[str, dict[str, str]] = {}
    for what, most in TEXTS.items():
        words = {"": line_of(data.get(what, ""), most + 1)}
        for code, _name in settings.LANGUAGES:
            if text := line_of(data.get(f"{what}_{code}", ""), most + 1):
                words[code] = text
        texts[what] = words
    named = [data.get(f"subtitle_{number}", "") for number in range(SUBTITLES)]
    hue = data.get("hue", "")
    return TypeDraft(
        texts, "", data.get("icon", ""), hue if hue in HUES else "petrol", data.get("board", ""),
        list(dict.fromkeys(name for name in named if name)), bool(data.get("in_menu")),
    )  # fmt: skip


@dataclass
class Shown:
    """What the editor shows: the type as it is, or as it was typed when something is wrong."""

    one: CustomType
    is_new: bool

    def text(self, what: str, code: str = "") -> str:
        texts = self.one.texts.get(what)
        return str(texts.get(code, "")) if isinstance(texts, dict) else ""

    def subtitle(self, number: int) -> str:
        return self.one.subtitle[number] if number < len(self.one.subtitle) else ""


def as_typed(one: CustomType, draft: TypeDraft) -> Shown:
    """The editor's view of what was typed, nothing of which is saved."""
    typed = CustomType(
        pk=one.pk, key=one.key, texts=draft.texts, icon=draft.icon, hue=draft.hue, board=draft.board,
        subtitle=draft.subtitle, in_menu=draft.in_menu,
    )  # fmt: skip
    return Shown(typed, one._state.adding)
