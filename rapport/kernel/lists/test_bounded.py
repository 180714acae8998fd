"""What takes too long is said in a sentence, through every door: pages, counts, files, selections, programs, views."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.filters import limits
from rapport.kernel.lists.state import ListState
from rapport.kernel.testing import make
from rapport.kernel.views.models import View
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db
FILTER = "f=name.contains.bike"
SENTENCE = "takes too long"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, member: User) -> Iterator[None]:
    """A filter that the database needs two seconds for, under limits of a twentieth of a second."""
    make(Deal, by=member, owner=member, name="Forty bikes", expected_on=timezone.localdate())
    dear = Q(RawSQL("pg_sleep(2) is null", [], output_field=BooleanField()))
    nothing = Q(pk__in=[])
    condition = property(lambda state: nothing if state.problems else dear)
    monkeypatch.setattr(ListState, "condition", condition)
    limit = limits._limit
    monkeypatch.setattr(
        limits, "_limit", lambda cursor, value: limit(cursor, "50ms" if value.endswith("0ms") else value)
    )
    yield


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(
    ("address", "status"),
    [("/deals/", 200), ("/deals/?by=stage", 200), ("/deals/?by=expected_on.month", 200), ("/deals/board/", 200),
     ("/deals/board/?by=owner", 200), ("/deals/calendar/", 200), ("/deals/export/file/?format=csv", 422),
     ("/deals/bulk/set/?all=1", 422), ("/deals/bulk/delete/?all=1", 422)],
)  # fmt: skip
def test_every_page_says_so(client: Client, member: User, address: str, status: int) -> None:
    client.force_login(member)
    answer = client.get(address + ("&" if "?" in address else "?") + FILTER)
    assert answer.status_code == status
    assert SENTENCE in answer.content.decode()


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("address", ["/deals/figures/", "/deals/export/", "/deals/filter/apply/?preview=1"])
def test_numbers_are_estimated_instead(client: Client, member: User, address: str) -> None:
    client.force_login(member)
    answer = client.get(address + ("&" if "?" in address else "?") + FILTER)
    assert answer.status_code == 200
    assert "1" in answer.content.decode()


def test_a_dear_filter_becomes_no_view(client: Client, member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(member)
    assert client.post(f"/deals/views/new/?{FILTER}", {"name": "Bikes"}).status_code in (200, 303)
    view = View.objects.get(name="Bikes")
    monkeypatch.setattr(limits, "DEAREST", 0.0)
    answer = client.post(f"/deals/views/new/?{FILTER}", {"name": "More bikes"})
    assert answer.status_code == 422 and SENTENCE in answer.content.decode()
    shared = client.post(f"/deals/views/{view.pk}/edit/", {"name": "Bikes", "teams": [str(member.team_id)]})
    assert shared.status_code == 422 and SENTENCE in shared.content.decode()
    client.post(f"/deals/views/{view.pk}/save/?f=name.contains.other")
    view.refresh_from_db()
    assert "bike" in str(view.filter)
    assert not View.objects.filter(name="More bikes").exists()


def test_a_wrong_filter_becomes_no_view(client: Client, member: User) -> None:
    client.force_login(member)
    answer: Any = client.post("/deals/views/new/?f=password.is.x", {"name": "Wrong"})
    assert answer.status_code == 422
    assert not View.objects.filter(name="Wrong").exists()
