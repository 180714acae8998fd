"""Second factors: apps, recovery codes, who must have one, and who takes them away."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from rapport.accounts.models import Company, Role, User
from rapport.accounts.second_factor import codes as totp
from rapport.accounts.second_factor.codes import app_accepts, code_at, step_of, use_recovery_code
from rapport.accounts.second_factor.models import Authenticator, Kind, RecoveryCode
from rapport.accounts.second_factor.proof import PROVED
from rapport.accounts.signin import throttle
from rapport.accounts.signin_log.models import Event, SignInEntry, Way
from rapport.accounts.single_sign_on.models import Identity, Provider
from rapport.accounts.testing import PASSWORD, make_company, make_user
from rapport.runtime.secrets import SIGN

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000.0
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", the secret of the RFC's examples


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totp.time, "time", lambda: NOW)


@pytest.fixture
def ada() -> User:
    make_company()
    return make_user("Ada", password=PASSWORD)


def proved(user: User) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[PROVED] = NOW
    session.save()
    return client


def with_app(user: User) -> tuple[str, list[str]]:
    """Add an app as a person does; return its secret and the recovery codes."""
    client = proved(user)
    page = client.get("/settings/security/app/").text
    secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")  # type: ignore[index]
    assert client.post("/settings/security/app/", {"code": "000000"}).status_code == 422
    answer = client.post("/settings/security/app/", {"code": code_at(secret, int(NOW // 30) - 1)})
    user.refresh_from_db()
    return secret, re.findall(r"<code>([a-z0-9-]{19})</code>", answer.text)


def first_step(user: User, **more: str) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, **more})
    assert answer.headers["Location"] == "/sign-in/second/"
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/security/").status_code == 200


def test_codes_are_those_of_the_standard() -> None:
    examples = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"}
    for moment, code in examples.items():
        assert code_at(RFC, moment // 30) == code
        assert step_of(RFC, code, moment) == moment // 30
    assert step_of(RFC, "287082", 59 + 30) == 1, "half a minute late"
    assert step_of(RFC, "287082", 59 + 60) is None
    assert step_of(RFC, "2870８2", 59) is None


def test_with_an_app_the_password_alone_opens_nothing(ada: User) -> None:
    secret, _codes = with_app(ada)
    client = first_step(ada, next="/settings/profile/")
    assert not is_in(client)
    assert client.post("/sign-in/second/", {"code": "123456"}).status_code == 422
    answer = client.post("/sign-in/second/", {"code": code_at(secret, int(NOW // 30))})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/profile/")
    assert is_in(client)
    assert client.session.get_expire_at_browser_close()
    again = first_step(ada)
    answer = again.post("/sign-in/second/", {"code": code_at(secret, int(NOW // 30))})
    assert answer.status_code == 422, "a code works once"
    assert Event.SECOND_WRONG in SignInEntry.objects.values_list("event", flat=True)


def test_secrets_are_sealed_and_codes_are_digests(ada: User, django_assert_num_queries: object) -> None:
    from django.db import connection

    secret, codes = with_app(ada)
    with connection.cursor() as cursor:
        cursor.execute("select secret from accounts_authenticator")
        sealed = cursor.fetchone()[0]
    assert sealed.startswith(SIGN)
    assert secret not in sealed
    assert len(codes) == 10
    assert not set(codes) & set(RecoveryCode.objects.values_list("digest", flat=True))


def test_a_recovery_code_works_once_however_it_is_typed(ada: User) -> None:
    _secret, codes = with_app(ada)
    client = first_step(ada)
    assert client.post("/sign-in/second/", {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert is_in(client)
    assert not use_recovery_code(ada, codes[0])
    assert not use_recovery_code(make_user(), codes[1])
    shown = proved(ada).post("/settings/security/codes/new/").text
    assert not use_recovery_code(ada, codes[1]), "new codes replace the old ones"
    assert use_recovery_code(ada, re.findall(r"<code>([a-z0-9-]{19})</code>", shown)[0])


def test_guessing_codes_is_throttled(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "SECOND_PER_USER", throttle.Limit("second-user", 2, 15))
    secret, _codes = with_app(ada)
    client = first_step(ada)
    answers = [client.post("/sign-in/second/", {"code": "123456"}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
    assert client.post("/sign-in/second/", {"code": code_at(secret, int(NOW // 30))}).status_code == 429


def test_the_first_step_is_forgotten_after_ten_minutes_and_with_a_new_password(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _codes = with_app(ada)
    slow, other = first_step(ada), first_step(ada)
    ada.set_password("seven-green-lamps")
    ada.save()
    right = {"code": code_at(secret, int(NOW // 30))}
    assert other.post("/sign-in/second/", right).headers["Location"] == "/sign-in/"
    ada.set_password(PASSWORD)
    ada.save()
    monkeypatch.setattr(totp.time, "time", lambda: NOW + 601)
    assert slow.get("/sign-in/second/").headers["Location"] == "/sign-in/"
    assert Client().get("/sign-in/second/").headers["Location"] == "/sign-in/"


def test_a_link_from_a_mail_does_not_replace_the_second_factor(ada: User) -> None:
    from rapport.accounts.mail import password_link

    with_app(ada)
    client = Client()
    path = password_link(ada, "")
    new = {"password": "seven-green-lamps", "password_again": "seven-green-lamps"}
    assert client.post(path, new).headers["Location"] == "/sign-in/second/"
    assert not is_in(client)


def test_who_changes_how_he_signs_in_shows_first_that_it_is_he(ada: User) -> None:
    with_app(ada)
    app = Authenticator.objects.get()
    client = Client()
    client.force_login(ada)
    for path in (f"/settings/security/factors/{app.pk}/remove/", "/settings/security/codes/new/"):
        assert client.post(path).headers["Location"].startswith("/settings/security/confirm/")
    assert client.get("/settings/security/app/").status_code == 302
    assert Authenticator.objects.exists()
    assert client.post("/settings/security/confirm/", {"password": "wrong"}).status_code == 422
    answer = client.post(
        "/settings/security/confirm/", {"password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer.headers["Location"] == "/settings/security/"
    assert client.post(f"/settings/security/factors/{app.pk}/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    ada.refresh_from_db()
    assert not ada.has_second_factor


def test_the_last_passkey_stays_with_who_has_no_password(ada: User) -> None:
    ada.set_unusable_password()
    ada.save()
    client = proved(ada)
    keys = [
        Authenticator.objects.create(user=ada, kind=Kind.PASSKEY, name=name, credential_id=name.encode())
        for name in ("Phone", "Key")
    ]
    for key in keys:
        client.post(f"/settings/security/factors/{key.pk}/remove/")
    assert "without this passkey" in client.get("/settings/security/").text
    assert [one.name for one in Authenticator.objects.all()] == ["Key"]
    provider = Provider.objects.create(name="Company", issuer="https://id.example", client_id="x", secret="s")
    Identity.objects.create(provider=provider, subject="ada", user=ada)
    client.post(f"/settings/security/factors/{keys[1].pk}/remove/")
    assert not Authenticator.objects.exists()


def test_nobody_removes_the_factor_of_somebody_else(ada: User) -> None:
    with_app(ada)
    client = proved(make_user())
    app = Authenticator.objects.get()
    assert client.post(f"/settings/security/factors/{app.pk}/remove/").status_code == 404
    assert client.post(f"/settings/users/{ada.pk}/factors/reset/").status_code == 404
    assert Authenticator.objects.exists()


def test_an_administrator_takes_lost_factors_away_and_the_log_tells(ada: User) -> None:
    with_app(ada)
    boss = make_user("Boss", role="administrator")
    client = Client()
    client.force_login(boss)
    client.post(f"/settings/users/{ada.pk}/factors/reset/")
    ada.refresh_from_db()
    assert not ada.has_second_factor
    entry = SignInEntry.objects.get(event=Event.FACTORS_RESET)
    assert (entry.user, entry.by) == (ada, boss)
    with_app(ada)
    call_command("reset_second_factors", ada.email.upper())
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("for_whom", ["everybody", "role"])
def test_who_must_have_a_second_factor_adds_it_before_he_sees_anything(ada: User, for_whom: str) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get("/people/").status_code == 200
    boss = Client()
    boss.force_login(make_user(role="administrator"))
    roles = [Role.objects.get(key="member").pk] if for_whom == "role" else []
    rules = {"log_months": 6, "invitation_days": 7, "roles": roles}
    boss.post("/settings/sign-in/", rules | ({"everybody": "on"} if for_whom == "everybody" else {}))
    assert client.get("/people/").headers["Location"] == "/settings/security/"
    assert (
        client.get("/people/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/settings/security/"
    )
    assert client.post("/people/new/", {"name": "X"}).status_code == 302
    assert "You need a second factor here" in client.get("/settings/security/").text
    with_app(ada)
    assert client.get("/people/").status_code == 200
    role_less = boss.get("/people/").status_code
    assert role_less == (302 if for_whom == "everybody" else 200)


def test_who_came_by_company_sign_in_owes_nothing(ada: User) -> None:
    from rapport.accounts.sessions.store import ABOUT, about

    Company.objects.update(needs_second_factor=True)
    client = Client()
    client.force_login(ada)
    session = client.session
    session[ABOUT] = about(way=Way.SINGLE)
    session.save()
    assert client.get("/people/").status_code == 200


def test_an_app_whose_secret_cannot_be_opened_accepts_nothing(ada: User, settings: object) -> None:
    secret, codes = with_app(ada)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert not app_accepts(ada, code_at(secret, int(NOW // 30)))
    assert use_recovery_code(ada, codes[0]), "recovery codes do not hang on the key"
