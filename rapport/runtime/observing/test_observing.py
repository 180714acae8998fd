"""Requests and jobs can be followed in the log and in figures, and neither tells who our people are."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from rapport.accounts.models import User
from rapport.runtime.models import JobFailure
from rapport.runtime.observing import errors, logs, measures, runs, shared
from rapport.runtime.observing.context import Work, request_id, working
from rapport.runtime.observing.page import may_ask
from rapport.runtime.observing.runs import observed
from rapport.runtime.observing.statements import normalized, watched
from rapport.urls import handler500
from rapport.urls import urlpatterns as all_pages

# Not in the code below: the way to an error shows its lines.
SECRETS = MAIL, NAME, PHONE, TOKEN = "ada@example.com", "Lovelace", "+49 170 1234567", "tok-en-that-opens"


def fails(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a defect that says more than it should."""
    logging.getLogger("rapport.somewhere").warning("cannot write to %s", MAIL)
    try:
        with transaction.atomic():
            User.objects.create(email=MAIL, name=NAME)
            User.objects.create(email=MAIL, name=NAME)
    except IntegrityError as error:
        raise ValueError(f"{NAME}, {PHONE} is no number for {token}") from error
    return HttpResponse()


urlpatterns = [path("broken/<str:token>/", fails, name="broken"), *all_pages]
__all__ = ["handler500"]


class Lines(logging.Handler):
    """What the console would be told, as dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.setFormatter(logs.Json())
        self.addFilter(logs.Discreet())

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, object]]:
        return [line for text in self.written if (line := json.loads(text))["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line_with_its_id_user_route_and_cost(
    lines: Lines, client: Client, administrator: User
) -> None:
    client.force_login(administrator)
    answer = client.get("/people/?q=Lovelace", headers={"X-Request-ID": "from-the-proxy.1"})
    assert answer["X-Request-ID"] == "from-the-proxy.1"
    (line,) = lines.of("rapport.request")
    assert line["request"] == "from-the-proxy.1"
    assert (line["user"], line["route"], line["status"]) == (str(administrator.pk), "list", 200)
    assert line["queries"] > 0
    assert 0 < line["db_ms"] < line["ms"]


def test_an_id_that_is_none_is_replaced_by_one_of_ours() -> None:
    assert request_id("abc-1") == "abc-1"
    for bad in ("", 'a" level=error', "a\nb", "x" * 65, "ä"):
        assert len(request_id(bad)) == 10


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_no_line_of_a_failed_request_or_job_tells_who_our_people_are(lines: Lines, company: object) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/broken/tok-en-that-opens/?q=Lovelace")
    assert answer.status_code == 500
    (line,) = lines.of("rapport.request")
    assert str(line["request"]) in answer.content.decode()  # the code on the page leads to the line
    (error,) = lines.of("django.request")
    assert error["request"] == line["request"]
    assert error["error"] == "ValueError"
    assert "in fails" in str(error["trace"])
    assert "23505 accounts_user" in str(error["trace"])  # what was refused, by names of tables and rules

    job = SimpleNamespace(id=7, task_name="tests.mail", attempts=1, task_kwargs={})

    def run() -> None:
        raise ValueError(f"{MAIL}, {NAME}")

    with pytest.raises(ValueError, match="Lovelace"):
        observed(run, SimpleNamespace(job=job), None)
    extra = {"job": {"id": 7, "task_name": "tests.mail"}, "action": "job_error"}
    logging.getLogger("procrastinate.worker").error("tests.mail[7](email='ada@example.com')", extra=extra)
    (told,) = lines.of("rapport.job")
    assert (told["job"], told["task"], told["attempt"], told["outcome"]) == (7, "tests.mail", 2, "failed")
    assert lines.of("procrastinate.worker")[0]["message"] == "job 7 tests.mail: job error"
    for secret in SECRETS:
        assert not [text for text in lines.written if secret in text], secret
    kept = JobFailure.objects.get(job=7)  # for administrators, in full
    assert (kept.kind, kept.text, kept.attempt) == ("ValueError", "ada@example.com, Lovelace", 2)


@pytest.mark.django_db
def test_what_the_clock_starts_is_told_when_it_took_long_or_failed(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise ValueError

    by_clock = SimpleNamespace(id=8, task_name="tests.look", attempts=0, task_kwargs={"timestamp": 1})
    observed(lambda: None, SimpleNamespace(job=by_clock), None)
    assert not lines.of("rapport.job")
    with pytest.raises(ValueError):
        observed(fails, SimpleNamespace(job=by_clock), None)
    monkeypatch.setattr(runs, "UNREMARKABLE", 0.0)
    observed(lambda: None, SimpleNamespace(job=by_clock), None)
    assert [one["outcome"] for one in lines.of("rapport.job")] == ["failed", "done"]


@pytest.mark.django_db
@override_settings(SLOW_QUERY_MS=1)
def test_a_slow_statement_is_told_with_its_place_and_without_values(lines: Lines) -> None:
    with watched(Work(route="list")) as work, connection.cursor() as cursor:
        cursor.execute("select pg_sleep(%s), 'Ada Lovelace' as one", [0.003])
    (line,) = lines.of("rapport.slow")
    assert (line["route"], line["statement"]) == ("list", "select pg_sleep(%s), ? as one")
    assert line["ms"] >= 3
    assert work.queries == 1


@pytest.mark.parametrize(
    ("statement", "bare"),
    [
        ("select * from x where a = 'it''s' and b=-1.5", "select * from x where a = ? and b=?"),
        (
            'select "t1"."x_2" from "t1"  where id in (%s, %s,\n %s)',
            'select "t1"."x_2" from "t1" where id in (…)',
        ),
        ("select $$Ada$$, E'\\x', v1, t2.c from t2 limit 21", "select ?, ?, v1, t2.c from t2 limit ?"),
    ],
)
def test_statements_lose_their_values_and_keep_their_names(statement: str, bare: str) -> None:
    assert normalized(statement) == bare


def test_one_fact_can_be_read_in_every_format() -> None:
    record = logging.LogRecord("rapport.x", logging.INFO, "", 1, 'said "%s"\nand more', ("Hé",), None)
    record.facts = {"ms": 1.5}
    with working(Work(request="r1", job=3)):
        assert json.loads(logs.Json().format(record))["message"] == 'said "Hé"\nand more'
        line = logs.Logfmt().format(record)
        assert "\n" not in line
        assert r'message="said \"Hé\"\nand more"' in line
        assert line.endswith("request=r1 job=3 ms=1.5")
        assert logs.Plain().format(record).endswith("(request=r1 job=3 ms=1.5)")


def test_texts_of_errors_are_told_in_full_only_to_who_asks_for_them() -> None:
    error = ValueError("Ada Lovelace")
    assert errors.told(error) == "ValueError"
    assert (
        errors.told(PermissionError(13, "Permission denied", "/srv/offers"))
        == "PermissionError: Permission denied"
    )
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        assert errors.told(error) == "ValueError: Ada Lovelace"
    finally:
        root.setLevel(level)


@pytest.mark.django_db
def test_metrics_tell_requests_jobs_and_the_state_in_the_format_of_prometheus(
    client: Client, tmp_path: Path
) -> None:
    with override_settings(METRICS_FOLDER=tmp_path):
        client.get("/health")
        text = client.get("/metrics").content.decode()
    assert 'rapport_request_seconds_count{method="GET",route="health",status="200"}' in text
    assert "# TYPE rapport_request_seconds histogram" in text
    for name in ("rapport_database_up 1.0", "rapport_workers ", "rapport_oldest_job_seconds ",
                 "rapport_webhooks_waiting ", "rapport_change_log_behind "):  # fmt: skip
        assert f"\n{name}" in text, name


def test_metrics_are_for_this_machine_or_for_who_has_the_token() -> None:
    ask = RequestFactory().get
    assert may_ask(ask("/metrics", REMOTE_ADDR="127.0.0.1"))
    assert not may_ask(ask("/metrics", REMOTE_ADDR="10.0.0.7"))
    assert not may_ask(ask("/metrics", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "10.0.0.7"}))
    with override_settings(METRICS_TOKEN="long-enough"):
        assert not may_ask(ask("/metrics", REMOTE_ADDR="127.0.0.1"))
        right = {"Authorization": "Bearer long-enough", "X-Forwarded-For": "10.0.0.7"}
        assert may_ask(ask("/metrics", REMOTE_ADDR="127.0.0.1", headers=right))
        assert not may_ask(ask("/metrics", headers=right | {"Authorization": "Bearer wröng"}))


COUNT = """
import sys; sys.path.insert(0, {checkout!r})
from pathlib import Path
from rapport.runtime.observing import measures, shared
sharing = shared.Sharing(Path({folder!r}))
sharing.begin()
measures.SLOW.labels("elsewhere").inc(3)
"""


def test_counts_of_processes_are_added_up_and_outlive_them(tmp_path: Path) -> None:
    code = COUNT.format(checkout=str(Path(settings.STATICFILES_DIRS[0][1]).parents[3]), folder=str(tmp_path))

    def counted() -> float:
        samples = shared.all_processes()["rapport_slow_statements"][2]
        return samples[("rapport_slow_statements_total", (("place", "elsewhere"),))]

    measures.SLOW.labels("elsewhere").inc(0)
    with override_settings(METRICS_FOLDER=tmp_path):
        before = counted()
        for times in (1, 2):
            subprocess.run([sys.executable, "-c", code], check=True)
            assert counted() == before + 3 * times
        shared.gather(tmp_path)
        assert [path.name for path in tmp_path.glob("*.json")] == ["ended.json"]
        assert counted() == before + 6
        (tmp_path / "1-1.json").write_text("{ cut off")
        assert counted() == before + 6
