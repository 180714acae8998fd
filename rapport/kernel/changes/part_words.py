"""Changes of parts in plain words: "Mara added the e-mail info@example.com"."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rapport.kernel.changes.models import Change
from rapport.kernel.changes.sentences import Line, said
from rapport.kernel.changes.values import Titles, links_in, value_text
from rapport.kernel.fields import LinkBase
from rapport.kernel.fields.base import FieldType
from rapport.kernel.registry import PartType, RecordType


def parts_used(changes: Sequence[Change], kind: RecordType, titles: Titles) -> None:
    """Note what the entries about parts link to."""
    for change in changes:
        part = kind.parts.get(change.part)
        if part is not None:
            links_in(change, part.fields.values(), titles)


def part_lines(act: Sequence[Change], kind: RecordType, titles: Titles, who: str) -> list[Line]:
    """The parts that one act added, changed or removed."""
    lines = []
    for change in act:
        part = kind.parts.get(change.part)
        if part is None or _is_hidden(part, change, titles):
            continue
        line = _line(part, change, titles, who)
        if line is not None:
            lines.append(line)
    return lines


def _is_hidden(part: PartType, change: Change, titles: Titles) -> bool:
    """True where the part leads to a record that the user may not see."""
    pairs = [(one, change.diff.get(one.column)) for one in part.fields.values() if isinstance(one, LinkBase)]
    return any(titles.is_hidden(one, pair[1] or pair[0]) for one, pair in pairs if pair)


def _line(part: PartType, change: Change, titles: Titles, who: str) -> Line | None:
    place = 0 if change.act == "remove" else 1
    values = {name: _side(one, change, titles, place) for name, one in part.fields.items()}
    what = _what(part, values)
    text = _main(part, values)
    if change.act == "update":
        return _changed(part, change, titles, who, what)
    if not text:
        return None
    if change.act == "create":
        sentence = said(_("%(who)s added the %(what)s %(text)s"), who=who, what=what, text=text)
        return Line(sentence, what, new=text, icon="plus")
    sentence = said(_("%(who)s removed the %(what)s %(text)s"), who=who, what=what, text=text)
    return Line(sentence, what, old=text, icon="minus")


def _changed(part: PartType, change: Change, titles: Titles, who: str, what: str) -> Line | None:
    pairs = [
        (one, _side(one, change, titles, 0), _side(one, change, titles, 1))
        for one in part.fields.values()
        if one.column in change.diff
    ]
    pairs = [pair for pair in pairs if pair[1] != pair[2]]
    if not pairs:
        return None
    one, old, new = next((pair for pair in pairs if pair[0].required), pairs[0])
    label = what if one.required else _("%(field)s of the %(what)s") % {"field": one.label, "what": what}
    names = {"who": who, "what": label, "old": old or "–", "new": new or "–"}
    return Line(said(_("%(who)s changed the %(what)s from %(old)s to %(new)s"), **names), label, old, new)


def _side(one: FieldType, change: Change, titles: Titles, place: int) -> str:
    pair = change.diff.get(one.column)
    return value_text(one, pair[place], titles) if pair else ""


def _what(part: PartType, values: dict[str, str]) -> str:
    """The word for such a part: its needed choice ("E-mail"), else its type ("Address")."""
    for name, one in part.fields.items():
        if one.kind == "choice" and one.required and values[name]:
            return values[name]
    return part.help


def _main(part: PartType, values: dict[str, str]) -> str:
    """The value that names the part: what is needed, else the first that there is."""
    plain = [(name, one) for name, one in part.fields.items() if one.kind not in ("choice", "yesno")]
    needed = [values[name] for name, one in plain if one.required and values[name]]
    return next(iter(needed or [values[name] for name, _one in plain if values[name]]), "")
