"""The mapping of an import: proposed from the file, changed by the person, kept as JSON with the import."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypedDict

from django.utils.translation import get_language, gettext, ngettext

from rapport.kernel.fields import Context
from rapport.kernel.imports.extensions import Slot, extension_of
from rapport.kernel.imports.guess import Guess, guess_for, guess_mapping
from rapport.kernel.imports.guess.headers import normal
from rapport.kernel.imports.models import Import, ImportTemplate
from rapport.kernel.imports.programs import recognize
from rapport.kernel.imports.readers import Table
from rapport.kernel.imports.slots import slots_of

SHOWN = 200  # rows and
WIDTH = 300  # characters of a cell that are kept for the page
PROBLEM = frozenset({"problem", "problems", "fehler"})  # our own column in a file of mended rows


class Entry(TypedDict):
    """Where one column goes, and what the page says about it."""

    target: str
    how: dict[str, Any]  # Any: the fields of ColumnFormat
    purpose: str
    number: int
    reason: str
    happens: str
    fits: float | None
    misfits: list[str]
    is_ambiguous: bool


def facts_of(table: Table) -> dict[str, Any]:  # Any: JSON
    """What is kept of a table, so that the page needs not open it again."""
    sample = table.sample[:: max(1, len(table.sample) // SHOWN)][:SHOWN]
    return {
        "header": [clean(name)[:200] for name in table.header],
        "phrases": table.describe(),
        "remarks": [str(remark) for remark in table.remarks],
        "sheets": list(table.facts.sheets),
        "others": table.others,
        "sample": [[clean(cell)[:WIDTH] for cell in row.cells] for row in sample],
    }


def clean(text: str) -> str:
    """Text that the database can keep: no null bytes, no lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def propose(one: Import, context: Context) -> list[Entry]:
    """The guesser's mapping of all columns."""
    slots = slots_of(one.kind, extension_of(one.type))
    guesses = guess_mapping(
        one.header,
        one.facts["sample"],
        [slot.target for slot in slots.values()],
        get_language() or "en",
        region=context.country,
        currency=context.currency,
    )
    entries = [_entry(guess) for guess in guesses]
    _of_program(one, entries, slots, context)
    for entry, name in zip(entries, one.header, strict=True):
        if name.strip().lower() in PROBLEM:
            entry.update(_nothing(gettext("What was wrong the last time.")))
    return entries


def _of_program(one: Import, entries: list[Entry], slots: Mapping[str, Slot], context: Context) -> None:
    """In the export of a program that we know, most columns are no guess."""
    export = recognize(one.header, one.type)
    one.facts["program"] = export.program if export is not None else ""
    one.options = {**one.options, "program": export.key if export is not None else ""}
    if export is None:
        return
    targets, taken = export.targets(), set[str]()
    said = {"program": export.program}
    for place, name in enumerate(one.header):
        where = targets.get(normal(name))
        if where is None:
            continue
        target, purpose, number = where
        slot = slots.get(target)
        if slot is None or (target in taken and not slot.target.many):
            entries[place] = _nothing(gettext("Only %(program)s itself needs it.") % said)
            continue
        taken.add(target)
        entry = entry_for(one, place, slot, {}, context)
        entry["purpose"], entry["number"] = purpose or entry["purpose"], number or entry["number"]
        entry["reason"], entry["is_ambiguous"] = gettext("As %(program)s writes it.") % said, False
        entries[place] = entry
    for place, entry in enumerate(entries):  # a guess does not take what the program fills
        known = normal(one.header[place]) in targets
        slot = slots.get(entry["target"])
        if not known and slot is not None and entry["target"] in taken and not slot.target.many:
            entries[place] = _nothing(gettext("Another column has it already."))


def _entry(guess: Guess) -> Entry:
    return {
        "target": guess.target or "",
        "how": asdict(guess.how),
        "purpose": guess.purpose,
        "number": guess.number,
        "reason": str(guess.reason),
        "happens": str(guess.happens) if guess.happens else "",
        "fits": guess.fits,
        "misfits": guess.misfits,
        "is_ambiguous": guess.is_ambiguous,
    }


def _nothing(reason: str) -> Entry:
    return {
        "target": "", "how": {}, "purpose": "", "number": 0, "reason": reason, "happens": "", "fits": None,
        "misfits": [], "is_ambiguous": False,
    }  # fmt: skip


def change(one: Import, wanted: Mapping[int, str], context: Context) -> None:
    """Send columns elsewhere (or, with "", nowhere); the others stay as they are. Saves nothing."""
    slots = slots_of(one.kind, extension_of(one.type))
    for place, key in wanted.items():
        if place >= len(one.mapping) or one.mapping[place]["target"] == key:
            continue
        slot = slots.get(key)
        one.mapping[place] = (
            _nothing(gettext("You left it out."))
            if slot is None
            else entry_for(one, place, slot, one.mapping[place], context)
        )


def entry_for(one: Import, place: int, slot: Slot, old: Mapping[str, Any], context: Context) -> Entry:
    """The entry of a column that a person sends to a target."""
    guess = guess_for(
        place,
        one.header[place],
        one.facts["sample"],
        slot.target,
        get_language() or "en",
        region=context.country,
        currency=context.currency,
    )
    entry = _entry(guess)
    entry["purpose"] = entry["purpose"] or str(old.get("purpose", ""))
    return entry


def earlier(one: Import) -> Import | None:
    """The last import of this user whose columns were called the same; its mapping can be used again."""
    names = {name for name in one.header if name.strip().lower() not in PROBLEM}
    mine = Import.objects.filter(created_by=one.created_by_id, type=one.type).exclude(pk=one.pk)
    for other in mine.exclude(mapping=[])[:20]:
        if names and names <= set(other.header) and len(set(other.header)) == len(other.header):
            return other
    return None


def use_mapping_of(one: Import, other: Import | ImportTemplate, context: Context, reason: str) -> None:
    """Take over where the columns went the last time, and what was to happen with known rows."""
    slots = slots_of(one.kind, extension_of(one.type))
    by_name = dict(zip(other.header, other.mapping, strict=True))
    for place, name in enumerate(one.header):
        old = by_name.get(name)
        if old is None or name.strip().lower() in PROBLEM:
            continue
        slot = slots.get(old["target"])
        if slot is None:
            one.mapping[place] = _nothing(gettext("You left it out."))
            continue
        entry = entry_for(one, place, slot, old, context)
        entry["how"] = old["how"]  # the few rows that were mended may not tell how dates are written
        entry["purpose"], entry["number"] = old["purpose"], old["number"]
        entry["reason"], entry["is_ambiguous"] = reason, False
        one.mapping[place] = entry
    one.options = {
        **one.options,
        **{name: value for name, value in other.options.items() if name != "program"},
    }


def trouble(one: Import, slots: Mapping[str, Slot]) -> list[str]:
    """Why the file cannot be checked with this mapping, in sentences."""
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(one.mapping):
        if entry["target"]:
            places.setdefault(entry["target"], []).append(place)
    if not places:
        return [gettext("Choose a field for at least one column.")]
    found = []
    for key, columns in places.items():
        slot = slots.get(key)
        if slot is None:
            names = ", ".join(one.header[place] for place in columns)
            found.append(
                gettext("You may not write where this goes: %(columns)s. Leave it out.") % {"columns": names}
            )
        if slot is not None and len(columns) > 1 and not slot.target.many:
            names = ", ".join(one.header[place] for place in columns)
            found.append(
                gettext("Several columns go to “%(field)s”: %(columns)s. Leave out all but one.")
                % {"field": slot.target.label, "columns": names}
            )
    return found


def summary(entries: Sequence[Mapping[str, Any]]) -> str:
    """How much was matched, in one sentence."""
    matched = sum(1 for entry in entries if entry["target"])
    count = len(entries)
    if matched == count:
        return ngettext("The column is matched.", "All %(count)s columns are matched.", count) % {
            "count": count
        }
    said = {"matched": matched, "count": count}
    return gettext("%(matched)s of %(count)s columns are matched by name and content.") % said
