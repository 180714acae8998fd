"""Two people at work on the same things, each in a browser of his own."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.activities.actions import plan
from rapport.kernel.live.hub import hub
from rapport.kernel.records import delete_record, save_record
from rapport.kernel.testing import make
from rapport.sales.deals.models import Deal
from rapport.sales.install import install
from rapport.sales.models import Stage

WEEK = "/activities/calendar/?span=week&who=me"

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def _pages_listen(settings: Any) -> Iterator[None]:
    settings.LIVE = True
    install()  # another test with real transactions may have emptied the database
    yield
    hub.end()


def test_one_moves_a_card_and_the_other_sees_it(visit, administrator: User, member: User) -> None:
    deal = make(Deal, owner=member, name="Night trains")
    other = (
        Stage.objects.filter(pipeline=deal.stage.pipeline).exclude(pk=deal.stage_id).order_by("position")[0]
    )
    hers, his = (
        visit("/deals/board/", cookies=signed_in(member)),
        visit("/deals/", cookies=signed_in(administrator)),
    )
    board = visit("/deals/board/", cookies=signed_in(administrator))
    hers.click(f'[data-card="{deal.pk}"] [data-card-menu]', force=True)
    hers.click(f'#card-menu [data-move-to="{other.pk}"]')
    expect(board.locator(f'[data-stage="{other.pk}"] [data-card="{deal.pk}"]')).to_be_visible()
    expect(board.locator(f'[data-stage="{other.pk}"] [data-lane-count]')).to_have_text("1")
    expect(his.locator(f'[data-row="{deal.pk}"]')).to_contain_text(str(other))
    # the server has sent her card anew meanwhile; what she did is taken back all the same
    anew = "key => { const card = document.querySelector(key); card.replaceWith(card.cloneNode(true)) }"
    hers.evaluate(anew, f'[data-card="{deal.pk}"]')
    hers.locator(".toast").get_by_role("button", name="Undo").click()
    expect(board.locator(f'[data-stage="{deal.stage_id}"] [data-card="{deal.pk}"]')).to_be_visible()


def test_who_else_is_here_is_seen_and_what_both_change_is_asked(
    visit, administrator: User, member: User
) -> None:
    deal = make(Deal, owner=member, name="Night trains", next_step="Call")
    address = deal.get_absolute_url()
    hers = visit(f"{address}edit/", cookies=signed_in(member))
    his = visit(address, cookies=signed_in(administrator))
    expect(his.locator("#others")).to_contain_text("Mara Member is editing here")
    hers.fill("[name=name]", "Sleeping trains")
    save_record(Deal.objects.get(pk=deal.pk), {"name": "Day trains"}, by=administrator)
    expect(his.locator("h1")).to_have_text("Day trains")
    hers.click(".recform-foot [type=submit]")
    dialog = hers.locator("dialog[data-clash]")
    expect(dialog).to_contain_text("Sleeping trains")
    expect(dialog).to_contain_text("Ada Administrator")
    dialog.locator("label", has_text="Yours").click()
    dialog.locator("[type=submit]").click()
    expect(hers.locator("h1")).to_have_text("Sleeping trains")
    expect(his.locator("h1")).to_have_text("Sleeping trains")
    # her page has said that she is here, too
    expect(hers.locator("#others")).to_contain_text("Ada Administrator is here")
    hers.goto("about:blank")
    expect(his.locator("#others")).to_be_empty()


def test_a_next_step_that_a_colleague_changes_meanwhile_is_asked_about_and_not_lost(
    visit, administrator: User, member: User
) -> None:
    deal = make(Deal, owner=member, name="Night trains", next_step="Call")
    hers = visit(deal.get_absolute_url(), "phone", cookies=signed_in(member))
    step = hers.locator(".nextstep [name=next_step]")
    step.fill("Write")
    save_record(Deal.objects.get(pk=deal.pk), {"name": "Day trains", "next_step": "Visit"}, by=administrator)
    expect(hers.locator("h1")).to_have_text("Day trains")
    expect(step).to_have_value("Write")
    step.press("Tab")
    dialog = hers.locator("dialog[data-clash]")
    expect(dialog).to_contain_text("Visit")
    hers.evaluate("document.dispatchEvent(new CustomEvent('record-changed'))")  # another change of somebody
    dialog.locator("label", has_text="Yours").click()
    button = dialog.locator("[type=submit]")
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    expect(dialog).to_have_count(0)
    expect(step).to_have_value("Write")
    assert Deal.objects.get(pk=deal.pk).next_step == "Write"


def test_who_has_a_record_open_that_a_colleague_deletes_reads_so(
    visit, administrator: User, member: User
) -> None:
    deal = make(Deal, owner=member, name="Night trains")
    hers = visit(deal.get_absolute_url(), cookies=signed_in(member))
    his = visit(deal.get_absolute_url(), cookies=signed_in(administrator))
    expect(hers.locator("#others")).to_contain_text("Ada Administrator is here")
    delete_record(deal, by=administrator)
    expect(hers.locator(".toast")).to_contain_text("This record is not there any more")
    expect(hers.locator(".toast")).to_have_count(1)
    his.close()


def test_what_a_colleague_plans_and_moves_stands_on_my_day_and_in_the_calendar(
    visit, administrator: User, member: User
) -> None:
    member.time_zone = "UTC"
    member.save()
    noon = datetime.combine(timezone.now().date(), time(12), UTC)
    day, week = visit("/", cookies=signed_in(member)), visit(WEEK, cookies=signed_in(member))
    expect(day.locator("#day-agenda article")).to_have_count(0)
    meeting = plan([], "meeting", "Night trains", by=administrator, due_at=noon, duration=60, users=[member])
    expect(day.locator("#day-agenda")).to_contain_text("Night trains")
    expect(week.locator(f'[data-entry="{meeting.pk}"] [data-clock]')).to_have_text("12:00")
    week.locator(f'[data-entry="{meeting.pk}"] a').focus()
    save_record(meeting, {"due_at": noon + timedelta(hours=2)}, by=administrator)
    expect(week.locator(f'[data-entry="{meeting.pk}"] [data-clock]')).to_have_text("14:00")
    expect(week.locator(f'[data-entry="{meeting.pk}"] a')).to_be_focused()
    expect(day.locator("#day-agenda article")).to_have_attribute("data-start", str(14 * 60))
