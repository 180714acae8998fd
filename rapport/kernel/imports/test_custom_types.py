"""Records of a type that an administrator has added come from a file like those of built-in ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.record_types import define
from rapport.kernel.custom.record_types.define import TypeDraft
from rapport.kernel.imports import command, jobs
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.imports.models import State
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import Organization

pytestmark = pytest.mark.django_db
WORDS = {"label": {"": "Machine", "de": "Maschine"}, "plural": {"": "Machines", "de": "Maschinen"}}
CHOICES = {"choices": [{"key": "new", "label": "New"}, {"key": "used", "label": "Used"}]}
KEYED = {"column-7": "external_key"}  # nothing is taken for the key of another program by itself
FILE = """Name;State;Built;Power;Operator;Serial number;Tags;Key in the other program
Press 1;New;01.02.2020;12,5;Halden AG;S-1;hall 1;m1
Press 2;used;2021-03-04;7;;S-2;hall 1, hall 2;m2
Press 3;broken;;;;S-3;;m3
"""


@pytest.fixture
def machines() -> Iterator[Any]:  # Any: an entry of the registry
    admin = make_user(role="administrator")
    kind = define.add_type(TypeDraft(WORDS), by=admin)
    for said in (
        Draft("choice", {"label": {"": "State"}}, options=CHOICES),
        Draft("date", {"label": {"": "Built"}}),
        Draft("number", {"label": {"": "Power"}}, options={"decimals": 1}),
        Draft("link", {"label": {"": "Operator"}}, options={"to": "organizations"}),
        Draft("text", {"label": {"": "Serial number"}}, unique=True),
    ):
        add_field(kind, said, by=admin)
    make(Organization, by=admin, name="Halden AG")
    yield type_by_key("machines")


def rows(kind: Any) -> list[tuple[Any, ...]]:  # Any: an entry of the registry, values of fields
    names = ("name", "x_state", "x_built", "x_power", "x_operator", "x_serial_number", "tags")
    return [
        tuple(str(kind.fields[name].text(kind.fields[name].read(one))) for name in names)
        for one in kind.model.objects.filter(deleted_at=None).order_by("name")
    ]


def test_a_file_is_imported_by_the_page_again_by_key_and_taken_back(
    importer: Importer, machines: Any
) -> None:
    one = importer.bring(FILE, "machines.csv", "machines", **KEYED)
    assert (one.counts["new"], one.counts["wrong"]) == (2, 1)
    assert one.rows.get(phase="run").cells[0] == "Press 3"
    before = rows(machines)
    assert before == [
        ("Press 1", "New", "1 Feb 2020", "12.5", "Halden AG", "S-1", "hall 1"),
        ("Press 2", "Used", "4 Mar 2021", "7", "", "S-2", "hall 1, hall 2"),
    ]
    again = FILE.replace("Press 1;New", "Press One;used").replace("broken", "new")
    one = importer.bring(again, "machines.csv", "machines", **KEYED, on_duplicate="update")
    assert (one.counts["new"], one.counts["changed"], one.counts["unchanged"]) == (1, 1, 1)
    assert [line[:2] for line in rows(machines)] == [
        ("Press 2", "Used"), ("Press 3", "New"), ("Press One", "Used"),
    ]  # fmt: skip
    assert importer.client.post(f"/import/{one.pk}/do/", {"deed": "revert"}).status_code == 303
    jobs.revert_import(import_id=str(one.pk), by=str(one.created_by_id))
    one.refresh_from_db()
    assert one.state == State.REVERTED and rows(machines) == before


def test_the_command_takes_the_same_file(machines: Any, tmp_path: Path) -> None:
    file = tmp_path / "machines.csv"
    file.write_text(FILE)
    said = command.import_file(file, "machines", make_user(role="administrator"))
    assert said.startswith("2 new") and len(rows(machines)) == 2
