"""The spreadsheet in which the company kept its customers until today: in, mended, and out again."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rapport.accounts.models import Company, User
from rapport.kernel.testing import make_user
from rapport.parties.models import Organization, Person
from tests.journeys.conftest import Enter, check, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

FILE = """Name;E-Mail;Telefon;Firma;Geburtstag
Dr. Anna Müller;anna.mueller@example.com;0351 4712330;Nordlys Energi;03.05.1980
Jürgen Groß;juergen(at)example.com;0351 4712331;Nordlys Energi;24.12.1975
Zoë Weiß;zoe.weiss@example.com;;Straßenbau Süd;31.02.1990

=SUM(A1);formel@example.com;;;
"""


@pytest.fixture
def mara(watched: object) -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles", "country": "DE"})
    return make_user("Mara Lindholm", role="administrator")


def bring(page: Page, name: str, content: bytes) -> None:
    """From the choice of the file to the end of the check."""
    page.goto("/import/?type=people")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.wait_for_url(re.compile("/columns/$"))
    check(page, f"import-columns-{len(content)}")
    page.get_by_role("button", name=re.compile("^Check .* rows?$")).click()
    page.wait_for_url(re.compile("/rows/$"))
    assert work() == 1
    expect(page.get_by_role("button", name=re.compile("^Import .* rows?$"))).to_be_visible()


def finish(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Import .* rows?$")).click()
    assert work() == 1
    expect(page.get_by_role("heading", name=re.compile("(is|are) in$"))).to_be_visible()


def test_a_german_list_comes_in_is_mended_and_taken_back(enter: Enter, mara: User, tmp_path: Path) -> None:
    page = enter("/import/?type=people", mara)
    check(page, "import-start")
    bring(page, "Kunden.csv", FILE.encode("cp1252"))
    check(page, "import-rows")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download these rows").click()
    problems = tmp_path / "problems.csv"
    loading.value.save_as(problems)
    finish(page)
    check(page, "import-done")
    anna = Person.objects.get(email="anna.mueller@example.com")
    assert (anna.family_name, str(anna.birthday), anna.phone) == ("Müller", "1980-05-03", "+493514712330")
    text = problems.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert {row[0] for row in rows[1:]} == {"Zoë Weiß"}
    people = set(Person.objects.all())
    bring(page, "Kunden.problems.csv", text.replace("31.02.", "28.02.").encode())
    finish(page)
    assert Person.objects.get(email="juergen@example.com").organization == anna.organization
    assert str(Person.objects.get(email="zoe.weiss@example.com").birthday) == "1990-02-28"
    assert Person.objects.count() == len(people) + 1
    assert Organization.objects.filter(name="Nordlys Energi").count() == 1
    page.get_by_role("button", name="Take everything back").click()
    assert work() == 1
    expect(page.get_by_role("heading", name="This import was taken back")).to_be_visible()
    check(page, "import-reverted")
    assert set(Person.objects.filter(deleted_at=None)) == people
