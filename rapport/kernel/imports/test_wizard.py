"""Imports as a person does them: a file through the pages to records."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.imports import jobs
from rapport.kernel.imports.models import Import, State
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browser(client: Client, member: User) -> Client:
    client.force_login(member)
    return client


def upload(browser: Client, content: bytes | str, name: str = "people.csv", type: str = "people") -> Import:
    data = content.encode() if isinstance(content, str) else content
    answer = browser.post("/import/", {"type": type, "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 303, answer.content.decode()
    return Import.objects.latest("created_at")


def check(browser: Client, one: Import, **said: Any) -> Import:
    answer = browser.post(f"/import/{one.pk}/columns/", {"then": "check", **said})
    assert answer.status_code == 303, answer.content.decode()
    jobs.check_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert browser.get(f"/import/{one.pk}/rows/").status_code == 200
    return one


def finish(browser: Client, one: Import) -> Import:
    assert browser.post(f"/import/{one.pk}/rows/").status_code == 303
    assert browser.get(f"/import/{one.pk}/").status_code == 200
    jobs.run_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert one.state == State.DONE, one.message
    assert browser.get(f"/import/{one.pk}/").status_code == 200
    return one


def bring(
    browser: Client, content: bytes | str, name: str = "people.csv", type: str = "people", **said: Any
) -> Import:
    """Upload, check and import with the mapping as guessed."""
    return finish(browser, check(browser, upload(browser, content, name, type), **said))


def test_a_german_list_with_semicolons_comes_in(browser: Client, member: User) -> None:
    text = "Name;E-Mail;Telefon;Firma;Geburtstag\nDr. Anna Müller;Anna@Example.com;030 9018200;Müller GmbH;03.05.1980\n"
    one = bring(browser, text.encode("cp1252"))
    person = Person.objects.get()
    assert (person.given_name, person.family_name, person.academic_title) == ("Anna", "Müller", "Dr.")
    assert (person.email, person.phone, str(person.birthday)) == (
        "anna@example.com",
        "+49309018200",
        "1980-05-03",
    )
    assert person.organization is not None and person.organization.name == "Müller GmbH"
    assert (person.owner, person.origin) == (member, "import")
    assert one.counts["new"] == 1
    page = browser.get("/people/", {"f": f"origin_detail.is.{one.origin}"}).content.decode()
    assert "Anna Müller" in page
