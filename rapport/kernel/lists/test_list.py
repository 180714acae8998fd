"""The list as a page: what it shows, to whom, and how many queries that takes."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, compile_filter
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.lists.state import read_state
from rapport.kernel.registry import types
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db


def person(**values: Any) -> Any:
    return make(kind_of("people").model, **values)


def organization(**values: Any) -> Any:
    return make(kind_of("organizations").model, **values)


def shown(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_rows(client: Client, administrator: User) -> None:
    acme = organization(owner=administrator)
    counts = []
    client.force_login(administrator)
    for _round in range(2):
        for _number in range(12):
            person(owner=administrator, organization=acme)
        client.get("/people/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/people/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    # session, user, roles, company, views, rows, names of linked records, computed columns, what waits in the sidebar
    assert counts[0] <= 12, [query["sql"][:120] for query in queries]


def test_the_list_itself_takes_few_queries_for_narrow_rights_too(restricted: User) -> None:
    from rapport.kernel.lists import page

    acme = organization(owner=restricted)
    for _number in range(5):
        person(owner=restricted, organization=acme)
    state = read_state(kind_of("people"), Context(User.objects.get(pk=restricted.pk)), QueryDict(""), [])
    with CaptureQueriesContext(connection) as queries:
        found, rows = page.load_page(state, "")
    assert len(found.rows) == 5
    assert "Acme" not in rows
    assert len(queries) <= 9, [query["sql"][:100] for query in queries]


def test_every_order_of_every_type_answers(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    for kind in types():
        make(kind.model, owner=administrator)
        for name in sortable_fields(kind):
            assert client.get(f"/{kind.key}/?sort=-{name}&columns={name}").status_code == 200


def test_every_filter_of_every_type_runs_or_gives_a_sentence(administrator: User) -> None:
    context = Context(administrator)
    for kind in types():
        for name, one in kind.fields.items():
            for operator in one.operators:
                for said in (
                    "",
                    "7",
                    "2024-01-01",
                    "x",
                    "1..2",
                    "yes",
                    "|",
                    "\x00",
                    "customer|lead",
                    "9" * 60,
                ):
                    tree = Group("not", (Condition(name, operator.key, said),))
                    compiled = compile_filter(tree, kind, context)
                    kind.visible_to(administrator).filter(compiled.condition).exists()


@pytest.mark.parametrize(
    "query",
    [
        "f=nonsense.is.1", "f=deleted_at.empty", "f=owner__password.is.x", "f=stage.nonsense.1", "f=stage.any.nonsense",
        "g=%7B", "g=[]", "g={\"all\":" + "[" * 30, "g=1", "f=....", "f=name.contains." + "x" * 5000,
        "f=last_contact_at.last.99999999999", "f=last_contact_at.before.9999-99-99", "f=created_at.between.x..y",
        "sort=password", "sort=-owner__password", "sort=%00", "view=1", "view=00000000-0000-0000-0000-000000000000",
        "columns=password,owner__password,%00", "columns=" + "name," * 500, "cursor=x", "q=%00", "q=" + "x" * 3000,
        "q=' or 1=1 --", "q=:*|&!()", "f=owner.any.00000000-0000-0000-0000-000000000000", "f=tags.any.%00|a",
        "f=name.is.%F0%9F%A6%84", "f=name.contains.%25_",
    ],
)  # fmt: skip
def test_a_hostile_address_gets_a_list_or_a_sentence(client: Client, administrator: User, query: str) -> None:
    person(owner=administrator, name="Kim")
    html = shown(client, administrator, f"/people/?{query}")
    assert "Traceback" not in html
    for part in ("figures/", "filter/", "columns/", "filter/line/", "filter/apply/", "export/"):
        answer = client.get(f"/people/{part}?{query}")
        assert answer.status_code in (200, 303, 422), (part, answer.status_code)


def test_a_condition_that_cannot_be_understood_finds_nothing_and_says_why(
    client: Client, administrator: User
) -> None:
    person(owner=administrator, name="Kim Visible")
    html = shown(client, administrator, "/people/?f=stage.any.nonsense")
    assert "Kim Visible" not in html
    assert "“nonsense” is not among the choices." in html


def test_strangers_see_nothing_in_rows_counts_chips_and_files(
    client: Client, member: User, stranger: User
) -> None:
    acme = organization(owner=member, name="Hidden Works")
    person(owner=member, name="Hidden Person", organization=acme)
    client.force_login(stranger)
    for address in (
        "/people/", "/people/figures/", "/people/?q=Hidden", f"/people/?f=organization.any.{acme.pk}",
        f"/people/filter/?f=organization.any.{acme.pk}", "/organizations/", "/organizations/figures/",
    ):  # fmt: skip
        html = client.get(address).content.decode()
        assert "Hidden" not in html.replace("?q=Hidden", "").replace('value="Hidden"', "").replace(
            "“Hidden”", ""
        ), address
    assert "<b>0</b>" in client.get("/people/figures/").content.decode()
    exported = b"".join(client.get("/people/export/file/?format=csv&fields=all"))
    assert b"Hidden" not in exported


def test_a_link_to_a_hidden_record_is_neither_shown_nor_to_be_guessed(
    client: Client, member: User, restricted: User
) -> None:
    acme = organization(owner=member, name="Secret Client")
    mine = person(by=member, owner=restricted, name="Mine", organization=acme)
    free = person(owner=restricted, name="Free")
    html = shown(client, restricted, "/people/")
    assert "Mine" in html and "Secret Client" not in html
    by_id = shown(client, restricted, f"/people/?f=organization.any.{acme.pk}")
    assert str(mine.pk) not in by_id and "Secret" not in by_id
    assert str(mine.pk) in shown(client, restricted, "/people/?f=organization.empty")
    assert str(mine.pk) not in shown(client, restricted, "/people/?f=organization.filled")
    assert str(mine.pk) in shown(client, restricted, f"/people/?f=organization.none.{acme.pk}")
    assert str(free.pk) in shown(client, restricted, "/people/?f=organization.empty")
    file = b"".join(client.get("/people/export/file/?format=csv&fields=all"))
    assert b"Mine" in file and b"Secret" not in file
    assert str(mine.pk) in shown(client, member, f"/people/?f=organization.any.{acme.pk}")


def test_who_may_read_no_record_of_a_type_has_no_list_of_it(client: Client, member: User) -> None:
    role = member.roles.get()
    role.grants = {"*": {"read": "all"}, "people": {"read": "none"}}
    role.save()
    client.force_login(member)
    assert client.get("/people/").status_code == 404
    assert client.get("/people/figures/").status_code == 404


def test_a_page_says_where_the_next_one_begins_and_no_row_is_lost(
    client: Client, administrator: User
) -> None:
    kind = kind_of("people")
    rows = [kind.new() for _number in range(130)]
    for number, row in enumerate(rows):
        row.name, row.owner = f"Person {number:03}", administrator
    kind.model.objects.bulk_create(rows)
    html = shown(client, administrator, "/people/?sort=name")
    seen = [f"Person {n:03}" for n in range(130) if f">Person {n:03}<" in html]
    more = html.partition('data-more hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    answer = client.get(f"/people/{more}", headers={"HX-Request": "true"}).content.decode()
    assert answer.startswith("<tr")
    seen += [f"Person {n:03}" for n in range(130) if f">Person {n:03}<" in answer]
    assert seen == [f"Person {n:03}" for n in range(130)]
    assert "data-more" not in answer


def test_the_status_line_counts_and_sums_what_the_filter_finds(client: Client, administrator: User) -> None:
    from decimal import Decimal

    from rapport.kernel.fields import Amount

    kind = kind_of("deals")
    for number in (100, 250):
        make(kind.model, owner=administrator, amount=Amount(Decimal(number), "EUR"), name="Small")
    make(kind.model, owner=administrator, amount=Amount(Decimal(7), "USD"), name="Other")
    html = shown(client, administrator, "/deals/figures/?f=name.is.Small")
    assert "<b>2</b>" in html and "of 3 deals" in html and "€\u00a0350" in html
    assert "and" in shown(client, administrator, "/deals/figures/")


def test_words_and_titles_are_escaped(client: Client, administrator: User) -> None:
    person(owner=administrator, name="<script>alert(1)</script>", position='"><b>', tags=["<i>"])
    html = shown(client, administrator, "/people/?columns=name,position,tags&q=" + quote("<script>"))
    html += shown(client, administrator, "/people/?columns=name,position,tags")
    assert "<script>alert" not in html and '"><b>' not in html and "<i>&lt;" not in html


def test_where_nothing_matches_the_list_names_the_condition_to_drop(
    client: Client, administrator: User
) -> None:
    person(owner=administrator, name="Kim", stage="lead")
    html = shown(client, administrator, "/people/?f=stage.any.lead&f=name.contains.nobody<i>")
    assert "No people match these 2 filters" in html
    assert "Without <b>Name contains nobody&lt;i&gt;</b> there is 1 person." in html
    assert "Remove that filter" in html and "Clear all" in html
    alone = shown(client, administrator, "/people/?q=nobody")
    assert "No people match this filter" in alone and "Without <b>nobody</b> there is 1 person." in alone
    assert "Clear all" not in alone


def test_dates_within_days_are_found(client: Client, administrator: User) -> None:
    one = person(owner=administrator, name="Lately")
    old = person(owner=administrator, name="Long ago")
    kind_of("people").model.objects.filter(pk=one.pk).update(
        last_contact_at=timezone.now() - timedelta(days=3)
    )
    kind_of("people").model.objects.filter(pk=old.pk).update(
        last_contact_at=timezone.now() - timedelta(days=300)
    )
    html = shown(client, administrator, "/people/?f=last_contact_at.last.30")
    assert "Lately" in html and "Long ago" not in html
    assert "within the last" in html and "30 days" in html


def test_an_estimate_stands_for_a_count_that_would_be_slow(administrator: User) -> None:
    from rapport.kernel.lists.counting import count_rows, rounded

    for _number in range(4):
        person(owner=administrator)
    rows = kind_of("people").visible_to(administrator)
    assert str(count_rows(rows)) == "4"
    few = count_rows(rows, up_to=3)
    assert not few.is_exact and str(few).startswith("about ")
    assert [rounded(n) for n in (7, 999, 12437, 1_234_567)] == [7, 999, 12400, 1_230_000]


def test_members_of_a_team_see_each_others_rows(client: Client) -> None:
    one, other = (
        make_user("One", role="restricted", team="West"),
        make_user("Two", role="restricted", team="West"),
    )
    person(owner=one, name="Shared Person")
    assert "Shared Person" in shown(client, other, "/people/")
