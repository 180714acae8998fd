"""The next step is planned, moved and named anew in the cell of a list in which it stands."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rapport.activities.actions import plan
from rapport.activities.models import Activity, Kind
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_next_step_is_planned_and_moved_in_its_cell(client: Client) -> None:
    mara = make_user("Mara Lindholm")
    ingrid = make(Person, owner=mara, name="Ingrid Solberg-Haas")
    client.force_login(mara)
    address, tomorrow = f"/people/{ingrid.pk}/cell/next_step/", timezone.localdate() + timedelta(days=1)
    assert "No next step" in client.get("/people/").content.decode()
    assert 'name="day"' in client.get(address, headers=HTMX).content.decode()
    refused = client.post(address, {"day": tomorrow.isoformat()}, headers=HTMX)
    assert refused.status_code == 422 and "Write a few words." in refused.content.decode()
    answer = client.post(address, {"subject": "Price per ward", "day": tomorrow.isoformat()}, headers=HTMX)
    step = Activity.objects.get()
    assert "Price per ward" in answer.content.decode() and "/undo/" in answer.headers["Rapport-Notice"]
    assert (step.type, timezone.localtime(step.due_at).date(), step.owner) == (Kind.TASK, tomorrow, mara)
    form = client.get(address, headers=HTMX).content.decode()
    assert str(step.pk) in form and "Price per ward" in form
    later = tomorrow + timedelta(days=6)
    values = {"step": step.pk, "version": step.version, "subject": "Price list", "day": later.isoformat()}
    assert "Price list" in client.post(address, values, headers=HTMX).content.decode()
    step = Activity.objects.get()
    assert (step.subject, timezone.localtime(step.due_at).date()) == ("Price list", later)
    too_late = client.post(address, values | {"subject": "Prices"}, headers=HTMX)
    assert too_late.status_code == 409 and Activity.objects.get().subject == "Price list"


def test_a_meeting_that_is_moved_to_another_day_keeps_its_hour_and_what_is_foreign_stays(
    client: Client,
) -> None:
    mara, stranger = make_user("Mara Lindholm"), make_user("Stranger", role="restricted", team="Theirs")
    ingrid = make(Person, owner=mara, name="Ingrid Solberg-Haas")
    at = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)
    meeting = plan([ingrid], Kind.MEETING, "Depot", by=mara, due_at=at)
    address, then = f"/people/{ingrid.pk}/cell/next_step/", at + timedelta(days=1)
    client.force_login(stranger)
    assert client.get(address, headers=HTMX).status_code == 404
    client.force_login(mara)
    client.post(
        address, {"step": meeting.pk, "subject": "Depot", "day": then.date().isoformat()}, headers=HTMX
    )
    meeting.refresh_from_db()
    assert meeting.due_at == then
