"""Fields that administrators add are in the API like all others, from the next call on."""

from typing import Any

import pytest

from rapport.accounts.models import User
from rapport.api.records.test_records import EACH, same, values_of
from rapport.api.testing import Program
from rapport.kernel.custom.kinds import CLASSES
from rapport.kernel.fields import LinkBase
from rapport.kernel.registry import RecordType
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.make import sample_of

pytestmark = pytest.mark.django_db
WITHOUT = ("file", "picture", "team", "link")


@EACH
def test_custom_fields_of_every_kind_go_in_and_come_out(kind: RecordType, administrator: User) -> None:
    program = Program(administrator)
    names = {one: add_custom_field(kind, one, by=administrator, is_listed=True).name for one in CLASSES}
    said: dict[str, Any] = {}
    for one, name in names.items():
        field = kind.fields[name]
        if one not in WITHOUT and field.editable:
            value = sample_of(field, 3, administrator)
            said[name] = str(value.pk) if isinstance(field, LinkBase) else field.json(value)
    made = program.post(kind.key, {"fields": values_of(kind, administrator) | said})
    assert made.status_code == 201, made.content
    shown = made.json()["fields"]
    assert set(names.values()) <= set(shown)
    assert {name: same(shown[name]) for name in said} == {name: same(value) for name, value in said.items()}
    described = program.get("openapi.json").json()["components"]["schemas"]
    assert set(names.values()) <= set(described[kind.key]["properties"]["fields"]["properties"])
    number = names["number"]
    found = program.get(f"{kind.key}?f={number}.min.0&fields={number}&sort=-{number}").json()
    assert made.json()["id"] in [one["id"] for one in found["data"]], found
    row = {"key": "1", "fields": values_of(kind, administrator, 9) | said}
    bulk = program.post(f"{kind.key}/bulk", {"source": "erp", "upsert": [row, {**row, "key": "2"}]}).json()
    assert {one["status"] for one in bulk["upsert"]} == {201}, bulk
    update = [{"id": one["id"], "fields": {names["text"]: "new"}} for one in bulk["upsert"]]
    assert program.post(f"{kind.key}/bulk", {"update": update}).json()["written"] == 2
    read = program.get(f"{kind.key}/{update[0]['id']}").json()["fields"]
    assert read[names["text"]] == "new"
    assert same(read[number]) == same(said[number])
