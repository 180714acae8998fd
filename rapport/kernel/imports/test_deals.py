"""Deals bring the organizations that are not here yet, as people do."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.accounts.grants import ACTS
from rapport.accounts.models import Role, User
from rapport.kernel.changes.revert import revert
from rapport.kernel.imports import jobs, slots
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import Organization
from rapport.sales.deals.models import Deal

DEALS = "Deal;Firma;Betrag\nDock;Nord AG;100\nPier;nord ag;200\nQuay;Halden AG;300\nLock;;400\nMast;info@x.example;1\n"


@pytest.mark.django_db
def test_deals_bring_organizations_that_are_not_here_yet(importer: Importer, member: User) -> None:
    halden = make(Organization, owner=member, name="Halden AG")
    one = importer.check(importer.upload(DEALS, "deals.csv", "deals"))
    counts = one.checked["counts"]
    assert (counts["new"], counts["wrong"], counts["organizations_made"]) == (4, 1, 1)
    assert Organization.objects.count() == 1, "a check makes nobody"
    assert "1 found, 1 new" in importer.client.get(f"/import/{one.pk}/rows/").content.decode()
    one = importer.finish(one)
    nord = Organization.objects.get(name="Nord AG")
    of = {deal.name: deal.organization_id for deal in Deal.objects.visible_to(member)}
    assert of == {"Dock": nord.pk, "Pier": nord.pk, "Quay": halden.pk, "Lock": None}
    assert (nord.owner, one.counts["organizations_made"]) == (member, 1)
    again = importer.bring(DEALS, "deals.csv", "deals", on_duplicate="create")
    assert (again.counts["new"], again.counts.get("organizations_made", 0)) == (4, 0)
    assert again.change_set is not None and one.change_set is not None
    revert(again.change_set, by=member)
    assert Organization.objects.filter(name="Nord AG", deleted_at=None).exists(), (
        "it came with the first file"
    )
    revert(one.change_set, by=member)
    assert [one.name for one in Organization.objects.filter(deleted_at=None)] == ["Halden AG"]


@pytest.mark.django_db
def test_who_may_make_no_organizations_learns_it_from_the_check(
    importer_of: Callable[[User], Importer],
) -> None:
    user = make_user("Rea")
    user.roles.set(
        [
            Role.objects.create(
                key="deals", grants={"deals": dict.fromkeys(ACTS, "all"), "organizations": {"read": "all"}}
            )
        ]
    )
    mine = importer_of(User.objects.get(pk=user.pk))
    said = {"column-0": "name", "column-1": "organization"}
    one = mine.check(mine.upload("Deal;Firma\nDock;Nord AG\n", "deals.csv", "deals"), **said)
    assert one.checked["counts"]["wrong"] == 1
    assert "your role does not allow to make one" in one.rows.get().problems[0][1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "heading", ["AccountId", "Account ID", "Kunden-Nr.", "Customer number", "ID", "account_id"]
)
def test_keys_of_another_program_are_nobodys_name(importer: Importer, heading: str) -> None:
    said = {"column-0": "name", "column-1": "organization"}
    one = importer.bring(f"Deal;{heading}\nDock;A12\nPier;B13\n", "deals.csv", "deals", **said)
    assert (one.counts.get("new", 0), one.counts["wrong"], Organization.objects.count()) == (0, 2, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("heading", ["Deal", "Deal name", "Opportunity", "Verkaufschance", "Name"])
def test_the_name_of_a_deal_is_known_by_many_headings(importer: Importer, heading: str) -> None:
    one = importer.upload(f"{heading};Betrag\nDock;100\nPier;200\n", "deals.csv", "deals")
    assert [entry["target"] for entry in one.mapping] == ["name", "amount"]


@pytest.mark.django_db
def test_who_leaves_out_what_new_deals_need_is_told_before_the_check(importer: Importer) -> None:
    one = importer.upload(DEALS, "deals.csv", "deals")
    address = f"/import/{one.pk}/columns/"
    assert "No column goes to" not in importer.client.get(address).content.decode()
    page = importer.client.post(address, {"then": "keep", "column-0": ""}).content.decode()
    assert "No column goes to “Name”" in page


@pytest.mark.django_db
def test_a_name_that_several_have_is_told(importer: Importer, member: User) -> None:
    for _number in range(2):
        make(Organization, owner=member, name="Nord AG")
    one = importer.bring(DEALS, "deals.csv", "deals")
    assert (one.counts["new"], one.counts["wrong"], Organization.objects.count()) == (2, 3, 3)
    assert "fits more than one" in one.rows.get(phase="run", line=2).problems[0][1]


@pytest.mark.django_db
def test_names_are_looked_up_together_and_keys_once_for_each_word(importer: Importer, member: User) -> None:
    file = "Deal;Firma\n" + "".join(f"Deal {number};Firma {number % 10}\n" for number in range(500))
    one = importer.upload(file, "deals.csv", "deals")
    importer.client.post(f"/import/{one.pk}/columns/", {"then": "check"})
    with CaptureQueriesContext(connection) as captured:
        jobs.check_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert one.checked["counts"]["organizations_made"] == 10
    assert sum("parties_party" in query["sql"] for query in captured) < 30, "two for each word, one for all"
    assert sum('FROM "sales_stage"' in query["sql"] for query in captured) < 10, (
        "where deals begin is asked once"
    )


@pytest.mark.django_db
def test_an_organization_that_a_rule_asks_for_must_be_here(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "names_with_rules", lambda kind: {"organization"})
    one = importer.bring(DEALS, "deals.csv", "deals")
    assert (one.counts["new"], one.counts["wrong"], Organization.objects.count()) == (1, 4, 0)
