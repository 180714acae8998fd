"""The builder shows any filter as lines and makes the same filter of them again."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.translation import override

from rapport.accounts.models import Role, User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, Node, Related, from_query, to_pairs
from rapport.kernel.filters.text import text_of
from rapport.kernel.lists.panels.lines import read_lines
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db
OPEN = Condition("outcome", "any", "open")
PARTS: list[Node] = [
    Condition("stage", "any", "lead|customer"),
    Condition("organization.city", "is", "Berlin"),
    Condition("last_contact_at", "older", "3w"),
    Condition("created_at", "in", "2026-05"),
    Condition("created_at", "in", "this_month"),
    Condition("created_at", "before", "today"),
    Condition("created_at", "later", "2026-05-01T14:30:45Z"),
    Condition("created_at", "between", "2026-05-01 00:00..today"),
    Condition("birthday", "between", "1970-01-01.."),
    Condition("email", "empty"),
    Condition("tags", "any", "a|b"),
    Condition("stage", "kept", "2m"),
    Group("any", (Condition("city", "is", "Ulm"), Group("not", (Condition("city", "empty"), Related("deals:person"))))),
    Related("deals:person", "none", where=Group("all", (OPEN,))),
    Related("deals:person", "sum", "amount", "over", "10000", Group("all", (OPEN, Condition("amount", "over", "5")))),
    Related("activities:participants", "max", "at", "older", "1y"),
    Related("organization.deals:organization", "count", "", "min", "3"),
    Related("works_at:out:organizations"),
]  # fmt: skip

GONE: list[Node] = [
    Condition("gone", "is", "x"),
    Condition("gone", "over", "10000"),
    Condition("organization.gone", "between", "1..5"),
    Related("gone:person"),
    Related("deals:person", "sum", "gone", "over", "10000", Group("all", (OPEN, Condition("amount", "over", "5")))),
    Related("deals:person", "max", "gone", "older", "3w"),
]  # fmt: skip


class Form(HTMLParser):
    """What a browser would send of the form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.select = ""
        self.options: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "select":
            self.select, self.options = said.get("name") or "", []
        elif tag == "option":
            self.options.append((said.get("value") or "", "selected" in said))
        elif tag == "input" and said.get("name") and (said.get("type") != "checkbox" or "checked" in said):
            value = said.get("value") or ""
            is_left_out = said.get("type") == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value)
            self.pairs.append((said["name"] or "", "" if is_left_out else value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.options:
            chosen = [value for value, is_chosen in self.options if is_chosen] or [self.options[0][0]]
            self.pairs.append((self.select, chosen[0]))


@pytest.mark.parametrize("part", PARTS, ids=repr)
def test_what_the_builder_shows_it_sends_again(part: Node, client: Client, administrator: User) -> None:
    client.force_login(administrator)
    tree = Group("all", (part,))
    html = client.get(f"/people/filter/?{urlencode(to_pairs(tree))}").content.decode()
    assert 'class="err"' not in html
    answer = client.get(f"/people/filter/apply/?{urlencode(Form(html).pairs)}")
    assert answer.status_code == 303, answer.content
    query = urlsplit(answer["Location"]).query
    assert from_query(QueryDict(query)) == (tree, [])
    preview = client.get(f"/people/filter/apply/?preview=1&{urlencode(Form(html).pairs)}").content.decode()
    assert '<b class="t2">0</b>' in preview
    people: Any = type_by_key("people")
    assert text_of(tree, people, Context(administrator)) in unescape(preview)


def test_what_is_typed_in_the_panel_counts_when_it_was_changed(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    answer = client.get("/people/filter/apply/?typed=city+%3D+Ulm+or+mine&typed-before=")
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["g"] == [
        '{"any":[{"field":"city","is":"is","value":"Ulm"},{"field":"owner","is":"me","value":""}]}'
    ]
    answer = client.get("/people/filter/apply/?typed=city+%3D&typed-before=")
    assert parse_qs(urlsplit(answer["Location"]).query)["q"] == ["= city ="]
    html = client.get("/people/filter/apply/?preview=1&typed=city+%3D&typed-before=").content.decode()
    assert "Expected a value after “=”" in html
    make(Person, by=administrator, city="Ulm")
    html = client.get("/people/filter/apply/?preview=1&typed=city+%3D+Ulm&typed-before=").content.decode()
    assert '<b class="t2">1</b> person,' in html or '<b class="t2">1</b> person<' in html


def test_new_lines_of_every_form_for_every_type(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    for key in ("people", "organizations", "deals", "activities"):
        for form in ("condition", "group", "related"):
            html = client.get(f"/people/filter/line/?line=2-7&about={key}&new={form}").content.decode()
            assert re.search(r'name="n" value="2-7(-0)?"', html)
            assert 'class="err"' not in html
    assert client.get("/people/filter/line/?line=../x&about=nonsense&new=nonsense").status_code == 200


def test_another_relation_keeps_the_line(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    said = "n=1&form-1=related&relation-1=activities:participants&take-1=sum:amount&is-1=over&value-1=5"
    html = client.get(f"/people/filter/line/?line=1&about=people&{said}").content.decode()
    assert '<option value="activities:participants" selected>' in html
    assert '<option value="has" selected>' in html


def test_what_was_typed_comes_as_lines_so_that_both_ways_go_on_from_there(
    client: Client, administrator: User
) -> None:
    client.force_login(administrator)
    said = urlencode({"preview": "1", "typed": "city = Ulm or mine", "typed-before": "", "n": "0"})
    html = client.get(f"/people/filter/apply/?{said}").content.decode()
    assert 'id="filter-lines" hx-swap-oob="true"' in html and 'name="join-0"' in html
    # the text stays as it was written; from now on the lines count, until it is written anew
    assert 'id="typed-before" name="typed-before" value="city = Ulm or mine" hx-swap-oob="true"' in html
    assert 'name="typed" ' not in html
    wrong = urlencode({"preview": "1", "typed": "city =", "typed-before": ""})
    assert "filter-lines" not in client.get(f"/people/filter/apply/?{wrong}").content.decode()


@pytest.mark.parametrize("gone", GONE, ids=repr)
def test_what_is_no_more_is_not_left_out_unsaid(gone: Node, client: Client, administrator: User) -> None:
    client.force_login(administrator)
    tree = Group("all", (Condition("city", "is", "Ulm"), gone))
    html = client.get(f"/people/filter/?{urlencode(to_pairs(tree))}").content.decode()
    assert html.count('class="err"') == 1
    query = urlsplit(client.get(f"/people/filter/apply/?{urlencode(Form(html).pairs)}")["Location"]).query
    assert from_query(QueryDict(query)) == (tree, [])


def test_what_a_reader_must_not_see_stays_as_others_said_it(client: Client, member: User) -> None:
    role = Role.objects.create(
        key="blind",
        grants={"*": {"read": "all"}},
        field_rights={"people": {"position": "hidden"}, "deals": {"amount": "hidden"}},
    )
    member.roles.set([role])
    client.force_login(member)
    taken = Related("deals:person", "sum", "amount", "over", "10000", Group("all", (OPEN,)))
    tree = Group("all", (Condition("position", "is", "Boss"), taken))
    html = client.get(f"/people/filter/?{urlencode(to_pairs(tree))}").content.decode()
    assert html.count('class="err"') == 2
    query = urlsplit(client.get(f"/people/filter/apply/?{urlencode(Form(html).pairs)}")["Location"]).query
    assert from_query(QueryDict(query)) == (tree, [])


def test_what_is_worked_out_is_one_of_what_can_be(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    said = "n=1&form-1=related&relation-1=deals:person&take-1=nonsense:amount&is-1=over&value-1=5"
    query = urlsplit(client.get(f"/people/filter/apply/?{said}")["Location"]).query
    assert from_query(QueryDict(query)) == (Group("all", (Related("deals:person"),)), [])


def test_who_works_here_no_more_stays_chosen(client: Client, administrator: User, member: User) -> None:
    client.force_login(administrator)
    User.objects.filter(pk=member.pk).update(is_active=False)
    tree = Group("all", (Condition("owner", "any", f"{member.pk}|{administrator.pk}"),))
    html = client.get(f"/people/filter/?{urlencode(to_pairs(tree))}").content.decode()
    assert member.name in html
    answer = client.get(f"/people/filter/apply/?{urlencode(Form(html).pairs)}")
    assert str(member.pk) in answer["Location"] and str(administrator.pk) in answer["Location"]


def test_a_line_whose_field_was_chosen_just_now_lacks_nothing_yet(
    client: Client, administrator: User
) -> None:
    client.force_login(administrator)
    said = "n=0&form-0=condition&field-0=city&is-0=&value-0="
    html = client.get(f"/people/filter/line/?line=0&about=people&{said}").content.decode()
    assert 'name="value-0"' in html and 'class="err"' not in html


def test_a_number_built_in_german_means_the_same_in_english(administrator: User) -> None:
    data = QueryDict(
        "n=0&field-0=amount&is-0=min&value-0=3.900,50&n=1&field-1=amount&is-1=between&value-1=1.000&value-1=2.000"
    )
    with override("de"):
        tree = read_lines(data, kind_of("deals"), Context(administrator))
    assert [one.said for one in tree.parts if isinstance(one, Condition)] == ["3900.5", "1000..2000"]


def test_an_hour_built_in_german_means_the_same_in_english(administrator: User) -> None:
    data = QueryDict(
        "n=0&field-0=created_at&is-0=after&value-0=24.12.2026 14:30"
        "&n=1&field-1=created_at&is-1=between&value-1=01.05.2026 00:00&value-1=heute"
        "&n=2&field-2=changed_at&is-2=before&value-2=nonsense"
    )
    with override("de"):
        tree = read_lines(data, kind_of("deals"), Context(administrator))
    said = [one.said for one in tree.parts if isinstance(one, Condition)]
    assert said == ["2026-12-24 14:30", "2026-05-01 00:00..today", "nonsense"]
