"""vCards: what is written is read back by our own import and by others, and holds nothing that is hidden."""

from datetime import date
from pathlib import Path

import pytest
import vobject
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.imports.readers.opening import open_table
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


def exported(client: Client, kind: str, *records: object) -> bytes:
    keys = ",".join(str(getattr(one, "pk", "")) for one in records)
    answer = client.get(f"/{kind}/export/file/?ids={keys}&format=vcf")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/vcard")
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def test_a_card_says_all_that_is_known_and_is_read_back(client: Client, member: User, stranger: User) -> None:
    firm = make(Organization, by=member, name="Müller; Söhne, GmbH")
    person = make(
        Person, by=member, given_name="Ingrid", family_name="Solberg", academic_title="Dr.", organization=firm,
        position="Head of fleet", email="ingrid@example.com", mobile="+49 171 5551234", birthday=date(1980, 5, 12),
        about="Likes bikes,\nreally. " + "ä" * 80,
    )  # fmt: skip
    where = {"street": "Werkstraße 5", "postcode": "10115", "city": "Berlin", "region": "", "country": "DE"}
    save_record(person, {}, by=member, parts={"addresses": [{"address": where, "purpose": "work"}]})
    client.force_login(member)
    data = exported(client, "people", person)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    card = vobject.readOne(data.decode())
    assert (card.n.value.family, card.n.value.given, card.n.value.prefix) == ("Solberg", "Ingrid", "Dr.")
    assert card.org.value == ["Müller; Söhne, GmbH"] and card.bday.value == "1980-05-12"
    assert (card.email.value, card.adr.value.city) == ("ingrid@example.com", "Berlin")
    assert card.note.value.startswith("Likes bikes,\nreally.")
    client.force_login(stranger)
    assert exported(client, "people", person) == b""


def test_our_own_import_understands_a_selection(client: Client, member: User, tmp_path: Path) -> None:
    people = [
        make(Person, by=member, given_name=name, email=f"{name}@example.com") for name in ("anna", "bert")
    ]
    firm = make(Organization, by=member, name="Halden Cycles")
    client.force_login(member)
    path = tmp_path / "cards.vcf"
    data = exported(client, "people", *people) + exported(client, "organizations", firm)
    path.write_bytes(data)
    table = open_table(path)
    rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows()]
    assert [row["First name"] for row in rows] == ["anna", "bert", ""]
    assert rows[2]["Organization"] == "Halden Cycles" and rows[2]["Kind"] == "organization"
