"""Pipelines, stages and reasons in the settings: who may, what stays, what is said."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rapport.accounts.models import User
from rapport.accounts.testing import make_company
from rapport.kernel.records import Refused, RuleError, delete_record
from rapport.kernel.testing import make, make_user
from rapport.sales.deals.actions import lose, move
from rapport.sales.deals.models import Deal, StageMove
from rapport.sales.install import install
from rapport.sales.pipelines import actions
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    make_company()
    return make_user(role="administrator")


@pytest.fixture
def client(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def pipeline() -> Pipeline:
    return Pipeline.objects.get(name="Sales")


def said(**changes: Any) -> dict[str, Any]:
    """What the form of the stages sends when nothing is changed, with these changes."""
    form: dict[str, Any] = {"order": []}
    for one in pipeline().stages.all():
        form["order"].append(str(one.pk))
        form |= {
            f"name-{one.pk}": one.name, f"chance-{one.pk}": f"{one.chance:.0f}",
            f"days-{one.pk}": str(one.expected_days or ""), f"hue-{one.pk}": one.hue,
        }  # fmt: skip
    return form | changes


def save(client: Client, **changes: Any) -> Any:  # Any: the test client's answer
    return client.post(reverse("pipeline_stages", args=[pipeline().pk]), said(**changes))


def names() -> list[str]:
    return [one.name for one in pipeline().stages.all()]


def test_only_administrators_have_the_page_and_its_deeds() -> None:
    make_company()
    member = make_user()
    client = Client()
    client.force_login(member)
    stage, reason = Stage.objects.all()[0], LossReason.objects.all()[0]
    for address in (
        reverse("pipelines"), reverse("pipeline_save", args=[pipeline().pk]), reverse("loss_reasons"),
        reverse("pipeline_stages", args=[pipeline().pk]), reverse("stage_remove", args=[stage.pk]),
    ):  # fmt: skip
        assert client.post(address, {"name": "Mine"}).status_code == 404
    for deed in (
        lambda: actions.add_pipeline(by=member, name="Mine"),
        lambda: actions.change_stages(pipeline(), {}, by=member),
        lambda: actions.remove_stage(stage, by=member),
        lambda: actions.remove_reason(reason, by=member),
    ):
        with pytest.raises(Refused):
            deed()


def test_the_page_shows_stages_reasons_and_how_many_deals_have_them(client: Client, boss: User) -> None:
    make(Deal, by=boss)
    page = client.get(reverse("pipelines")).content.decode()
    assert "Needs understood" in page and "Bad timing" in page
    assert client.get(reverse("pipelines") + "?pipeline=nonsense").status_code == 200


def test_names_chances_and_days_are_saved_and_names_may_change_places(client: Client) -> None:
    one, two = pipeline().stages.all()[:2]
    answer = save(
        client, **{f"name-{one.pk}": two.name, f"name-{two.pk}": one.name, f"chance-{one.pk}": "12,5 %"}
    )
    assert answer.status_code == 302, answer.content
    one.refresh_from_db()
    assert (one.name, one.chance) == ("Needs understood", Decimal("12.5"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 101), ("name", "Proposal"), ("chance", "101"), ("chance", "-1"), ("chance", "nan"),
     ("chance", "1e999999"), ("days", "-3"), ("days", "0"), ("days", "many"), ("days", "9" * 5000)],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_and_kept_in_the_form(
    client: Client, field: str, value: str
) -> None:
    stage = pipeline().stages.all()[0]
    answer = save(client, **{f"{field}-{stage.pk}": value})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert names() == ["Qualified", "Needs understood", "Proposal", "Negotiation", "Contract sent"]


def test_stages_are_ordered_by_buttons_and_by_dragging(client: Client) -> None:
    second = pipeline().stages.all()[1]
    save(client, act=f"up:{second.pk}")
    assert names()[:2] == ["Needs understood", "Qualified"]
    save(client, order=list(reversed(said()["order"])))
    assert names()[0] == "Contract sent"
    save(client, act="up:nonsense", order=["nonsense"])
    assert len(names()) == 5


def test_a_new_stage_comes_last(client: Client) -> None:
    save(client, **{"name-new": "Signed <b>", "chance-new": "95", "days-new": "", "hue-new": "javascript:"})
    added = pipeline().stages.last()
    assert (added.name, added.hue) == ("Signed <b>", "sky")
    assert "Signed &lt;b&gt;" in client.get(reverse("pipelines")).content.decode()


# -- removing a stage -----------------------------------------------------------------------------------------


def test_a_stage_with_deals_goes_only_with_a_place_for_them(client: Client, boss: User) -> None:
    stage, target = pipeline().stages.all()[:2]
    card = make(Deal, by=boss, stage=stage)
    gone = make(Deal, by=boss, stage=stage)
    delete_record(gone, by=boss)
    address = reverse("stage_remove", args=[stage.pk])
    assert "2 deals are in it" in client.get(address).content.decode()
    assert client.post(address).status_code == 422
    assert client.post(address, {"move_to": target.pk}).status_code in (204, 302, 303)
    card.refresh_from_db()
    assert card.stage == target
    assert StageMove.objects.filter(deal=card, to_stage=target).exists()


def test_deals_may_go_to_another_pipeline(boss: User) -> None:
    other = actions.add_pipeline(by=boss, name="Rental", like=pipeline())
    card = make(Deal, by=boss, stage=pipeline().stages.first())
    actions.remove_stage(card.stage, by=boss, move_to=other.stages.first())
    card.refresh_from_db()
    assert card.pipeline == other


def test_the_last_stage_stays(boss: User) -> None:
    stages = list(pipeline().stages.all())
    for stage in stages[1:]:
        actions.remove_stage(stage, by=boss)
    with pytest.raises(RuleError):
        actions.remove_stage(stages[0], by=boss)
    assert names() == ["Qualified"]


def test_the_history_of_a_deal_outlives_the_stage(boss: User) -> None:
    stages = list(pipeline().stages.all())
    card = move(make(Deal, by=boss, stage=stages[0]), by=boss, stage=stages[1])
    actions.remove_stage(stages[0], by=boss)
    assert StageMove.objects.filter(deal=card).count() == 2


# -- pipelines ------------------------------------------------------------------------------------------------


def test_a_new_pipeline_begins_with_the_stages_of_the_one_shown(client: Client) -> None:
    client.post(reverse("pipelines") + f"?pipeline={pipeline().pk}", {"name": "Rental"})
    rental = Pipeline.objects.get(name="Rental")
    assert [one.name for one in rental.stages.all()] == names()
    assert client.post(reverse("pipelines"), {"name": "Rental"}).status_code == 422


def test_a_pipeline_with_open_deals_and_the_last_one_stay_in_use(client: Client, boss: User) -> None:
    address = reverse("pipeline_save", args=[pipeline().pk])
    assert client.post(address, {"name": "Sales"}).status_code == 422
    actions.add_pipeline(by=boss, name="Rental")
    make(Deal, by=boss, stage=pipeline().stages.first())
    assert "1 open deal is in this pipeline" in client.post(address, {"name": "Sales"}).content.decode()
    Deal.objects.update(deleted_at="2026-01-01T00:00Z")
    assert client.post(address, {"name": "Sales"}).status_code == 302
    assert not Pipeline.objects.get(name="Sales").is_active


# -- reasons --------------------------------------------------------------------------------------------------


def reasons_said(**changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"order": [str(one.pk) for one in LossReason.objects.all()]}
    for one in LossReason.objects.all():
        form |= {f"name-{one.pk}": one.name, f"active-{one.pk}": "yes"}
    return form | changes


def test_a_reason_in_use_is_taken_out_of_use_not_removed(client: Client, boss: User) -> None:
    used, unused = LossReason.objects.all()[2:4]
    lose(make(Deal, by=boss), by=boss, loss_reason=used)
    answer = client.post(reverse("loss_reasons"), reasons_said(act=f"remove:{used.pk}"))
    assert answer.status_code == 422
    assert "1 deal was lost for this reason" in answer.content.decode()
    assert client.post(reverse("loss_reasons"), reasons_said(act=f"remove:{unused.pk}")).status_code == 302
    assert not LossReason.objects.filter(pk=unused.pk).exists()


def test_one_reason_stays_in_use(client: Client) -> None:
    form = {name: value for name, value in reasons_said().items() if not name.startswith("active-")}
    answer = client.post(reverse("loss_reasons"), form)
    assert answer.status_code == 422
    assert LossReason.objects.filter(is_active=True).exists()


def test_a_new_reason_may_ask_for_more(client: Client) -> None:
    client.post(reverse("loss_reasons"), reasons_said(**{"name-new": "Range too short", "note-new": "yes"}))
    added = LossReason.objects.get(name="Range too short")
    assert (added.asks_note, added.asks_competitor, added.is_active) == (True, False, True)


def test_installing_again_changes_nothing_that_somebody_changed() -> None:
    Pipeline.objects.update(name="Fleet")
    LossReason.objects.exclude(name="Price").delete()
    install()
    assert list(Pipeline.objects.values_list("name", flat=True)) == ["Fleet"]
    assert list(LossReason.objects.values_list("name", flat=True)) == ["Price"]
