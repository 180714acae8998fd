"""What each stage needs: set by administrators, worked out as a formula field so that lists sort and filter by it."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.custom import indexes, schema
from rapport.kernel.custom.define import Draft, add_field, change_field, remove_field, restore_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields.base import FieldType
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType, type_by_key
from rapport.parties.growing.models import FieldNeed
from rapport.parties.models import Stage

RANKS: Final[Mapping[str, int]] = {
    Stage.SUSPECT: 1, Stage.PROSPECT: 2, Stage.LEAD: 3, Stage.CUSTOMER: 4, Stage.WON_BACK: 4, Stage.AT_RISK: 4,
    Stage.LOST: 4, Stage.VALUED: 5,
}  # fmt: skip
NEVER_REACHED: Final = 9  # the rank of a stage that is none
STEPS: Final = (Stage.SUSPECT, Stage.PROSPECT, Stage.LEAD, Stage.CUSTOMER, Stage.VALUED)
WEIGHTS: Final = (1, 2, 3)
KEY: Final = "completeness"
NEVER: Final = ("stage", "owner", "team", "tags", "source", "name", "salutation", "picture")
# Who can be called on his way has a phone: what stands in the second field answers for the first.
ANSWERED_BY: Final[Mapping[str, str]] = {"phone": "mobile"}

STARTING: Final[Mapping[str, tuple[tuple[str, Stage, int], ...]]] = {
    "people": (
        ("email", Stage.SUSPECT, 3), ("family_name", Stage.PROSPECT, 3), ("given_name", Stage.PROSPECT, 1),
        ("phone", Stage.LEAD, 2), ("position", Stage.LEAD, 1),
        ("language", Stage.LEAD, 1), ("city", Stage.CUSTOMER, 2), ("birthday", Stage.VALUED, 1),
    ),
    "organizations": (
        ("website", Stage.SUSPECT, 1), ("email", Stage.PROSPECT, 2), ("phone", Stage.PROSPECT, 2),
        ("industry", Stage.LEAD, 2), ("employees", Stage.LEAD, 1), ("city", Stage.CUSTOMER, 3),
        ("country", Stage.CUSTOMER, 1), ("vat_number", Stage.CUSTOMER, 2),
    ),
}  # fmt: skip


def begin() -> None:
    """After the first migrate: what each stage usually needs. Later that is the administrator's."""
    from rapport.parties.life_cycle.models import LifeCycle

    cycle, _new = LifeCycle.objects.get_or_create(pk=1)
    if cycle.has_needs:
        return
    FieldNeed.objects.bulk_create(
        (
            FieldNeed(type=key, field=field, from_stage=stage, weight=weight)
            for key, rows in STARTING.items()
            for field, stage, weight in rows
        ),
        ignore_conflicts=True,
    )
    cycle.has_needs = True
    cycle.save(update_fields=["has_needs"])


def can_be_needed(kind: RecordType) -> dict[str, FieldType]:
    """The fields of which the page of needs speaks: what is stored with the record and can be missing."""
    return {
        name: one
        for name, one in kind.whole.fields.items()
        if name not in NEVER and not one.is_worked_out and not one.is_multiple and one.kind not in ("yesno", "file")
        and (one.editable or name in ("postcode", "city", "country")) and not one.required
    }  # fmt: skip


def needs_of(kind: RecordType) -> list[FieldNeed]:
    """The needs of that type whose fields there still are, the earliest and weightiest first."""
    known = can_be_needed(kind)
    rows = [one for one in FieldNeed.objects.filter(type=kind.key) if one.field in known]
    order = {name: place for place, name in enumerate(known)}
    return sorted(rows, key=lambda one: (rank_of(one), -one.weight, order[one.field]))


def rank_of(need: FieldNeed) -> int:
    """From which step of the way on the field is needed."""
    return RANKS.get(need.from_stage, NEVER_REACHED)


def answering(kind: RecordType, name: str) -> list[FieldType]:
    """The fields of that type of which one is enough for the need of that field, itself first."""
    names = (name, ANSWERED_BY.get(name, ""))
    return [kind.fields[one] for one in names if one in kind.fields]


def needed_in(needs: list[FieldNeed], stage: str) -> list[FieldNeed]:
    rank = RANKS.get(stage, 1)
    return [one for one in needs if rank_of(one) <= rank]


def save_needs(kind: RecordType, said: Mapping[str, tuple[str, str]], *, in_lists: bool, by: User) -> bool:
    """Replace what the stages need: {field: (from which stage on, weight)}; says whether anything changed."""
    only_administrators(by)
    known = can_be_needed(kind)
    wanted: dict[str, tuple[str, int]] = {}
    for name, (stage, weight) in said.items():
        if name in known and stage:
            if stage not in STEPS or weight not in map(str, WEIGHTS):
                raise RuleError(_("Choose a stage and a weight from 1 to 3 for each field."))
            wanted[name] = (stage, int(weight))
    with transaction.atomic():
        rows = FieldNeed.objects.select_for_update().filter(type=kind.key)
        before = {one.field: (one.from_stage, one.weight) for one in rows}
        if before != wanted:
            rows.delete()
            FieldNeed.objects.bulk_create(
                FieldNeed(type=kind.key, field=name, from_stage=stage, weight=weight)
                for name, (stage, weight) in wanted.items()
            )
        changed = show_in_lists(kind, in_lists=in_lists and bool(wanted), by=by)
    return before != wanted or changed


def column_of(kind: RecordType) -> CustomField | None:
    """The formula field that holds the completeness, where lists have it."""
    return CustomField.objects.filter(type=kind.key, key=KEY, kind="formula", removed_at=None).first()


def show_in_lists(kind: RecordType, *, in_lists: bool, by: User) -> bool:
    """Have the completeness as a field of the type, as the needs are now; says whether anything changed."""
    held = column_of(kind)
    if not in_lists:
        if held is not None:
            remove_field(held, by=by)
        return held is not None
    draft = Draft(
        "formula",
        {
            "label": {"en": "Completeness", "de": "Vollständigkeit"},
            "help": {
                "en": "How much of what the stage needs is filled.",
                "de": "Wie viel von dem ausgefüllt ist, was die Stufe braucht.",
            },
        },
        options={"formula": formula(kind, needs_of(kind)), "result": "percent", "decimals": 0}, key=KEY,
    )  # fmt: skip
    if held is None:
        removed = CustomField.objects.filter(type=kind.key, key=KEY, kind="formula").first()
        if removed is None:
            add_field(kind, draft, by=by)
            return True
        restore_field(removed, by=by)
        held = removed
    if held.options.get("formula") == draft.options["formula"]:
        return False
    change_field(held, draft, by=by)
    return True


def renew() -> None:
    """After every migrate: the column says what this version works out."""
    schema.ask()
    for held in CustomField.objects.filter(type__in=STARTING, key=KEY, kind="formula", removed_at=None):
        kind = type_by_key(held.type)
        if kind is None or (text := formula(kind, needs_of(kind))) == held.options.get("formula"):
            continue
        held.options["formula"] = text
        CustomField.objects.filter(pk=held.pk).update(options=held.options)
        schema.raise_version(field_of=held.type)
        indexes.follow(held)


def formula(kind: RecordType, needs: list[FieldNeed]) -> str:
    """The completeness in the language of formulas: by weight what is filled of what the stage needs.

    Each field stands there once, as formulas are of limited size: what a later stage needs counts from there on.
    """
    if not needs:
        return "percent(100)"
    ranks = sorted({rank_of(one) for one in needs})
    filled, total = [], []
    for rank in ranks:
        here = [one for one in needs if rank_of(one) == rank]
        found = " + ".join(f"if({_empty(kind, one)}, 0, {one.weight})" for one in here)
        filled.append(_from(rank, "0", found))
        total.append(_from(rank, "0", str(sum(one.weight for one in here))))
    share = f"round(100 * ({' + '.join(filled)}) / ({' + '.join(total)}))"
    return f"percent({_from(ranks[0], '100', share)})"


def _from(rank: int, before: str, then: str) -> str:
    """`then` from that step of the way on, `before` in the stages before it."""
    earlier = " or ".join(f'stage = "{key}"' for key, of in RANKS.items() if of < rank)
    return f"if({earlier}, {before}, {then})" if earlier else then


def _empty(kind: RecordType, need: FieldNeed) -> str:
    rows: list[Any] = answering(kind.whole, need.field)  # Any: field types
    return " and ".join(
        f"is_empty({one.name}.name)" if one.kind == "link" else f"is_empty({one.name})" for one in rows
    )
