"""A file brings values of custom fields, and a required one is asked of every new row."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make_user
from rapport.kernel.testing.custom_fields import KINDS, add_custom_field

pytestmark = pytest.mark.django_db
SAID = {
    "text": "Steel", "longtext": "A long story",
    "number": "12", "money": "99,50 EUR", "percent": "25 %", "date": "24.12.2025",
    "moment": "24.12.2025 10:30", "yesno": "yes", "choice": "Blue", "choices": "Red; Blue", "email": "own@example.com",
    "phone": "+49 30 901820", "web": "www.example.com", "country": "Germany", "language": "German",
}  # fmt: skip


@pytest.fixture
def importer(client: Client, settings: Any, tmp_path: Path) -> Importer:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make_user(role="administrator"))
    return Importer(client)


def test_a_file_fills_custom_fields_of_every_kind(importer: Importer) -> None:
    people = type_by_key("people")
    assert people is not None
    by = make_user(role="administrator")
    number = add_field(people, Draft("autonumber", {"label": {"": "Number"}}), by=by).name
    fields = {one: add_custom_field(people, one, by=by) for one in KINDS if one in SAID}
    heads = ";".join(["Last name", *(one.label for one in fields.values())])
    row = ";".join(["Quarz", *(f'"{SAID[one]}"' for one in fields)])
    empty = ";".join(["Basalt", *("" for one in fields)])
    importer.bring(f"{heads}\n{row}\n{empty}\n")
    record = people.model.objects.get(name__contains="Quarz")
    for one, field in fields.items():
        assert not field.is_empty(field.read(record)), one
    assert fields["choices"].read(record) == ["red", "blue"]
    other = people.model.objects.get(name__contains="Basalt")
    assert set(other.custom) == {number}
    assert {record.custom[number], other.custom[number]} == {"1", "2"}


def test_a_row_without_a_needed_custom_field_is_wrong(importer: Importer) -> None:
    people = type_by_key("people")
    assert people is not None
    add_custom_field(people, "text", by=make_user(role="administrator"), required=True)
    one = importer.check(importer.upload("Last name;Own text\nQuarz;yes\nBasalt;\n"))
    assert one.checked["counts"]["wrong"] == 1
