"""Mappings are kept under a name and found again by the columns; the check tells old and new values."""

import pytest

from rapport.accounts.models import User
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.imports.models import ImportTemplate
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import Person

FILE = "Wer;Kontakt;Notiz\nAnna Muster;anna@example.com;Messe\n"


def _keep(importer: Importer, **said: str) -> ImportTemplate:
    one = importer.upload(FILE)
    wanted = {"column-0": "name", "column-1": "email", "column-2": "position", "then": "save_template"}
    answer = importer.client.post(f"/import/{one.pk}/columns/", {**wanted, "template_name": "Messe", **said})
    assert answer.status_code == 200, answer.content.decode()
    return ImportTemplate.objects.get(name="Messe")


@pytest.mark.django_db
def test_a_template_is_used_for_the_next_file_with_these_columns(importer: Importer, member: User) -> None:
    _keep(importer)
    one = importer.upload(FILE)
    assert [entry["target"] for entry in one.mapping] == ["name", "email", "position"]
    page = importer.client.get(f"/import/{one.pk}/columns/").content.decode()
    assert "the template “Messe” says" in page
    importer.finish(importer.check(one))
    assert Person.objects.visible_to(member).get().position == "Messe"


@pytest.mark.django_db
def test_only_shared_templates_are_seen_by_others(importer: Importer, importer_of: object) -> None:
    template = _keep(importer)
    other = importer_of(make_user("Bob", role="member"))  # type: ignore[operator]  # a fixture that is called
    assert "template" not in other.upload(FILE).facts
    assert other.client.post(f"/import/templates/{template.pk}/remove/").status_code == 404
    _keep(importer, template_shared="1")
    assert other.upload(FILE).facts["template"]["name"] == "Messe"
    assert other.client.post(f"/import/templates/{template.pk}/remove/").status_code == 404
    assert importer.client.post(f"/import/templates/{template.pk}/remove/").status_code == 303
    assert not ImportTemplate.objects.exists()


@pytest.mark.django_db
def test_a_template_needs_a_name_and_can_be_chosen(importer: Importer) -> None:
    template = _keep(importer)
    one = importer.upload(FILE)
    answer = importer.client.post(
        f"/import/{one.pk}/columns/", {"then": "save_template", "template_name": " "}
    )
    assert answer.status_code == 422 and "Give the template a name" in answer.content.decode()
    importer.client.post(f"/import/{one.pk}/columns/", {"then": "template", "template": ""})
    one.refresh_from_db()
    assert "template" not in one.facts
    importer.client.post(f"/import/{one.pk}/columns/", {"then": "template", "template": str(template.pk)})
    one.refresh_from_db()
    assert one.facts["template"]["name"] == "Messe" and one.mapping[2]["target"] == "position"


@pytest.mark.django_db
def test_the_check_tells_what_changes_from_what_to_what(importer: Importer, member: User) -> None:
    make(Person, owner=member, name="Anna Muster", email="anna@example.com", position="Leiterin")
    make(Person, owner=member, name="Bert Beispiel", email="bert@example.com", position="Chef")
    file = "Name;E-Mail;Position\nAnna Muster;anna@example.com;Präsidentin\n"
    file += "Bert Beispiel;bert@example.com;Chef\nCarl;c;x\n"
    one = importer.check(importer.upload(file), on_duplicate="update")
    counts = one.checked["counts"]
    assert (counts.get("new", 0), counts["changed"], counts["unchanged"], counts["wrong"]) == (0, 1, 1, 1)
    (change,) = one.checked["changes"]
    assert ["Position", "Leiterin", "Präsidentin"] in change["values"]
    page = importer.client.get(f"/import/{one.pk}/rows/").content.decode()
    assert "Leiterin" in page and "Präsidentin" in page and "1 row stays out" in page
