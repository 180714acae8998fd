"""The first page: once, by one, and then never again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.accounts.models import Company, User
from rapport.accounts.setup import sample
from rapport.accounts.testing import make_company, make_user

pytestmark = pytest.mark.django_db
ANSWERS = {
    "company": "Halden Cycles",
    "country": "DE",
    "language": "de",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "name": "Mara Lindqvist",
    "email": "Mara@Halden.example",
    "password": "seven-green-lamps",
    "password_again": "seven-green-lamps",
}
PATHS = ("/setup/", "/setup/company/")


def test_on_an_empty_database_the_way_leads_to_the_setup(client):
    assert client.get("/settings/profile/", follow=True).redirect_chain[-1][0] == "/setup/"
    html = client.get("/setup/").text
    assert "Set up my company" in html
    assert "sample company" in html


def test_setting_up_makes_company_and_administrator_and_signs_him_in(client):
    answer = client.post("/setup/company/", ANSWERS)
    assert (answer.status_code, answer.url) == (302, "/")
    company, user = Company.objects.get(), User.objects.get()
    assert (company.name, company.country, company.language, company.is_sample) == (
        "Halden Cycles",
        "DE",
        "de",
        False,
    )
    assert (user.email, user.name, user.is_administrator) == ("mara@halden.example", "Mara Lindqvist", True)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_afterwards_the_setup_is_gone(client):
    client.post("/setup/company/", ANSWERS)
    for visitor in (client, Client()):
        for path in PATHS:
            assert visitor.get(path).status_code == 404
        assert visitor.post("/setup/company/", ANSWERS).status_code == 404
        assert visitor.post("/setup/sample/").status_code == 404
        assert visitor.get("/setup/wait/").status_code == 302
    assert User.objects.count() == 1


def test_a_user_without_a_company_closes_the_setup_too(client):
    make_user(role="administrator")
    assert client.get("/setup/").status_code == 404
    assert client.get("/sign-in/").status_code == 200


def test_what_the_browser_prefers_is_proposed(client):
    html = client.get("/setup/company/", headers={"accept-language": "de-CH,de;q=0.9"}).text
    for choice in (
        'value="CH" selected',
        'value="de" selected',
        'value="CHF" selected',
        'value="Europe/Zurich" selected',
    ):
        assert choice in html


@pytest.mark.parametrize("header", ["", "*", "xx-YY", "de" * 5000, "en-\0", "zh-Hant-TW;q=x"])
def test_strange_browsers_get_a_proposal_too(client, header):
    assert client.get("/setup/company/", headers={"accept-language": header}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", ""), ("company", "a\0b"), ("company", "x" * 10_000), ("name", "  "), ("email", "nobody"),
        ("language", "tlh"), ("currency", "XXX"), ("time_zone", "Mars/Olympus"), ("country", "XX"),
        ("password", "seven-green-lamps2"), ("password_again", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_said_at_the_field(client, field, value):
    answer = client.post("/setup/company/", ANSWERS | {field: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not Company.objects.exists()
    assert not User.objects.exists()


def test_a_password_like_the_name_is_refused(client):
    answer = client.post(
        "/setup/company/", ANSWERS | {"password": "mara-lindqvist", "password_again": "mara-lindqvist"}
    )
    assert answer.status_code == 422


def test_markup_in_names_stays_text(client):
    name = '<img src=x onerror="alert(1)">'
    client.post("/setup/company/", ANSWERS | {"company": name, "name": name})
    html = client.get("/settings/company/").text
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_becomes_administrator():
    barrier = Barrier(4)

    def set_up(number):
        try:
            client = Client()
            client.get("/setup/")
            barrier.wait(10)
            return client.post(
                "/setup/company/", ANSWERS | {"email": f"user{number}@halden.example"}
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(set_up, range(4)))
    assert set(codes) <= {302, 404}
    assert (Company.objects.count(), User.objects.count()) == (1, 1)


def test_the_sample_is_loaded_by_one_job_however_often_it_is_wished(client):
    for _ in range(3):
        answer = client.post("/setup/sample/")
        assert (answer.status_code, answer.url) == (302, "/setup/wait/")
    assert ProcrastinateJob.objects.count() == 1
    waiting = client.get("/setup/wait/")
    assert (waiting.status_code, waiting.headers["Refresh"]) == (200, "2")
    assert client.get("/setup/").url == "/setup/wait/"
    assert client.post("/setup/company/", ANSWERS).url == "/setup/wait/"


def test_when_the_sample_is_there_the_wait_ends_at_the_sign_in(client):
    client.post("/setup/sample/")
    make_company(is_sample=True)
    assert client.get("/setup/wait/").url == "/sign-in/"
    assert sample.PASSWORD in client.get("/sign-in/").text


def test_when_the_sample_failed_the_first_page_says_so(client):
    client.post("/setup/sample/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert client.get("/setup/wait/").url == "/setup/"
    assert "did not work" in client.get("/setup/").text
