"""Administrators see what became of jobs, and can try failed ones again; nothing is run twice by that."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.accounts.background import reading
from rapport.accounts.background.schedule import in_words
from rapport.accounts.background.testing import make_job
from rapport.accounts.models import User

MAIL = "rapport.tests.jobs.mail"


@pytest.fixture
def client(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def status(job_id: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=job_id).status)


def test_a_failed_job_tells_why_in_a_sentence_and_in_full(client: Client) -> None:
    failed = make_job(MAIL, "failed", '{"user_id": "7"}', "ValueError: no <such> thing")
    make_job(MAIL, "succeeded")
    page = client.get("/settings/jobs/").content.decode()
    assert "tests.mail" in page
    assert "An error in Rapport stopped it: ValueError." in page
    assert page.count("<tr>") == 2  # the head and the failed one
    one = client.get(f"/settings/jobs/{failed}/").content.decode()
    assert "no &lt;such&gt; thing" in one
    assert "line 7, in mail" in one
    assert "&#34;user_id&#34;: &#34;7&#34;" in one
    assert client.get("/settings/jobs/99999999/").status_code == 404
    assert client.get("/settings/jobs/99999999999999999999999/").status_code == 404


def test_failed_jobs_are_tried_again_one_or_all_of_a_kind(client: Client) -> None:
    first, second, third = (make_job(MAIL, "failed", problem="SMTPException: full") for _time in range(3))
    other = make_job("rapport.tests.jobs.other", "failed")
    client.post(f"/settings/jobs/{first}/retry/")
    assert [status(job) for job in (first, second, other)] == ["todo", "failed", "failed"]
    page = client.post("/settings/jobs/retry/", {"task": MAIL}, follow=True).content.decode()
    assert "2 jobs wait for a worker again." in page
    assert [status(job) for job in (second, third, other)] == ["todo", "todo", "failed"]


@pytest.mark.parametrize("now", ["doing", "succeeded", "todo", "cancelled"])
def test_what_is_not_failed_is_never_begun_again(client: Client, now: str) -> None:
    job = make_job(MAIL, now)
    page = client.post(f"/settings/jobs/{job}/retry/", follow=True).content.decode()
    assert "nothing was done" in page
    assert status(job) == now


def test_a_failed_job_is_left_when_the_same_waits_already(client: Client) -> None:
    failed, waiting = make_job(MAIL, "failed"), make_job(MAIL)
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set queueing_lock = 'only' where id in (%s, %s)", [failed, waiting]
        )
    page = client.post(f"/settings/jobs/{failed}/retry/", follow=True).content.decode()
    assert "The same job waits already" in page
    page = client.post("/settings/jobs/retry/", {"task": MAIL}, follow=True).content.decode()
    assert "1 was left" in page
    assert status(failed) == "failed"


def test_a_waiting_job_can_be_cancelled_and_a_running_one_cannot(client: Client) -> None:
    waiting, running = make_job(), make_job(MAIL, "doing")
    client.post(f"/settings/jobs/{waiting}/cancel/")
    page = client.post(f"/settings/jobs/{running}/cancel/", follow=True).content.decode()
    assert "nothing was done" in page
    assert (status(waiting), status(running)) == ("cancelled", "doing")


def test_a_long_list_goes_on_where_it_stopped_and_keeps_to_one_kind(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    jobs = [make_job(MAIL, "failed") for _time in range(3)]
    make_job("rapport.tests.jobs.other", "failed")
    first = client.get(f"/settings/jobs/?state=failed&task={MAIL}").content.decode()
    assert f"/settings/jobs/{jobs[2]}/" in first
    assert f"before={jobs[1]}" in first
    assert "/settings/jobs/retry/" in first
    second = client.get(f"/settings/jobs/?state=failed&task={MAIL}&before={jobs[1]}").content.decode()
    assert f"/settings/jobs/{jobs[0]}/" in second
    assert f"/settings/jobs/{jobs[2]}/" not in second
    for odd in ("?state=nothing", "?before=-1", "?before=" + "9" * 30, "?task=%00"):
        assert client.get(f"/settings/jobs/{odd}").status_code == 200


def test_the_schedule_tells_what_comes_when(client: Client) -> None:
    page = client.get("/settings/jobs/schedule/").content.decode()
    assert "kernel.search.learn_words" in page
    assert "Every minute" in page
    sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):  # where it is Monday by then
        assert in_words("30 23 * * *", sunday) == "Every day at 00:30"
        assert in_words("30 23 * * 0", sunday) == "Every week on Monday at 00:30"
    assert in_words("5 * * * *", sunday) == "Every hour at minute 5"
    assert in_words("*/5 * * * *", sunday) == "Every 5 minutes"
    assert in_words("*/5 1 2 * *", sunday) == "*/5 1 2 * *"


def test_members_find_no_jobs(client: Client, member: User) -> None:
    job = make_job(MAIL, "failed")
    client.force_login(member)
    assert client.get("/settings/jobs/").status_code == 404
    assert client.post(f"/settings/jobs/{job}/retry/").status_code == 404
    assert status(job) == "failed"
