"""The tools: what each is called, takes and does. They are made for each user, from what he may see and do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rapport.api.endpoint import Call
from rapport.api.tokens.scope import readable_types
from rapport.kernel.permissions import policy
from rapport.mcp import reading, writing
from rapport.mcp.schemas import (
    ACTION,
    FIELDS,
    ID,
    LIMIT,
    PARTS,
    TEXT,
    TRIAL,
    Schema,
    TooWrong,
    check_arguments,
    listed,
    one_of,
    taking,
    yes_no,
)

Json = Any  # Any: JSON
Run = Callable[[Call, Mapping[str, Json]], Json]


@dataclass(frozen=True)
class Tool:
    """One tool. `act` is the right that it needs of some type; without one it reads."""

    name: str
    title: str
    help: str
    takes: Schema
    run: Run
    act: str = ""
    destroys: bool = False

    def json(self) -> Json:
        """As the protocol describes tools."""
        hints: dict[str, Json] = {"title": self.title, "readOnlyHint": not self.act, "openWorldHint": False}
        if self.act:
            hints |= {"destructiveHint": self.destroys, "idempotentHint": False}
        return {
            "name": self.name, "title": self.title, "description": self.help, "inputSchema": self.takes,
            "outputSchema": {"type": "object"}, "annotations": hints,
        }  # fmt: skip


def tools_of(call: Call) -> dict[str, Tool]:
    """The tools that this token has, by name."""
    reads = [one.key for one in readable_types(call.user)]
    found = _reading(reads) if reads else []
    if call.token.waits:
        found.append(_proposals())
    if call.scope.may_write:
        may = {
            act: [key for key in reads if policy(call.user, key, act).reach != "none"]
            for act in ("create", "edit", "delete")
        }
        found += [one for one in _writing(may, reads) if one.act == "any" or may.get(one.act)]
    return {one.name: one for one in found}


def run_tool(call: Call, name: str, arguments: Mapping[str, Json]) -> Json:
    """Do it; TooWrong where there is no such tool, Problem where it is refused."""
    tool = tools_of(call).get(name)
    if tool is None:
        raise TooWrong(_("There is no tool “%(name)s”, or your token may not use it.") % {"name": name[:60]})
    check_arguments(tool.takes, arguments)
    return tool.run(call, arguments)


def _proposals() -> Tool:
    text = _("What became of the changes that you have proposed.")
    return Tool("proposals", _("What was proposed"), text, taking({}), reading.proposals)


def _fields_words() -> str:
    return _(
        "Names of the fields to return; all its own when left out. Also columns of related records, which “describe” "
        "names: “organization.city”, “deals:organization”, “organization.deals:organization”."
    )


def _reading(reads: list[str]) -> list[Tool]:
    kind = one_of(reads, _("The record type."))
    select = {
        "type": kind,
        "words": {**TEXT, "description": _("Words to search for: names, e-mail addresses, numbers.")},
        "filter": {**TEXT, "description": _(
            "Conditions as one types them, with the names of fields: “stage is customer and city is Bonn”, "
            "“amount > 1000 and expected_on in the next 30 days”. Or the same as a JSON tree.")},
    }  # fmt: skip
    fields = listed(TEXT, _fields_words())
    return [
        Tool("describe", _("Describe types and fields"), _(
            "Without a type: who you act for, what there is and what you may do. With a type: its fields with their "
            "choices and comparisons, its parts, its actions, and the JSON schema of what is written. Ask this first."),
            taking({"type": {**kind, "description": _("Leave it out for an overview.")}}), reading.describe),
        Tool("search", _("Search everything"), _(
            "Records of every type that fit some words, the best first; also begun words and misspelled ones."),
            taking({"words": TEXT, "limit": LIMIT}, "words"), reading.search),
        Tool("find_records", _("Find records"), _(
            "A page of records of one type, by words, by a filter or both. Go on with “cursor”, as long as “next” is "
            "not null."),
            taking(select | {
                "fields": fields,
                "sort": {**TEXT, "description": _("A field that is sortable; with a minus from the other end.")},
                "limit": LIMIT, "cursor": TEXT, "count": yes_no(_("Also say how many there are in all.")),
            }, "type"), reading.find_records),
        Tool("get_record", _("Read a record"), _(
            "One record with its parts; with its timeline, relationships, files, possible actions or duplicates when "
            "asked for."),
            taking({"type": kind, "id": ID, "fields": fields, "with": listed(
                {"enum": ["timeline", "relationships", "files", "actions", "duplicates"]},
                _("What else to read of it."))}, "type", "id"), reading.get_record),
        Tool("count_records", _("Count and sum up"), _(
            "How many records fit, sums of number and money fields, in groups when asked: “deals per stage with the "
            "sum of their amounts”. Days and moments are grouped as “expected_on.month”, “.quarter” or “.year”."),
            taking(select | {"sum": listed(TEXT, _("Fields to sum up.")), "group": TEXT}, "type"),
            reading.count_records),
        Tool("find_duplicates", _("Find duplicates"), _(
            "Records that are probably the same as that one, or as one with these values, with points of 100 and the "
            "reasons. Ask before you create people or organizations."),
            taking({"type": kind, "id": ID, "fields": FIELDS, "parts": PARTS}, "type"), reading.find_duplicates),
        Tool("history", _("What was done"), _(
            "Change sets, the newest first: each act with what it touched. With an id: the records of that one with "
            "old and new values. “own” leaves only what was done with this token."),
            taking({"id": ID, "own": yes_no(), "type": kind, "before": TEXT, "after": TEXT}), reading.history),
    ]  # fmt: skip


def _writing(may: Mapping[str, list[str]], reads: list[str]) -> list[Tool]:
    def of(act: str) -> Schema:
        return one_of(may[act], _("The record type."))

    as_read = _("As you have read it: refuses when somebody changed the same fields since.")
    version: Schema = {"type": "integer", "minimum": 1, "description": as_read}
    duplicates = one_of(["check", "refuse"], _("Also say what is probably here already, or refuse then."))
    return [
        Tool("create_record", _("Create a record"), _("Make a new record. Fields as “describe” tells them."),
             taking({"type": of("create"), "fields": FIELDS, "parts": PARTS, "duplicates": duplicates,
                     "dry_run": TRIAL}, "type", "fields"), writing.create_record, "create"),
        Tool("change_record", _("Change a record"), _("Change the given fields and parts; all others stay."),
             taking({"type": of("edit"), "id": ID, "fields": FIELDS, "parts": PARTS, "version": version,
                     "dry_run": TRIAL}, "type", "id"), writing.change_record, "edit", destroys=True),
        Tool("delete_record", _("Delete a record"), _("Put a record into the trash, from where it can be restored."),
             taking({"type": of("delete"), "id": ID, "dry_run": TRIAL}, "type", "id"),
             writing.delete_record, "delete", destroys=True),
        Tool("restore_record", _("Restore a record"), _("Take a record out of the trash."),
             taking({"type": of("delete"), "id": ID, "dry_run": TRIAL}, "type", "id"),
             writing.restore_record, "delete"),
        Tool("do_action", _("Do an action"), _(
             "What people have buttons for: win or lose a deal, complete an activity. “describe” names the actions of "
             "a type with the fields that they ask for, “get_record” with “actions” those that are possible now."),
             taking({"type": one_of(reads, _("The record type.")), "id": ID, "action": ACTION, "fields": FIELDS,
                     "dry_run": TRIAL}, "type", "id", "action"), writing.do_action, "edit", destroys=True),
        Tool("relate_records", _("Relate records"), _(
             "Relate a record to another one. “describe” without a type names the kinds of relationship."),
             taking({"type": of("edit"), "id": ID, "relationship": TEXT, "other": ID,
                     "direction": one_of(["out", "in"]), "fields": FIELDS, "dry_run": TRIAL},
                    "type", "id", "relationship", "other"), writing.relate_records, "edit"),
        Tool("end_relationship", _("Remove a relationship"), _("Remove a relationship of a record."),
             taking({"type": of("edit"), "id": ID, "relationship": ID, "dry_run": TRIAL},
                    "type", "id", "relationship"), writing.end_relationship, "edit", destroys=True),
        Tool("write_many", _("Write many records"), _(
             "Create, change and delete up to 500 records of a type as one change set, with a result for each row."),
             taking({"type": one_of(reads, _("The record type.")), "create": listed({"type": "object"}),
                     "update": listed({"type": "object"}), "delete": listed(ID), "duplicates": duplicates,
                     "all_or_nothing": yes_no(), "dry_run": TRIAL}, "type"), writing.write_many, "any", destroys=True),
        Tool("merge_records", _("Merge records"), _(
             "Make one record of several: this one stays, all that belongs to the others moves to it, and the others "
             "go to the trash. “fields” names for single fields the record whose value stays. Try it out first."),
             taking({"type": of("delete"), "id": ID, "others": listed(ID),
                     "strategy": one_of(["survivor", "newest", "oldest", "fullest"]), "fields": FIELDS,
                     "dry_run": TRIAL}, "type", "id", "others"), writing.merge_records, "delete", destroys=True),
        Tool("undo", _("Take back"), _(
             "Take a change set back, as “history” and each write name it. What was changed since stays."),
             taking({"change_set": ID, "dry_run": TRIAL}, "change_set"), writing.undo, "any", destroys=True),
    ]  # fmt: skip
