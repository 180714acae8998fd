"""What the pages of an import show, as plain values for their templates."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import NOT_PROVIDED
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.revert import may_revert
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.imports.alike import OnAlike, manner_of
from rapport.kernel.imports.extensions import Slot, extension_of
from rapport.kernel.imports.mapping import summary, trouble
from rapport.kernel.imports.models import Import, ImportTemplate, OnDuplicate, Phase, State
from rapport.kernel.imports.row_pieces import alike_context, wrong_context
from rapport.kernel.imports.slots import slots_of
from rapport.kernel.imports.templates import templates_for
from rapport.kernel.lists.page import noun
from rapport.kernel.pages.show import list_url
from rapport.ui.formats import format_number

Shown = dict[str, Any]  # Any: values for a template
WIDEST = 6
NOTHING = dict.fromkeys(("new", "changed", "unchanged", "skipped", "wrong", "unlinked"), 0)


def _base(one: Import) -> Shown:
    kind = one.kind
    return {
        "one": one,
        "kind": kind,
        "back": list_url(kind),
        "what": noun(kind.label_plural),
        "phrases": ", ".join(one.facts.get("phrases", ())),
        "steps": [_("File"), _("Match columns"), _("Check rows"), _("Import")],
    }


def columns_context(one: Import, user: User) -> Shown:
    """The table of columns and the choices beside it."""
    slots = slots_of(one.kind, extension_of(one.type))
    groups: dict[str, list[Slot]] = {}
    for slot in slots.values():
        groups.setdefault(str(slot.group), []).append(slot)
    settled = (
        _("You left it out."),
        _("Only %(program)s itself needs it.") % {"program": one.facts.get("program", "")},
    )
    lines = []
    for place, (name, entry) in enumerate(zip(one.header, one.mapping, strict=True)):
        chosen = slots.get(entry["target"])
        samples = [row[place] for row in one.facts["sample"] if place < len(row) and row[place].strip()]
        fits = entry["fits"]
        lines.append(
            {
                "place": place,
                "name": name,
                "sample": samples[0] if samples else "",
                "samples": " · ".join(samples[:4])[:200],
                "entry": entry,
                "slot": chosen,
                "fits": None if fits is None or chosen is None else round(100 * fits),
                "is_low": fits is not None and fits < 0.97,
                "asks": chosen is None and bool(samples) and entry["reason"] not in settled,
            }
        )
    left = [line["name"] for line in lines if line["slot"] is None]
    return {
        **_base(one),
        "lines": lines,
        "groups": groups,
        "summary": summary(one.mapping),
        "trouble": [*trouble(one, slots), *_lacking(one, slots)],
        "left": left,
        "modes": [(value.value, value.label, text) for value, text in _modes()],
        "likes": _likes() if comparison_of(one.kind) is not None else [],
        "alike": manner_of(one),
        "same": extension_of(one.type).same,
        "users": [(str(each.pk), str(each)) for each in User.objects.filter(is_active=True)[:500]],
        "owner": one.options.get("owner") or str(one.created_by_id or user.pk),
        "templates": [(str(each.pk), _template_label(each, user)) for each in templates_for(one, user)],
        "template": one.facts.get("template") or {},
        "total": format_number(one.total),
    }


def _lacking(one: Import, slots: Mapping[str, Slot]) -> list[str]:
    """Which fields get no column without which there can be no new record."""
    mapped = {entry["target"] for entry in one.mapping}
    fields = one.kind.editable_fields()
    needed = [
        name for name, field in fields.items() if field.required and field.default in ("", NOT_PROVIDED)
    ]
    sentence = _("No column goes to “%(field)s”: rows that would be new cannot be taken without it.")
    return [
        sentence % {"field": slots[name].target.label}
        for name in needed
        if name in slots and name not in mapped and mapped != {""}
    ]


def _template_label(template: ImportTemplate, user: User) -> str:
    if template.created_by_id == user.pk:
        return template.name
    return _("%(name)s (by %(who)s)") % {"name": template.name, "who": template.created_by or _("somebody")}


def _modes() -> list[tuple[OnDuplicate, str]]:
    """In the language of the moment."""
    return [
        (OnDuplicate.FILL, _("Keeps what we know, adds what is new")),
        (OnDuplicate.UPDATE, _("The file wins")),
        (OnDuplicate.SKIP, _("Leaves the record as it is")),
        (OnDuplicate.CREATE, _("Makes a second record of it")),
    ]


def _likes() -> list[tuple[str, str, str]]:
    """What can be done with rows that are probably here, though no key says so."""
    texts = {
        OnAlike.ASK: _("Makes a new record; you decide later under Duplicates"),
        OnAlike.UPDATE: _("Then the choice above counts"),
        OnAlike.SKIP: _("Leaves the row out"),
        OnAlike.CREATE: _("The check is faster"),
    }
    return [(key.value, str(key.label), text) for key, text in texts.items()]


def rows_context(one: Import, user: User, here: int | None = None, *, again: bool = False) -> Shown:
    """The counts of the check, the rows to be judged or mended, and the first rows as they will be.

    `here`: the line of the row that stands beside its record; `again`: only a part of the page is drawn anew.
    """
    counts = {**NOTHING, **one.checked.get("counts", {})}
    known = sum(counts.get(name, 0) for name in ("changed", "unchanged", "skipped"))
    taken = sum(counts.get(name, 0) for name in ("new", "changed", "unchanged"))
    fates = {
        OnDuplicate.FILL: _("gaps get filled"),
        OnDuplicate.UPDATE: _("get overwritten"),
        OnDuplicate.SKIP: _("stay as they are"),
    }
    preview = one.checked.get("preview", [])
    labels = list(dict.fromkeys(label for row in preview for label, _text in row["values"]))[:WIDEST]
    return {
        **_base(one),
        "counts": counts,
        "known": known,
        "fate": fates.get(OnDuplicate(one.mode), ""),
        "taken": taken,
        "taken_text": format_number(taken),
        "labels": labels,
        "changes": one.checked.get("changes", []),
        "preview": [(row, [dict(row["values"]).get(label, "") for label in labels]) for row in preview],
        "further": extension_of(one.type).words(counts),
        **alike_context(one, user, here),
        **wrong_context(one, Phase.CHECK),
        "may_mend": one.state == State.READY,
        "again": again,
        **_progress(one),
    }


def _progress(one: Import) -> Shown:
    share = min(100, 100 * one.done // one.total) if one.total else 0
    left = one.seconds_left()
    if not one.done:
        remaining = ""
    elif left < 5:
        remaining = _("a moment left")
    elif left < 90:
        remaining = ngettext("about %(count)s second left", "about %(count)s seconds left", left) % {
            "count": left
        }
    else:
        minutes = round(left / 60)
        remaining = ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {
            "count": minutes
        }
    return {"share": share, "remaining": remaining, "speed": one.rows_per_second()}


def result_context(one: Import, user: User) -> Shown:
    """Progress while it runs; afterwards what came of it."""
    counts, checked = {**NOTHING, **one.counts}, one.checked.get("counts", {})
    words = extension_of(one.type).words
    further = words(counts)
    said = {label for label, _text in further}
    asked = urlencode([("f", f"origin_detail.is.{one.origin}")])
    return {
        **_base(one),
        "counts": counts,
        "new_url": f"{list_url(one.kind)}?{asked}",
        "taken": sum(checked.get(name, 0) for name in ("new", "changed", "unchanged")),
        "further": further,
        # what the check has found out and the import comes to only now
        "planned": [line for line in words(checked) if one.state == State.RUNNING and line[0] not in said],
        "may_revert": one.change_set is not None and may_revert(user, one.change_set) and not one.is_reverted,
        "ends": one.state in (State.DONE, State.STOPPED, State.FAILED, State.REVERTED),
        **wrong_context(one, Phase.RUN),
        "may_mend": False,
        "again": False,
        **_progress(one),
    }
