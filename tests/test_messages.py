"""Rapport speaks German as well as English: every text is translated, and no page forgets one."""

import importlib.util
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import trans_real

from rapport.accounts.models import Company, Team, User
from rapport.accounts.setup import actions as setup
from rapport.ui import formats
from tests.addresses import HIDDEN, World, addresses, build_world, routes

SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-key-label", "data-label", "data-confirm")
SILENT = {"script", "style", "svg", "code", "kbd"}
SILENT_ROUTES = ("gallery", "health", "health_live", "health_ready", "metrics", "sign_out", "new_password")
# Languages are offered under their own names; the file that build_world imports has a column "E-mail"; a German
# calendar has a "Do" (Thursday).
NATIVE = {"English", "E-mail", "Do"}


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "messages", Path(__file__).parents[1] / "tools" / "messages.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The German texts, as they stand."""
    with open(tool.path_of("de"), "rb") as source:
        return read_po(source)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> Iterator[None]:
    """What Django reads is what stands in the source, also where nobody installed since it changed."""
    source = tool.path_of("de")
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        tool.write("de", tool.updated("de", tool.collect()))
    trans_real._translations.clear()  # type: ignore[attr-defined]
    yield


def test_every_text_has_a_german_one_with_the_same_placeholders_and_no_other_is_kept(
    catalog: Catalog,
) -> None:
    said: Catalog = tool.updated("de", tool.collect())
    assert tool.problems(said) == [], "run `make messages` and translate; docs/how-to/translate.md says how"
    assert {one.id for one in catalog} == {one.id for one in said}, "run `make messages`"


def test_german_quotes_and_forms_of_address_are_those_of_the_guide(catalog: Catalog) -> None:
    for one in catalog:
        for text in tool._forms(one.string) if one.id else []:
            assert not re.search(r'[“"]\w|\bdu\b|\bdein|\bIhr habt\b', text), text
            assert text.count("„") == text.count("“"), text
            assert "!" not in text, text


def test_quotes_stand_in_translated_texts_only() -> None:
    for path in (Path(__file__).parents[1] / "rapport").rglob("*.html"):
        plain = re.sub(r"\{([{%#]).*?[}%#]\}", "", path.read_text(), flags=re.DOTALL)
        assert not set("“”„") & set(plain), f"{path}: these quotes are English in every language"


class Texts(HTMLParser):
    """Collects what a page says: its texts and the names that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.words: dict[str, str] = {}
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.said |= {" ".join(text.split()) for name in SPOKEN if (text := given.get(name))}
        if tag in SILENT:
            self._inside.append("words" if given.get("id") == "words" else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside == ["words"]:
            self.words = json.loads(data)
        elif not self._inside and data.strip():
            self.said.add(" ".join(data.split()))


class English:
    """Recognizes texts that the catalog would have said otherwise in German."""

    def __init__(self, catalog: Catalog) -> None:
        german, english = set(), set()
        self.patterns = []
        for one in catalog:
            if not one.id:
                continue
            ids, texts = tool._forms(one.id), tool._forms(one.string)
            german |= set(texts)
            english |= {text for text in ids if text not in texts}
            self.patterns += [self._pattern(text) for text in ids if self._says_enough(text)]
        self.exact = english - german
        self._seen: dict[str, bool] = {}  # most texts of a page stand on all of them

    @staticmethod
    def _says_enough(text: str) -> bool:
        rest = tool.PLACEHOLDER.sub("", text)
        return rest != text and len(re.findall(r"[a-z]{2,}", rest)) >= 2

    @staticmethod
    def _pattern(text: str) -> re.Pattern[str]:
        pieces = [re.escape(piece) for piece in tool.PLACEHOLDER.split(text)]
        return re.compile(".+".join(pieces))

    def left_in(self, texts: set[str]) -> set[str]:
        for text in texts - self._seen.keys():
            self._seen[text] = HIDDEN not in text and (
                text in self.exact or any(one.fullmatch(text) for one in self.patterns)
            )
        return {text for text in texts if self._seen[text]}


@pytest.fixture
def german(company: Company, administrator: User, client: Client) -> Client:
    company.language = administrator.language = "de"
    administrator.team = Team.objects.create(name="Nord")
    company.save()
    administrator.save()
    for act in setup._then:
        act(company)
    client.force_login(administrator)
    return client


def left_over(client: Client, path: str, english: English) -> set[str]:
    """The English that a page says, be it whole or the part that a dialog loads."""
    answer = client.get(path)
    if answer.status_code >= 300:
        answer = client.get(path, headers={"HX-Request": "true"})
    assert answer.status_code < 500, (path, answer.status_code)
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return set()
    page = Texts()
    page.feed(answer.text)
    return english.left_in(page.said | set(page.words.values()))


@pytest.mark.django_db
def test_no_page_says_anything_in_english_to_a_german(
    german: Client, administrator: User, catalog: Catalog, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    with translation.override("de"):
        world: World = build_world(administrator)
    english = English(catalog)
    found: dict[str, set[str]] = {}
    for route in routes():
        if route.name in SILENT_ROUTES or getattr(route.view, "asks_for_token", False):
            continue  # programs read keys, not sentences
        for path, _key in addresses(route, world):
            for text in left_over(german, path, english) - NATIVE:
                found.setdefault(text, set()).add(route.name)
    assert found == {}


@pytest.mark.django_db
def test_the_pages_before_the_sign_in_speak_the_language_of_the_company(
    german: Client, client: Client, catalog: Catalog
) -> None:
    client.logout()
    english = English(catalog)
    for path in ("/sign-in/", "/sign-in/forgotten/", "/nowhere/"):
        assert left_over(client, path, english) == set(), path
    assert "Anmelden" in client.get("/sign-in/").text


@pytest.mark.django_db
def test_setting_up_in_german_gives_stages_reasons_and_views_german_names(company: Company) -> None:
    from rapport.kernel.views.models import View
    from rapport.sales.pipelines.models import LossReason, Pipeline, Stage

    company.language = "de"
    for act in setup._then:
        act(company)
    assert Pipeline.objects.get().name == "Vertrieb"
    assert "Angebot" in Stage.objects.values_list("name", flat=True)
    assert "Preis" in LossReason.objects.values_list("name", flat=True)
    assert {"Offen", "Meine offenen Aufgaben"} <= set(View.objects.values_list("name", flat=True))


def test_numbers_dates_and_money_read_as_germans_write_them() -> None:
    now, space = timezone.now(), formats.NO_BREAK
    with translation.override("de"):
        assert formats.format_number(1234567) == "1.234.567"
        assert formats.format_number(Decimal("1234.56")) == "1.234,56"
        assert formats.format_money(Decimal("1234.5"), "EUR") == f"1.234,50{space}€"
        assert formats.format_money(214_000, "EUR", short=True) == f"214{space}T€"
        assert formats.format_percent(12.5) == f"12,5{space}%"
        assert formats.format_date(date(2026, 5, 14)) == "14.05.2026"
        assert formats.format_moment(now - timedelta(minutes=6)) == "vor 6 Min."
        assert formats.format_day(timezone.localdate() + timedelta(days=1)) == "Morgen"
        assert formats.format_duration(90) == "1 Std. 30 Min."
        assert formats.parse_number("1.234,56") == Decimal("1234.56")
        assert formats.parse_date("14. Mai 2026") == date(2026, 5, 14)
        assert formats.noun("Person") == "Person"
    with translation.override("en"):
        assert formats.noun("Person") == "person"
