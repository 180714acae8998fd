"""The operations on change sets, figures, duplicates and merging; and trying a call out, which all writes share."""

from django.utils.translation import gettext as _

from rapport.api.documents.operations import ANY, ID, TEXT, answers, body, operation, query
from rapport.api.documents.schemas import UUID, Schema, array, page_of, reference
from rapport.api.records.figures import GROUPED, PERIODS, SUMMED
from rapport.api.tokens.scope import Scope
from rapport.kernel.fields import OptionLink
from rapport.kernel.merge.deed import MOST, STRATEGIES
from rapport.kernel.registry import RecordType

INTEGER: Schema = {"type": "integer"}
MATCH: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT, "id": UUID, "title": TEXT, "row": INTEGER,
        "points": {"type": "integer", "minimum": 0, "maximum": 100}, "certainty": TEXT,
        "reasons": array(TEXT), "words": array(TEXT),
    },
    "required": ["points", "reasons"],
}  # fmt: skip
CHANGE_SET: Schema = {
    "type": "object",
    "properties": {
        "id": UUID, "at": {"type": "string", "format": "date-time"}, "label": TEXT, "what": TEXT, "cause": TEXT,
        "own": {"type": "boolean"}, "types": array(TEXT), "undone_at": {"type": ["string", "null"]},
        "undoes": {"type": ["string", "null"]}, "left_out": ANY, "records": array(ANY), "hidden": INTEGER,
        "next": {"type": ["string", "null"]},
    },
    "required": ["id", "at", "label", "cause", "own"],
}  # fmt: skip
PROPOSED: Schema = {
    "type": "object",
    "properties": {
        "proposal": UUID, "state": {"const": "open"}, "note": TEXT,
        "would_change": array({
            "type": "object",
            "properties": {
                "type": TEXT, "id": UUID, "title": TEXT, "act": TEXT, "changes": array(ANY),
            },
            "required": ["type", "id", "act"],
        }),
    },
    "required": ["proposal", "state", "note", "would_change"],
}  # fmt: skip
SHARED: dict[str, Schema] = {"Match": MATCH, "ChangeSet": CHANGE_SET, "Proposed": PROPOSED}
WRITES = ("post", "put", "patch", "delete")
ASKING = "check_duplicates"


def may_be_tried(paths: dict[str, Schema]) -> None:
    """Every write takes `dry_run`, and waits where the token may only propose.

    Files cannot be tried out; what only asks needs no trial and never waits.
    """
    for item in paths.values():
        for method in WRITES:
            made = item.get(method)
            if made is None or "multipart/form-data" in made.get("requestBody", {}).get("content", {}):
                continue
            text = _("“true”: answer as if it were done, and keep nothing")
            made["parameters"] = [
                *made.get("parameters", []),
                query("dry_run", {"enum": ["true", "false"]}, text),
            ]
            if not made["operationId"].startswith(ASKING):
                made["responses"] = _with_trials(made["responses"])


def _with_trials(responses: Schema) -> Schema:
    """What was done has the header Change-Set, what was tried out Dry-Run; 202 says what waits for a person."""
    headers = {
        "Change-Set": {"schema": UUID, "description": _("The change set by which this can be taken back")},
        "Dry-Run": {
            "schema": {"const": "true"},
            "description": _("It was only tried out, and nothing is kept"),
        },
    }
    found = {code: {**one, "headers": headers} if code[0] == "2" else one for code, one in responses.items()}
    proposed, kept = reference("Proposed"), found.get("202", {})
    text = _("The token may only propose: this waits for a person")
    if kept:
        known = kept["content"]["application/json"]["schema"]
        proposed, text = (
            {"anyOf": [known, proposed]},
            _("It goes on in the background, or waits for a person"),
        )
    return found | {
        "202": {**kept, "description": text, "content": {"application/json": {"schema": proposed}}}
    }


def change_sets(may_write: bool) -> dict[str, Schema]:
    """/change-sets: what was done, and taking it back."""
    of = {"name": "id", "in": "path", "required": True, "schema": UUID}
    asked = [
        query("own", {"enum": ["true", "false"]}, _("Only what was done with this token")),
        query("type", TEXT, _("Only those that touched records of this type")),
        query("since", TEXT, _("From this day on")), query("until", TEXT, _("Up to this day")),
        query("before", TEXT, _("“next” of the page before")),
    ]  # fmt: skip
    one = reference("ChangeSet")
    after = [query("after", TEXT, _("“next” of the page before"))]
    found: dict[str, Schema] = {
        "/change-sets": {
            "get": operation("general", "change_sets", _("What was done, the newest first"),
                             answers(page_of(one)), parameters=asked),
        },
        "/change-sets/{id}": {
            "parameters": [of],
            "get": operation("general", "change_set", _("One act with the records that it touched"), answers(one),
                             parameters=after),
        },
    }  # fmt: skip
    if may_write:
        counts = dict.fromkeys(("records", "kept", "refused", "gone"), INTEGER)
        done: Schema = {
            "type": "object", "properties": {"change_set": UUID, "running": {"type": "boolean"}, **counts},
            "required": ["change_set", "running", "records"],
        }  # fmt: skip
        made = operation(
            "general",
            "undo",
            _("Take it back; what was changed since stays"),
            answers(done) | answers(done, 202),
        )
        found["/change-sets/{id}/undo"] = {"parameters": [of], "post": made}
    return found


def proposals() -> dict[str, Schema]:
    """/proposals: what became of what a token may only propose."""
    of = {"name": "id", "in": "path", "required": True, "schema": UUID}
    one: Schema = {
        "type": "object",
        "properties": {
            "id": UUID, "at": {"type": "string", "format": "date-time"},
            "state": {"enum": ["open", "done", "refused", "failed"]}, "problem": {"type": ["string", "null"]},
            "decided_at": {"type": ["string", "null"]}, "change_set": {"type": ["string", "null"]},
        },
        "required": ["id", "at", "state"],
    }  # fmt: skip
    every: Schema = {"type": "object", "properties": {"data": array(one)}, "required": ["data"]}
    listed = operation("general", "proposals", _("What this token has proposed"), answers(every))
    single = operation("general", "proposal", _("What became of a proposal"), answers(one))
    return {"/proposals": {"get": listed}, "/proposals/{id}": {"parameters": [of], "get": single}}


def of_figures(kind: RecordType, scope: Scope) -> Schema:
    fields = scope.fields(kind)
    single = {name: one for name, one in fields.items() if not one.is_multiple}
    summed = [name for name, one in single.items() if one.kind in SUMMED]
    groups = [name for name, one in single.items() if one.kind in GROUPED or isinstance(one, OptionLink)]
    groups += [
        f"{name}.{period}"
        for name, one in single.items()
        if one.kind in ("date", "moment")
        for period in PERIODS
    ]
    parameters = [
        query("filter", TEXT, _("Which records: as for the list")),
        query("f", array(TEXT), _("The same in short, several times: field.operator.value")),
        query(
            "sum", TEXT, _("Fields to sum up, separated by commas: %(names)s") % {"names": ", ".join(summed)}
        ),
        query("group", {"enum": groups}, _("In groups of this field")),
    ]
    if not scope.is_narrow(kind):
        parameters.append(query("q", TEXT, _("Words to search for")))
    told: Schema = {
        "type": "object",
        "properties": {
            "count": INTEGER,
            "sums": ANY,
            "worth": ANY,
            "groups": array(ANY),
            "more": {"type": "boolean"},
        },
        "required": ["count", "sums"],
    }
    return {"get": operation(kind.key, "figures", _("Counts and sums"), answers(told), parameters=parameters)}


def of_check(kind: RecordType) -> Schema:
    """POST …/duplicates: it asks and writes nothing."""
    schema = reference(f"{kind.key}_values")
    told: Schema = {"type": "object", "properties": {"data": array(reference("Match"))}, "required": ["data"]}
    what = _("Would these values be here already?")
    return {"post": operation(kind.key, "check_duplicates", what, answers(told), requestBody=body(schema))}


def of_duplicates(kind: RecordType) -> Schema:
    told: Schema = {"type": "object", "properties": {"data": array(reference("Match"))}, "required": ["data"]}
    made = operation(kind.key, "duplicates", _("Records that are probably the same, and why"), answers(told))
    return {"parameters": [ID], "get": made}


def of_merge(kind: RecordType, may: set[str]) -> Schema:
    strategies: Schema = {"enum": list(STRATEGIES)}
    asked = [
        {
            **query("others", TEXT, _("Ids of the records that become part of it, separated by commas")),
            "required": True,
        },
        query("strategy", strategies, _("Whose values stay where they differ")),
    ]
    preview: Schema = {
        "type": "object",
        "properties": {
            "survivor": UUID,
            "strategy": strategies,
            "fields": ANY,
            "moves": array(ANY),
            "relationships_that_leave": {"type": "integer"},
        },
        "required": ["survivor", "fields", "moves", "relationships_that_leave"],
    }
    found: Schema = {
        "parameters": [ID],
        "get": operation(
            kind.key, "preview_merge", _("What merging would do"), answers(preview), parameters=asked
        ),
    }
    if {"edit", "delete"} <= may:
        sent: Schema = {
            "type": "object",
            "properties": {
                "others": {**array(UUID), "minItems": 1, "maxItems": MOST - 1}, "strategy": strategies,
                "fields": {"type": "object", "additionalProperties": UUID},
                "versions": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
            },
            "required": ["others"], "additionalProperties": False,
        }  # fmt: skip
        what = _("Make one record of several: this one stays")
        found["post"] = operation(
            kind.key, "merge", what, answers(reference(kind.key)), requestBody=body(sent)
        )
    return found
