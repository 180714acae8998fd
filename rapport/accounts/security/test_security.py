"""One's own page about signing in: where one is signed in, ending that, and what the log says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.jobs import clear_sign_ins
from rapport.accounts.models import Company, User
from rapport.accounts.sessions.models import Session
from rapport.accounts.signin import throttle
from rapport.accounts.signin_log.models import Event, SignInEntry
from rapport.accounts.testing import PASSWORD, make_company, make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"


@pytest.fixture
def ada() -> User:
    make_company()
    return make_user("Ada", password=PASSWORD)


def sign_in(user: User, agent: str = FIREFOX, password: str = PASSWORD, **where: str) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/sign-in/", {"email": user.email, "password": password}, **where)
    return client


def events(user: User | None = None) -> list[str]:
    rows = SignInEntry.objects.order_by("id")
    return list((rows.filter(user=user) if user else rows).values_list("event", flat=True))


def test_every_session_is_listed_with_device_and_address_and_can_be_ended(ada: User) -> None:
    here, there = sign_in(ada), sign_in(ada, IPHONE, REMOTE_ADDR="203.0.113.9")
    page = here.get("/settings/security/").text
    assert "Firefox, Windows" in page
    assert "Safari, iPhone" in page
    assert "203.0.113.9" in page
    assert page.count("This one") == 1
    other = Session.objects.get(address="203.0.113.9")
    assert here.post(f"/settings/security/sessions/{other.public_id}/end/").status_code == 302
    assert there.get("/settings/profile/").status_code == 302
    assert here.get("/settings/profile/").status_code == 200
    assert Event.ENDED in events(ada)


def test_all_other_sessions_end_at_once(ada: User) -> None:
    here, others = sign_in(ada), [sign_in(ada, IPHONE) for _ in range(2)]
    here.post("/settings/security/sessions/end/")
    assert [one.get("/settings/profile/").status_code for one in others] == [302, 302]
    assert here.get("/settings/profile/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(ada: User) -> None:
    victim, bob = sign_in(ada), make_user("Bob", password=PASSWORD)
    session = Session.objects.get(user=ada)
    thief = sign_in(bob)
    assert thief.post(f"/settings/security/sessions/{session.public_id}/end/").status_code == 404
    thief.post("/settings/security/sessions/end/")
    assert victim.get("/settings/profile/").status_code == 200
    assert ada.email not in thief.get("/settings/security/log/").text


def test_a_new_password_and_deactivation_end_sessions_for_good(ada: User) -> None:
    here, there = sign_in(ada), sign_in(ada, IPHONE)
    form = {"old_password": PASSWORD, "password": "seven-green-lamps", "password_again": "seven-green-lamps"}
    assert here.post("/settings/password/", form).status_code == 302
    assert there.get("/settings/profile/").status_code == 302
    assert Session.objects.filter(user=ada).count() == 1
    boss = Client()
    boss.force_login(make_user(role="administrator"))
    boss.post(f"/settings/users/{ada.pk}/deactivate/")
    assert not Session.objects.filter(user=ada).exists()
    assert events(ada)[-2:] == [Event.PASSWORD_CHANGED, Event.DEACTIVATED]


def test_the_log_tells_who_came_in_and_why_others_did_not(ada: User) -> None:
    gone = make_user("Gone", password=PASSWORD, is_active=False)
    sign_in(ada, password="wrong")
    sign_in(gone)
    Client().post("/sign-in/", {"email": "nobody@example.com", "password": "x"})
    client = sign_in(ada)
    client.post("/sign-out/")
    assert events() == [Event.WRONG, Event.INACTIVE, Event.UNKNOWN, Event.SIGNED_IN, Event.SIGNED_OUT]
    client = sign_in(ada)
    own = client.get("/settings/security/log/").text
    assert "Wrong password" in own
    assert "nobody@example.com" not in own
    assert client.get("/settings/sign-in/log/").status_code == 404
    client.force_login(make_user("Boss", role="administrator"))
    everything = client.get("/settings/sign-in/log/").text
    assert "nobody@example.com" in everything
    assert "Unknown address" in everything
    found = client.get("/settings/sign-in/log/", {"q": "nobody", "kind": "failures"}).text
    assert "nobody@example.com" in found
    assert gone.email not in found


def test_who_goes_on_trying_does_not_fill_the_log(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "SIGN_IN_PER_ADDRESS", throttle.Limit("sign-in-address", 1, 15))
    for _ in range(4):
        sign_in(ada, password="wrong")
    assert events() == [Event.WRONG, Event.THROTTLED]


def test_old_lines_and_sessions_that_are_over_are_forgotten(ada: User) -> None:
    sign_in(ada)
    Company.objects.update(log_months=2)
    SignInEntry.objects.update(at=timezone.now() - timedelta(days=62))
    sign_in(ada)
    Session.objects.filter(pk=Session.objects.all()[0].pk).update(expire_date=timezone.now())
    clear_sign_ins()
    assert SignInEntry.objects.count() == Session.objects.count() == 1


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [(0, "198.51.100.1", "127.0.0.1"), (1, "9.9.9.9, 198.51.100.1", "198.51.100.1"), (2, "198.51.100.1", "unknown"),
     (1, "not an address", "unknown")],
)  # fmt: skip
def test_only_our_own_proxies_say_where_somebody_is(
    ada: User, settings: object, proxies: int, header: str, address: str
) -> None:
    settings.PROXIES = proxies  # type: ignore[attr-defined]
    sign_in(ada, HTTP_X_FORWARDED_FOR=header)
    assert SignInEntry.objects.get().address == address


def test_a_strange_browser_is_named_harmlessly(ada: User) -> None:
    sign_in(ada, "<script>alert(1)</script>" + "x" * 500)
    assert SignInEntry.objects.get().device == "scriptalert1/script" + "x" * 41


def test_rules_are_the_administrators_and_must_make_sense(ada: User) -> None:
    client = sign_in(ada)
    assert client.get("/settings/sign-in/").status_code == 404
    client.force_login(make_user(role="administrator"))
    assert client.post("/settings/sign-in/", {"log_months": 0, "invitation_days": 7}).status_code == 422
    assert client.post("/settings/sign-in/", {"log_months": 3, "invitation_days": 2}).status_code == 302
    assert Company.current().log_months == 3


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("127.0.0.1:8143", "http://localhost:8143/settings/security/"),
        ("[::1]:8143", "http://localhost:8143/settings/security/"),
        ("localhost:8143", ""),
        ("localhost", ""),
    ],
)
def test_where_an_address_is_a_number_the_page_says_under_which_name_passkeys_are_added(
    ada: User, host: str, named: str
) -> None:
    client = Client(headers={"host": host})
    client.force_login(ada)
    page = client.get("/settings/security/").text
    assert ("this address is only a number" in page) == bool(named)
    assert f'href="{named}"' in page or not named
