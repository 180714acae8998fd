"""A lost database is one sentence with status 503, and nothing else is taken for one."""

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from rapport.runtime import health


def lost(code: str | None) -> OperationalError:
    """Return the error that Django raises for a server error of that code."""
    error = OperationalError("the server said no")
    error.__cause__ = psycopg.errors.lookup(code)() if code else psycopg.OperationalError("no answer")
    return error


@pytest.mark.parametrize("code", [None, "57P01", "57P03", "53300", "53100"])
def test_a_server_that_is_gone_full_or_starting_is_a_lost_database(code: str | None) -> None:
    assert health.is_lost_connection(lost(code))


@pytest.mark.parametrize("code", ["57014", "55P03", "40P01"])
def test_a_refused_statement_is_not(code: str) -> None:
    assert not health.is_lost_connection(lost(code))
    assert not health.is_lost_connection(ProgrammingError())
    assert not health.is_lost_connection(ValueError())


@pytest.mark.django_db
def test_health_answers_for_machines(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_who_sends_people_here_asks_whether_this_version_is_ready(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json()["status"] == "ok"
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'runtime'")
    health._is_current = False
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["missing_migrations"]) == (503, 1)


def test_whatever_loses_the_database_on_the_way_the_answer_is_a_sentence() -> None:
    def answers_badly(request: HttpRequest) -> HttpResponse:
        try:
            raise lost(None)
        except OperationalError:
            health.mark_lost(None, request)
            return HttpResponse("a long story", status=500)

    answer = health.LostDatabase(answers_badly)(RequestFactory().get("/people/"))
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "cannot reach its database" in answer.content.decode()
    assert "a long story" not in answer.content.decode()


@pytest.mark.django_db
def test_the_pool_is_for_web_processes_only() -> None:
    assert "pool" not in connection.settings_dict["OPTIONS"]
