"""Signing in and out, and the password that was forgotten."""

import re
import time

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.core import mail
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport import settings as product
from rapport.accounts.jobs import send_reset_mail
from rapport.accounts.models import User
from rapport.accounts.signin import throttle
from rapport.accounts.testing import PASSWORD, make_company, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
SLOW = "django.contrib.auth.hashers.Argon2PasswordHasher"


@pytest.fixture
def ada():
    make_company()
    return make_user("Ada", password=PASSWORD)


@pytest.fixture
def few_tries(monkeypatch):
    """Three wrong tries are too many: hashing passwords is slow on purpose."""
    monkeypatch.setattr(throttle, "SIGN_IN_PER_ADDRESS", throttle.Limit("sign-in-address", 2, 15))
    monkeypatch.setattr(throttle, "SIGN_IN_PER_IP", throttle.Limit("sign-in-ip", 4, 15))


def try_to_sign_in(client, email, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"email": email, "password": password, **more})


def who(client):
    return client.session.get("_auth_user_id")


def test_address_and_password_open_the_door_and_lead_back(client, ada):
    answer = try_to_sign_in(client, f" {ada.email.upper()} ", next="/settings/profile/")
    assert (answer.status_code, answer.url) == (302, "/settings/profile/")
    assert who(client) == str(ada.pk)
    assert client.get("/settings/profile/").status_code == 200
    assert client.get(SIGN_IN).status_code == 302


def test_passwords_are_kept_as_argon2(ada):
    assert product.PASSWORD_HASHERS[0] == SLOW
    assert identify_hasher(ada.password).algorithm == "argon2"


def test_only_who_wishes_stays_signed_in(client, ada):
    try_to_sign_in(client, ada.email)
    assert client.session.get_expire_at_browser_close()
    try_to_sign_in(client, ada.email)
    client.logout()
    try_to_sign_in(client, ada.email, stay="on")
    assert not client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\0"]
)
def test_nobody_is_led_to_another_site(client, ada, target):
    assert try_to_sign_in(client, ada.email, next=target).url == "/"


def test_every_wrong_try_gets_the_same_answer(client, ada):
    gone = make_user("Gone", password=PASSWORD, is_active=False)
    invited = make_user("Invited")
    answers = set()
    for email, password in [
        (ada.email, "wrong"), ("nobody@example.com", PASSWORD), (gone.email, PASSWORD), (invited.email, PASSWORD)
    ]:  # fmt: skip
        answer = try_to_sign_in(client, email, password)
        assert answer.status_code == 422
        assert who(client) is None
        html = re.sub(r'(csrfmiddlewaretoken" value|name="csrf" content)="[^"]+"', "", answer.text)
        answers.add(html.replace(email, ""))
    assert len(answers) == 1
    assert "do not match" in answers.pop()


def test_an_unknown_address_takes_as_long_as_a_known_one(client, ada, monkeypatch, settings):
    settings.PASSWORD_HASHERS = [SLOW]
    ada.set_password(PASSWORD)
    ada.save()
    monkeypatch.setattr(throttle, "refused_until", lambda *_: None)

    def fastest(email):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            try_to_sign_in(client, email, "wrong")
            times.append(time.perf_counter() - start)
        return min(times)

    known, unknown = fastest(ada.email), fastest("nobody@example.com")
    assert 0.5 < known / unknown < 2


def test_the_password_never_comes_back_and_null_bytes_are_refused(client, ada):
    assert "hunter-hunter" not in try_to_sign_in(client, ada.email, "hunter-hunter").text
    for email, password in [
        ("a\0@example.com", "x"),
        (ada.email, "a\0b"),
        (ada.email, "x" * 10_000),
        ("", ""),
    ]:
        assert try_to_sign_in(client, email, password).status_code == 422
    html = try_to_sign_in(client, "<script>alert(1)</script>@example.com").text
    assert "<script>alert" not in html


def test_too_many_tries_are_refused_even_with_the_right_password(client, ada, few_tries):
    for _ in range(throttle.SIGN_IN_PER_ADDRESS.tries):
        assert try_to_sign_in(client, ada.email, "wrong").status_code == 422
    answer = try_to_sign_in(client, ada.email)
    assert answer.status_code == 429
    assert re.search(r"Try again in 15 minutes", answer.text)
    assert who(client) is None


def test_unknown_addresses_are_throttled_alike(client, ada, few_tries):
    for _ in range(throttle.SIGN_IN_PER_ADDRESS.tries):
        try_to_sign_in(client, "nobody@example.com")
    assert try_to_sign_in(client, "nobody@example.com").status_code == 429


def test_one_place_cannot_try_many_addresses(client, ada, few_tries):
    for number in range(throttle.SIGN_IN_PER_IP.tries):
        try_to_sign_in(client, f"nobody{number}@example.com")
    assert try_to_sign_in(client, ada.email).status_code == 429
    assert (
        client.post(SIGN_IN, {"email": ada.email, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9").status_code
        == 302
    )


def test_signing_in_counts_no_failure(client, ada, few_tries):
    for _ in range(throttle.SIGN_IN_PER_ADDRESS.tries + 2):
        assert try_to_sign_in(client, ada.email).status_code == 302
        client.logout()


def test_signing_out_needs_a_post(client, ada):
    client.force_login(ada)
    assert client.get("/sign-out/").status_code == 405
    assert who(client)
    answer = client.post("/sign-out/")
    assert (answer.status_code, answer.url) == (302, SIGN_IN)
    assert who(client) is None


def test_a_forged_form_is_refused(ada):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert try_to_sign_in(client, ada.email).status_code == 403


def test_nobody_can_sign_himself_up(client, ada):
    for path in ("/signup/", "/accounts/signup/", "/accounts/login/", "/sign-up/"):
        assert client.get(path).status_code == 404


def test_deactivating_ends_running_sessions(client, ada):
    client.force_login(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/settings/profile/").status_code == 302


# ---- the forgotten password


def ask_for_link(client, email):
    """Ask on the page, then do what the worker does."""
    answer = client.post("/password/", {"email": email})
    if answer.status_code == 200:
        send_reset_mail(email=email, base="http://testserver/")
    return answer


def link_in(message):
    return re.search(r"http://testserver(/\S+)", message.body)[1]


def test_a_link_comes_by_mail_and_works_once(client, ada):
    client.force_login(ada)
    client.logout()
    assert ask_for_link(client, ada.email.upper()).status_code == 200
    (message,) = mail.outbox
    assert message.to == [ada.email]
    assert "Halden Cycles" in message.subject
    link = link_in(message)
    assert client.get(link).status_code == 200
    new = {"password": "seven-green-lamps", "password_again": "seven-green-lamps"}
    answer = client.post(link, new)
    assert (answer.status_code, who(client)) == (302, str(ada.pk))
    client.logout()
    assert client.post(link, new).status_code == 404
    assert try_to_sign_in(client, ada.email, "seven-green-lamps").status_code == 302


def test_the_mail_says_when_and_from_where_a_new_password_was_asked_for(client, ada):
    User.objects.filter(pk=ada.pk).update(time_zone="America/New_York")
    agent = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    client.post("/password/", {"email": ada.email}, HTTP_USER_AGENT=agent, REMOTE_ADDR="203.0.113.9")
    [queued] = ProcrastinateJob.objects.filter(task_name="rapport.accounts.jobs.send_reset_mail")
    send_reset_mail(**queued.args)
    [message] = mail.outbox
    assert re.search(r"Asked for on .+ E[SD]T, from Firefox, Windows \(203\.0\.113\.9\)\.", message.body)
    mail.outbox.clear()
    stranger = {"HTTP_USER_AGENT": "your new password is at evil.example", "REMOTE_ADDR": "203.0.113.9"}
    client.post("/password/", {"email": ada.email}, **stranger)
    queued = ProcrastinateJob.objects.filter(task_name="rapport.accounts.jobs.send_reset_mail").last()
    send_reset_mail(**queued.args)
    assert "evil" not in mail.outbox[0].body and "from 203.0.113.9." in mail.outbox[0].body


def test_asking_tells_nobody_who_works_here(client, ada):
    gone = make_user("Gone", is_active=False)
    known, unknown, left = (
        ask_for_link(client, email).text.replace(email, "")
        for email in (ada.email, "nobody@example.com", gone.email)
    )

    def plain(html):
        return re.sub(r'name="csrf" content="[^"]+"', "", html)

    assert plain(known) == plain(unknown) == plain(left)
    assert [message.to for message in mail.outbox] == [[ada.email]]


def test_the_page_only_queues_the_mail(client, ada, django_assert_max_num_queries):
    client.post("/password/", {"email": ada.email})
    assert not mail.outbox


def test_asking_is_throttled(client, ada):
    for _ in range(throttle.RESET_PER_ADDRESS.tries):
        assert client.post("/password/", {"email": ada.email}).status_code == 200
    answer = client.post("/password/", {"email": ada.email})
    assert answer.status_code == 429
    assert "Try again in 60 minutes" in answer.text


def test_a_wrong_or_foreign_link_is_dead(client, ada):
    ask_for_link(client, ada.email)
    link = link_in(mail.outbox[0])
    other = make_user("Bob", password=PASSWORD)
    for wrong in (
        link.replace(str(ada.pk), str(other.pk)),
        link[:-2] + "x/",
        reverse("new_password", args=[ada.pk, "x"]),
    ):
        assert client.get(wrong).status_code == 404
    User.objects.filter(pk=ada.pk).update(email="ada.new@example.com")
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "password", ["short", "1234567890123", "password1234", "x" * 10_000, "null\0byte-null"]
)
def test_a_weak_password_is_refused(client, ada, password):
    ask_for_link(client, ada.email)
    link = link_in(mail.outbox[0])
    answer = client.post(link, {"password": password, "password_again": password})
    assert answer.status_code == 422
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_the_mail_speaks_the_language_of_its_reader_and_carries_no_markup(client, ada):
    User.objects.filter(pk=ada.pk).update(name="Ada <b>&", language="de")
    ask_for_link(client, ada.email)
    assert "Ada <b>&" in mail.outbox[0].body
