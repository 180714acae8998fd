"""The sample company."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from rapport.accounts.models import Company, User
from rapport.activities.models import Activity
from rapport.demo.load import FILLED
from rapport.kernel.models import AnyRecord, Change, TimelineEntry
from rapport.parties.models import Person, StagePeriod
from rapport.sales.deals.models import StageMove
from rapport.sales.models import Deal

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return list(
        AnyRecord.objects.exclude(type="activities").order_by("type", "title").values_list("title", flat=True)
    )


def test_it_has_two_years_of_history_and_work_for_today():
    call_command("demo", parties=120, verbosity=0)
    assert AnyRecord.objects.filter(type__in=["people", "organizations"]).count() == 120
    assert set(Deal.objects.values_list("outcome", flat=True)) == {"open", "won", "lost"}
    oldest = Change.objects.order_by("at").first()
    assert oldest is not None and (timezone.now() - oldest.at).days > 400
    assert Activity.objects.filter(done_at=None, due_at__date__lte=timezone.localdate()).exists()
    assert TimelineEntry.objects.exists() and Person.objects.exclude(last_contact_at=None).exists()
    assert User.objects.get(email="mara@halden.example").check_password("look-around")
    with connection.cursor() as cursor:
        cursor.execute("select min(reltuples) from pg_class where relname = any(%s)", [list(FILLED)])
        assert cursor.fetchone()[0] > 0, "who loads it plans each write by how much is there already"


def test_nobody_is_a_lead_or_customer_before_we_know_him():
    call_command("demo", parties=120, verbosity=0)
    assert Person.objects.filter(stage="customer").exists()
    assert not StagePeriod.objects.filter(until__lt=F("since")).exists()


def test_deals_go_their_way_from_when_they_were_opened():
    call_command("demo", parties=120, verbosity=0)
    for deal in Deal.objects.prefetch_related("moves"):
        moves = list(deal.moves.all())
        assert moves[0].from_stage_id is None and moves[0].at == deal.created_at
        assert moves[-1].at == (deal.stage_since if deal.moves.count() > 1 else deal.created_at)
    ends = dict(StageMove.objects.values_list("pk", "at"))
    shown = TimelineEntry.objects.filter(kind="stage_move").values_list("item_id", "at")
    assert shown and all(ends[key] == at for key, at in shown)


def test_it_is_the_same_at_each_loading():
    call_command("demo", parties=60, verbosity=0)
    first = names()
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate accounts_company, kernel_rate, accounts_user, accounts_team, kernel_record, kernel_change cascade"
        )
        cursor.execute("truncate parties_party, sales_deal, activities_activity cascade")
    call_command("demo", parties=60, verbosity=0)
    assert names() == first


def test_it_never_touches_a_database_that_has_a_company():
    Company.objects.create(id=1, name="Ours")
    with pytest.raises(CommandError, match="left as it is"):
        call_command("demo", verbosity=0)
    assert not AnyRecord.objects.exists()
