"""The frame, the macros and the gallery: they render, escape, and use icons that exist."""

import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory

from rapport.ui import components, navigation
from rapport.ui.errors import pages
from rapport.ui.notices import HEADER, notice, read_notice
from rapport.ui.shell import Shell

HOSTILE = "\"><script>alert('x')</script>"
STYLES = Path(__file__).parents[2] / "frontend" / "styles"
DIST = Path(__file__).parent / "static" / "dist"


def render(source: str, **values: object) -> str:
    return engines["jinja2"].from_string(source).render(values)


@pytest.fixture
def signed_in(client, db):
    client.force_login(get_user_model().objects.create_user(email="mara@example.org", name="Mara <b>Lind"))
    return client


CONTROLS = {
    "text": "", "email": "", "phone": "", "web": "", "longtext": "", "number": "", "percent": "", "date": "",
}  # fmt: skip


@pytest.mark.parametrize("kind", CONTROLS)
def test_a_control_escapes_what_people_typed(kind):
    html = render("{{ ui['control_' ~ kind](name, value) }}", kind=kind, name=HOSTILE, value=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "source",
    [
        "{{ ui.control_money('a', x, x, [x, 'EUR']) }}",
        "{{ ui.control_choice('a', x, [(x, x)]) }}",
        "{{ ui.control_choices('a', [x], [(x, x)], label=x) }}",
        "{{ ui.control_link('a', x, x, x) }}",
        "{{ ui.control_tags('a', [x, x], x) }}",
        "{{ ui.control_address('a', {'street': x, 'city': x}, [(x, x)], label=x) }}",
        "{{ ui.control_file('a', {'name': x, 'url': x, 'size': 3}) }}",
        "{{ ui.control_picture('a', x) }}",
        "{{ ui.options([{'value': x, 'text': x, 'hint': x}], x) }}",
        "{% call ui.field_row(x, 'a', help=x, error=x) %}{{ x }}{% endcall %}",
        "{{ ui.chip(x, x, x, href_remove=x) }}{{ ui.empty(x, x) }}{{ ui.note(x) }}{{ ui.figure(x, x, x, x) }}",
        "{{ ui.btn(x, key=x, data_x=x) }}{{ ui.ibtn('x', x) }}{{ ui.th(x, x) }}{{ ui.stage(x) }}{{ ui.due(x) }}",
        "{% call ui.menu('m', x) %}{{ ui.mi(x, hint=x, key=x, href=x) }}{% endcall %}{{ ui.day_head(x) }}",
        "{{ ui.user(x) }}{{ avatar(x) }}{{ mark(x) }}{{ tag(x) }}{{ icon('x', label=x) }}{{ meter(3, label=x) }}",
        "{% call ui.dialog(x, x) %}{% endcall %}{{ ui.confirm(x, x, x, x, '') }}{{ ui.wizard([x], 1) }}",
        "{% call ui.section(x) %}{% endcall %}{% call ui.field_line(x, x) %}{{ x }}{% endcall %}",
        "{{ ui.track([{'label': x, 'hint': x, 'state': 'now'}], x) }}{{ ui.slim('x', x, now()) }}",
    ],
)
def test_components_escape_hostile_text(source):
    html = render(source, x=HOSTILE)
    assert "<script" not in html
    assert '"><' not in html.replace('""><', "").replace(HOSTILE, "") or "&#34;&gt;" in html


def test_values_of_sentences_may_have_any_name_and_are_escaped_where_the_template_escapes():
    said = "{{ _('“%(text)s” by %(context)s, 100%% sure', text=x, context='B') }}{{ _('100%% sure') }}"
    assert render(said, x="<i>") == "“&lt;i&gt;” by B, 100% sure100% sure"
    plain = "{% autoescape false %}" + said + "{% endautoescape %}"
    assert render(plain, x="<i>") == "“<i>” by B, 100% sure100% sure"


def test_further_attributes_come_with_dashes():
    assert render(
        "{{ attrs({'hx_get': '/x?a=1&b', 'disabled': true, 'hidden': false, 'class_': 'c'}) }}"
    ) == (' hx-get="/x?a=1&amp;b" disabled class="c"')


def test_a_pulse_without_contacts_is_a_flat_line():
    flat, full = str(components.pulse(None)), str(components.pulse([(99, 0)] * 12))
    assert 'class="p-in" d=""' in flat and flat.count("M") == 12
    assert "1 contact from them and 0 from us" in str(components.pulse([(0, 0), (1, 0)]))
    assert "1188 contacts from them and 0 from us in 12 weeks" in full


def test_the_gallery_shows_every_control_to_signed_in_users(signed_in):
    html = signed_in.get("/gallery/").content.decode()
    assert "Mara &lt;b&gt;Lind" in html
    assert "<b title=" not in html
    assert html.count('class="fld') > 20
    assert "style=" not in html


def test_strangers_do_not_see_the_gallery(client, db):
    assert client.get("/gallery/").status_code == 302


def test_pages_hold_no_inline_script_and_no_style():
    for path in Path(__file__).parents[1].rglob("*.html"):
        source = path.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|hx-on|javascript:", source), path
        for tag in re.findall(r"<script[^>]*>", source):
            assert "src=" in tag or "application/json" in tag, path


def test_what_opens_over_a_page_says_what_it_is():
    """A screen reader would meet it outside of every part of the page. Notices stand in it as what they are."""
    for path in Path(__file__).parents[1].rglob("*.html"):
        for tag in re.findall(r"<[a-z]+\b[^>]*\spopover[\s>=][^>]*>", path.read_text()):
            assert 'role="' in tag or 'id="notices"' in tag, (path, tag)


def test_nothing_grows_slowly_for_who_wants_less_motion():
    """All durations are tokens, which become nothing; what is longer says itself what becomes of it."""
    for path in STYLES.rglob("*.css"):
        slow = re.search(r"(transition|animation):[^;]*\b\d+m?s", path.read_text())
        assert not slow or "prefers-reduced-motion" in path.read_text(), (path, slow)


@pytest.mark.skipif(not (DIST / "icons.svg").exists(), reason="the front end is not built")
def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (DIST / "icons.svg").read_text()))
    named: set[str] = set()
    for path in Path(__file__).parents[1].rglob("*.html"):
        named.update(re.findall(r"\bicon\(\"([a-z0-9-]+)\"", path.read_text()))
    missing = named - sprite
    assert not missing, f"run python frontend/build.py, or no such icon: {sorted(missing)}"


@pytest.mark.skipif(not (DIST / "app.js").exists(), reason="the front end is not built")
def test_scripts_and_styles_stay_within_their_budget():
    brotli = pytest.importorskip("brotli")

    def weight(*names: str) -> int:
        return sum(len(brotli.compress((DIST / name).read_bytes())) for name in names)

    # the names of the chunks in it are hashes: they alone make some twenty bytes more or less
    assert weight("app.js", *json.loads((DIST / "preload.json").read_text())) <= 16 * 1024 + 320
    assert weight("style.css") <= 25 * 1024


def test_the_installed_app_keeps_a_page_for_when_there_is_no_network(client, db):
    script = client.get("/worker.js")
    assert script["Content-Type"] == "text/javascript"
    kept = json.loads(re.search(r"KEPT = (.*);", script.content.decode())[1])
    page = client.get(kept[0])
    assert "You are offline" in page.content.decode()
    needed = re.findall(r'(?:src|href)="(/static/[^"]+)', page.content.decode())
    assert set(needed) <= set(kept)


def test_rapport_can_be_installed():
    manifest = json.loads((DIST / "manifest.json").read_text())
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
    pictures = [one for one in manifest["icons"] if one["type"] == "image/png"]
    assert {(one["sizes"], one["purpose"]) for one in pictures} >= {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for one in pictures:
        width, height = struct.unpack(">II", (DIST / one["src"]).read_bytes()[16:24])
        assert f"{width}x{height}" == one["sizes"]


def test_a_notice_goes_with_the_answer_or_waits_for_the_next_page():
    answer = HttpResponse()
    notice(answer, "Überwiesen", undo_url="/undo/1/")
    notice(answer, "Zweite", bad=True)
    told = json.loads(answer.headers[HEADER])
    assert [(one["text"], one["undo_url"], one["bad"]) for one in told] == [
        ("Überwiesen", "/undo/1/", False),
        ("Zweite", "", True),
    ]
    assert read_notice(Message(40, "Plain")).bad


def test_a_notice_survives_the_redirect(signed_in, rf):
    request = rf.get("/")
    request.session = signed_in.session
    request._messages = SessionStorage(request)
    notice(request, "Deleted <b>x</b>", undo_url="/undo/2/")
    [kept] = [read_notice(message) for message in request._messages]
    assert (kept.text, kept.undo_url) == ("Deleted <b>x</b>", "/undo/2/")


def test_error_pages_need_no_database():
    request = RequestFactory().get("/nowhere/")
    for view, status in [(pages.not_found, 404), (pages.not_allowed, 403), (pages.not_available, 503)]:
        answer = view(request)
        assert answer.status_code == status
        assert b"<h1>" in answer.content
    assert re.search(rb"<code[^>]*>[0-9a-f]{10}</code>", pages.failed(request).content)


def test_scripts_get_one_sentence_instead_of_an_error_page():
    request = RequestFactory().get("/nowhere/", headers={"HX-Request": "true"})
    assert json.loads(pages.not_found(request).content)["error"]


def test_navigation_shows_only_what_concerns_the_user(signed_in, rf):
    request = rf.get("/gallery/")
    request.user = get_user_model().objects.get()
    navigation.add_group("sample", "Sample", 95)
    navigation.add("sample", "seen", "users", "Seen", lambda request: "/gallery/", 1)
    navigation.add(
        "sample", "hidden", "users", "Hidden", lambda request: "/h/", 2, when=lambda request: False
    )
    try:
        [links] = [links for group, links in Shell(request).groups if group.key == "sample"]
        assert [(link.key, link.current) for link in links] == [("seen", True)]
    finally:
        del navigation.GROUPS["sample"]
