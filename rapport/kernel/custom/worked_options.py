"""What administrators say of formulas and roll-ups, checked and made into what is kept."""

from typing import Any

from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.custom import rollups
from rapport.kernel.custom.formulas import FormulaError, compile_formula
from rapport.kernel.custom.worked import FORMULA
from rapport.kernel.fields.base import Context
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, type_by_key

Options = dict[str, Any]  # Any: JSON


def checked(type_key: str, kind: str, said: Options, by: User) -> Options:
    """The options of a formula or roll-up with the type of what comes out; RuleError says what is wrong and where."""
    owner = type_by_key(type_key)
    if owner is None:
        raise RuleError(fields={"kind": gettext("Choose what kind of field this is.")})
    return _formula(owner.whole, said) if kind == FORMULA else _rollup(owner.whole, said, by)


def _formula(owner: RecordType, said: Options) -> Options:
    text = without_nulls(said.get("formula") or "").strip()
    try:
        program = compile_formula(text, owner)
    except FormulaError as problem:
        raise RuleError(fields={"formula": str(problem)}) from problem
    usual = {"money": 2, "percent": 0}.get(program.result, 2)
    places = said.get("decimals")
    places = places if isinstance(places, int) and 0 <= places <= 6 else usual
    return {"formula": text, "result": program.result, "decimals": places}


def _rollup(owner: RecordType, said: Options, by: User) -> Options:
    from rapport.kernel.filters import to_json

    kept: Options = {key: str(said.get(key) or "") for key in ("relation", "take", "of")}
    where = said.get("where")
    if isinstance(where, str):
        where = _typed(owner, kept["relation"], where, by)
    recipe = rollups.read({**kept, "where": where}, owner)
    return {**kept, "where": to_json(recipe.where) if recipe.where else {}, "result": recipe.result,
            "decimals": recipe.places}  # fmt: skip


def _typed(owner: RecordType, relation: str, said: str, by: User) -> Options:
    """The filter of the related records, as it was typed."""
    from rapport.kernel.filters import FilterError, to_json
    from rapport.kernel.filters.text import parse_text

    if not said.strip():
        return {}
    bare = rollups.read({"relation": relation, "take": rollups.COUNT}, owner)
    try:
        return to_json(parse_text(said, bare.relation.kind.whole, Context(by)))
    except FilterError as problem:
        raise RuleError(fields={"where": str(problem)}) from problem
