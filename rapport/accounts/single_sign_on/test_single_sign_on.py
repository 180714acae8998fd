"""Company sign-in, against a real provider on this machine; and tokens that must not be believed."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from rapport.accounts.models import Identity, Provider, RightsEntry, Role, User
from rapport.accounts.signin_log.models import Event, SignInEntry, Way
from rapport.accounts.single_sign_on import protocol
from rapport.accounts.single_sign_on.protocol import NoTrustError
from rapport.accounts.testing import make_company, make_user
from rapport.runtime.secrets import SIGN

pytestmark = pytest.mark.django_db
BACK = "http://testserver/sign-in/back/"


def person(sub: str, email: str, verified: bool | None = True) -> oidc_provider_mock.User:
    claims: dict[str, object] = {"email": email, "name": f"Name of {sub}"}
    if verified is not None:
        claims["email_verified"] = verified
    return oidc_provider_mock.User(sub=sub, claims=claims)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    people = [
        person("ada", "Ada@Halden.example"), person("new", "new@halden.example"), person("far", "far@else.example"),
        person("liar", "ada@halden.example", False), person("quiet", "ada@halden.example", None),
        oidc_provider_mock.User(sub="mute", claims={}),
    ]  # fmt: skip
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def provider(issuer: str, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setenv("RAPPORT_SIGN_ON_NETWORKS", "127.0.0.0/8")
    make_company()
    return Provider.objects.create(name="Halden account", issuer=issuer, client_id="rapport", secret="s3cret")


@pytest.fixture
def ada(provider: Provider) -> User:
    return User.objects.create_user("ada@halden.example", name="Ada")


def there(client: Client, provider: Provider, sub: str, target: str = "/people/") -> str:
    """Go to the provider, sign in there, and return the address that it sends the browser back to."""
    answer = client.get(f"/sign-in/with/{provider.pk}/", {"next": target})
    assert answer.status_code == 302, answer.text
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [BACK]
    back = requests.post(answer.headers["Location"], data={"sub": sub}, allow_redirects=False, timeout=10)
    found = back.headers["Location"]
    assert found.startswith(BACK)
    return found


def come_back(client: Client, provider: Provider, sub: str) -> Any:
    return client.get(there(client, provider, sub))


def test_a_user_is_found_by_his_verified_address_and_then_by_his_number(
    provider: Provider, ada: User
) -> None:
    client = Client()
    assert "Halden account" in client.get("/sign-in/").text
    answer = come_back(client, provider, "ada")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people/")
    assert client.get("/settings/security/").status_code == 200
    assert Identity.objects.get().user == ada
    User.objects.filter(pk=ada.pk).update(email="ada.new@halden.example")
    assert come_back(Client(), provider, "ada").status_code == 302
    events = list(SignInEntry.objects.order_by("id").values_list("event", "way"))
    assert events == [
        (Event.LINKED, Way.SINGLE),
        (Event.SIGNED_IN, Way.SINGLE),
        (Event.SIGNED_IN, Way.SINGLE),
    ]


@pytest.mark.parametrize("sub", ["liar", "quiet", "mute", "new"])
def test_who_is_not_vouched_for_or_not_here_stays_outside(provider: Provider, ada: User, sub: str) -> None:
    client = Client()
    answer = come_back(client, provider, sub)
    assert answer.status_code == 422
    assert client.get("/settings/security/").status_code == 302
    assert not Identity.objects.exists()
    assert SignInEntry.objects.get().event == Event.REFUSED
    assert User.objects.count() == 1


def test_a_provider_of_ones_own_may_vouch_for_every_address(provider: Provider, ada: User) -> None:
    Provider.objects.update(trusts_addresses=True)
    assert come_back(Client(), provider, "quiet").status_code == 302


def test_new_users_are_made_for_the_named_domains_only(provider: Provider) -> None:
    role = Role.objects.get(key="restricted")
    Provider.objects.update(creates_users=True, domains=["halden.example"], role=role)
    assert come_back(Client(), provider, "new").status_code == 302
    assert come_back(Client(), provider, "far").status_code == 422
    user = User.objects.get()
    assert (user.email, user.name, user.roles.get()) == ("new@halden.example", "Name of new", role)
    told = RightsEntry.objects.get()
    assert (told.whom_id, told.thing_id, told.by, told.door) == (str(user.pk), str(role.pk), None, "sign-in")
    assert not user.has_usable_password()
    User.objects.update(is_active=False)
    assert come_back(Client(), provider, "new").status_code == 422


def test_state_and_code_work_once_and_in_one_browser(provider: Provider, ada: User) -> None:
    client, thief = Client(), Client()
    back = there(client, provider, "ada")
    assert thief.get(back).status_code == 422, "the address of somebody else's sign-in"
    there(thief, provider, "ada")
    assert thief.get(back).status_code == 422, "with a sign-in of his own begun"
    other = Client()
    back = there(other, provider, "ada")
    assert other.get(back).status_code == 302
    other.post("/sign-out/")
    assert other.get(back).status_code == 422
    assert Client().get("/sign-in/back/").status_code == 422


def test_nobody_is_led_to_another_site(provider: Provider, ada: User) -> None:
    client = Client()
    answer = client.get(there(client, provider, "ada", "https://evil.example/"))
    assert answer.headers["Location"] == "/"


def test_who_leaves_can_sign_out_there_too(provider: Provider, ada: User) -> None:
    client = Client()
    come_back(client, provider, "ada")
    page = client.post("/sign-out/")
    assert page.status_code == 200
    assert f"{provider.issuer}/oauth2/end_session?" in page.text
    assert "id_token_hint=" in page.text
    assert client.get("/settings/security/").status_code == 302


def test_a_provider_in_a_private_network_is_not_called_unless_allowed(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAPPORT_SIGN_ON_NETWORKS")
    client = Client()
    answer = client.get(f"/sign-in/with/{provider.pk}/")
    assert answer.status_code == 422
    assert "private network" in answer.text
    for issuer in ("http://169.254.169.254", "https://localhost", "file:///etc/passwd", "https://10.0.0.1"):
        with pytest.raises(NoTrustError):
            protocol.discover(issuer)


def test_providers_are_the_administrators_and_are_asked_at_once(provider: Provider, issuer: str) -> None:
    client = Client()
    client.force_login(make_user())
    assert client.get("/settings/providers/").status_code == 404
    client.force_login(make_user(role="administrator"))
    form = {"name": "Other", "issuer": issuer + "/", "client_id": "x", "secret": "y", "is_on": "on"}
    assert client.post("/settings/providers/new/", form | {"issuer": issuer + "/wrong"}).status_code == 422
    assert client.post("/settings/providers/new/", form | {"secret": ""}).status_code == 422
    assert client.post("/settings/providers/new/", form | {"creates_users": "on"}).status_code == 422
    assert client.post("/settings/providers/new/", form).status_code == 302
    made = Provider.objects.get(name="Other")
    page = client.get(f"/settings/providers/{made.pk}/").text
    assert ">y<" not in page
    assert 'value="y"' not in page
    client.post(f"/settings/providers/{made.pk}/", form | {"secret": "", "name": "Renamed"})
    made.refresh_from_db()
    assert (made.name, made.secret) == ("Renamed", "y")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select secret from accounts_provider")
        assert all(one.startswith(SIGN) for (one,) in cursor.fetchall())
    assert client.post(f"/settings/providers/{made.pk}/delete/").status_code == 302


ADDRESSES = {
    name: f"https://id.example/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
}


@pytest.mark.parametrize(
    ("about", "rest"),
    [
        ({"authorization_endpoint": "https://[", "issuer": "https://id.example"}, {}),
        ({**ADDRESSES, "issuer": "https://id.example", "token_endpoint_auth_methods_supported": 5}, {}),
        ({**ADDRESSES, "issuer": "https://id.example"}, {"keys": 5}),
        ({**ADDRESSES, "issuer": "https://id.example"}, {"keys": ["x", {}], "id_token": ["x"]}),
        ({**ADDRESSES, "issuer": ["https://id.example"]}, {}),
    ],
)
def test_a_provider_that_answers_nonsense_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, about: dict[str, Any], rest: dict[str, Any]
) -> None:
    def said(_method: str, address: str, *_more: object) -> dict[str, Any]:
        return about if "well-known" in address else rest

    monkeypatch.setattr(protocol, "_called", said)
    vouching = Provider(issuer="https://id.example", client_id="rapport", secret="x")
    with pytest.raises(NoTrustError):
        protocol.finish(vouching, "code", protocol.begin(vouching, BACK), BACK)


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
GOOD = {"iss": "https://id.example.com", "aud": "rapport", "sub": "ada", "nonce": "n"}


def signed(key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    now = int(time.time())
    claims = {**GOOD, "iat": now, "exp": now + 60, **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm)


def believed(monkeypatch: pytest.MonkeyPatch, token: str) -> dict[str, Any]:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    monkeypatch.setattr(protocol, "_called", lambda *_: {"keys": [public]})
    about = {"jwks_uri": "https://id.example.com/keys", "issuer": GOOD["iss"]}
    return protocol._claims(Provider(client_id="rapport"), about, token, "n")


def test_a_token_that_is_good_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert believed(monkeypatch, signed())["sub"] == "ada"
    assert believed(monkeypatch, signed(aud=["rapport"], azp="rapport"))["sub"] == "ada"


@pytest.mark.parametrize(
    "token",
    [
        lambda: signed(OTHER), lambda: signed(nonce="other"), lambda: signed(nonce=None), lambda: signed(aud="other"),
        lambda: signed(iss="https://evil.example"), lambda: signed(exp=1), lambda: signed(exp=None),
        lambda: signed(sub=None), lambda: signed(azp="other"), lambda: signed(iat=int(time.time()) + 3600),
        lambda: signed(None, "none"), lambda: signed("x" * 64, "HS256"), lambda: signed()[:-4] + "AAAA", lambda: "",
        lambda: "a.b.c",
    ],
)  # fmt: skip
def test_a_token_that_is_not_good_is_not_believed(monkeypatch: pytest.MonkeyPatch, token: Any) -> None:
    with pytest.raises(NoTrustError):
        believed(monkeypatch, token())
