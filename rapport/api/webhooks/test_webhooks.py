"""A subscriber gets all that he may know, in order and signed, whatever happens to him; our network stays closed."""

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.api.changes.log import now
from rapport.api.records.test_records import kind_of
from rapport.api.testing import Program
from rapport.api.webhooks import testing
from rapport.api.webhooks.deliver import deliver, due
from rapport.api.webhooks.models import Delivery, Subscription
from rapport.kernel.records import delete_record, save_record
from rapport.kernel.testing import make
from rapport.runtime import outside

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver:
    """A real receiver that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.kept, self.process = folder / "kept", None

    def start(self) -> None:
        command = [sys.executable, testing.__file__, str(self.port), str(self.kept)]
        self.process = subprocess.Popen(command)
        for _try in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the receiver does not start")

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def calls(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.kept.read_text().splitlines()] if self.kept.exists() else []

    def events(self) -> list[Any]:
        return [event for call in self.calls() for event in json.loads(call["body"])["events"]]


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("RAPPORT_WEBHOOK_NETWORKS", "127.0.0.0/8")
    made = Receiver(tmp_path)
    made.start()
    yield made
    made.kill()


def subscribe(user: User, receiver: Receiver, **values: Any) -> Subscription:
    begin = now()
    values = {"url": f"http://127.0.0.1:{receiver.port}/in", "secret": "whsec_x", "name": "ERP"} | values
    return Subscription.objects.create(
        user=user, transaction=begin.transaction, change=begin.change, **values
    )


def again(hook: Subscription) -> Subscription:
    """The next run, as if the time of waiting had passed."""
    Subscription.objects.filter(pk=hook.pk).update(next_at=timezone.now())
    deliver(hook.pk)
    return Subscription.objects.get(pk=hook.pk)


def test_a_subscriber_is_told_in_order_and_can_check_who_tells(
    administrator: User, receiver: Receiver
) -> None:
    hook = subscribe(administrator, receiver)
    person: Any = make(kind_of("people").model, owner=administrator, by=administrator, name="Ida")
    save_record(person, {"name": "Ida Storm"}, by=administrator)
    delete_record(person, by=administrator)
    deliver(hook.pk)
    acts = [one["act"] for one in receiver.events() if one["record_id"] == str(person.pk)]
    assert acts == ["delete"], "what is in the trash by now is told as gone"
    other: Any = make(kind_of("people").model, owner=administrator, by=administrator, name="Bo")
    deliver(hook.pk)
    save_record(other, {"name": "Bo Berg"}, by=administrator)
    deliver(hook.pk)
    told = [one for one in receiver.events() if one["record_id"] == str(other.pk)]
    assert told[0]["act"] == "create"
    assert (told[-1]["act"], told[-1]["record"]["fields"]["name"]) == ("update", "Bo Berg")
    call = receiver.calls()[0]
    moment, given = (part.partition("=")[2] for part in call["signature"].split(","))
    right = hmac.new(b"whsec_x", f"{moment}.{call['body']}".encode(), hashlib.sha256).hexdigest()
    assert given == right
    assert abs(int(moment) - time.time()) < 60
    before = len(receiver.calls())
    deliver(hook.pk)
    assert len(receiver.calls()) == before, "nothing new is no call"


def test_a_killed_receiver_loses_nothing(administrator: User, receiver: Receiver) -> None:
    hook = subscribe(administrator, receiver, types=["people"])
    kind, made = kind_of("people"), list[str]()
    for round_ in range(4):
        if round_ in (1, 2):
            receiver.kill()
        for number in range(130 if round_ == 2 else 3):
            made.append(str(make(kind.model, owner=administrator, by=administrator, name=f"P{number}").pk))
        if round_ == 3:
            receiver.start()
        hook = again(hook)
        if round_ in (1, 2):
            assert (hook.failures, hook.is_on) == (round_, True)
            assert hook.next_at > timezone.now()
            assert hook.pk not in due()
    assert (hook.failures, hook.problem) == (0, "")
    told = [one["record_id"] for one in receiver.events() if one["act"] == "create"]
    assert list(dict.fromkeys(told)) == made, "all, in order"
    assert Delivery.objects.filter(subscription=hook, status=0).count() == 2


def test_only_what_is_wanted_is_told(administrator: User, receiver: Receiver) -> None:
    tree = {"all": [{"field": "source", "is": "is", "value": "fair"}]}
    hook = subscribe(
        administrator, receiver, types=["people"], acts=["create"], filter=tree, skips_programs=True
    )
    kind = kind_of("people")
    right: Any = make(kind.model, owner=administrator, by=administrator, source="fair")
    make(kind.model, owner=administrator, by=administrator, source="other")
    make(kind_of("organizations").model, owner=administrator, by=administrator, source="fair")
    save_record(right, {"about": "x"}, by=administrator)
    Program(administrator).post("people", {"fields": {"name": "Echo", "source": "fair"}})
    deliver(hook.pk)
    assert [one["record_id"] for one in receiver.events()] == [str(right.pk)]


def test_a_subscriber_is_told_what_his_user_may_see(member: User, stranger: User, receiver: Receiver) -> None:
    hook = subscribe(stranger, receiver)
    make(kind_of("people").model, owner=member, by=member, name="Quarzblatt")
    own = make(kind_of("people").model, owner=stranger, by=stranger)
    deliver(hook.pk)
    assert {one["record_id"] for one in receiver.events()} == {str(own.pk)}
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    make(kind_of("people").model, owner=member, by=member)
    hook = again(hook)
    assert not hook.is_on
    assert hook.problem


def test_a_filter_that_fits_no_more_stops_it(administrator: User, receiver: Receiver) -> None:
    tree = {"all": [{"field": "nonsense", "is": "is", "value": "1"}]}
    hook = subscribe(administrator, receiver, types=["people"], filter=tree)
    make(kind_of("people").model, owner=administrator, by=administrator)
    hook = again(hook)
    assert (hook.is_on, receiver.events()) == (False, [])


def test_after_a_week_of_failures_it_stops_and_goes_on_where_it_was(
    administrator: User, receiver: Receiver
) -> None:
    hook = subscribe(administrator, receiver)
    receiver.kill()
    make(kind_of("people").model, owner=administrator, by=administrator)
    hook = again(hook)
    Subscription.objects.filter(pk=hook.pk).update(failing_since=timezone.now() - timedelta(days=8))
    hook = again(hook)
    assert not hook.is_on
    receiver.start()
    client = Client()
    client.force_login(administrator)
    client.post(f"/settings/webhooks/{hook.pk}/switch/")
    deliver(hook.pk)
    assert receiver.events()


def test_everything_since_a_moment_is_told_again(administrator: User, receiver: Receiver) -> None:
    hook = subscribe(administrator, receiver, types=["people"])
    make(kind_of("people").model, owner=administrator, by=administrator)
    deliver(hook.pk)
    first = receiver.events()
    client = Client()
    client.force_login(administrator)
    moment = (timezone.now() - timedelta(minutes=5)).isoformat()
    client.post(f"/settings/webhooks/{hook.pk}/replay/", {"since": moment})
    deliver(hook.pk)
    ids = [one["id"] for one in receiver.events()]
    assert [one["id"] for one in first] == ids[len(first) :][-len(first) :]
    assert client.post(f"/settings/webhooks/{hook.pk}/replay/", {"since": "x"}).status_code == 302


FORBIDDEN = [
    "http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[fd00::1]/", "https://[fec0::1]/", "https://[::ffff:10.0.0.1]/",
    "https://0.0.0.0/", "https://[::]/", "https://172.16.0.1/", "https://100.64.0.1/", "https://224.0.0.1/",
    "https://2130706433/", "https://0x7f000001/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/",
    "ftp://example.com/", "file:///etc/passwd", "https://", "https://user:secret@1.1.1.1/", "https://a b/", "x",
    "https://1.1.1.1:99999/", "http://1.1.1.1/", "https://1.1.1.1\r\nX: y/", "https://[", "https://\x00/",
]  # fmt: skip


@pytest.mark.parametrize("url", FORBIDDEN)
def test_private_networks_are_never_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_said: object, **_more: object) -> None:
        raise AssertionError("it was called")

    monkeypatch.setattr(socket, "create_connection", never)
    outcome = outside.call("POST", url, b"{}", {})
    assert outcome.status == 0
    assert outcome.problem.endswith(".")


def test_a_name_that_answers_otherwise_a_moment_later_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, called = ["1.1.1.1", "127.0.0.1"], list[str]()

    def resolve(_host: str, port: int, **_more: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    def connect(place: tuple[str, int], *_more: object) -> None:
        called.append(place[0])
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    outside.call("POST", "https://rebind.example.com/", b"{}", {})
    assert called == ["1.1.1.1"]
    both = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    assert outside.call("POST", "https://two.example.com/", b"{}", {}).status == 0
    assert called == ["1.1.1.1"], "one private address among several is enough to refuse"


def test_public_addresses_are_public() -> None:
    assert all(outside.is_public(ip_address(one)) for one in ("1.1.1.1", "2606:4700::1111"))


def test_webhooks_are_made_tried_and_deleted_in_the_settings(administrator: User, receiver: Receiver) -> None:
    client = Client()
    client.force_login(administrator)
    form = {
        "name": "ERP",
        "url": f"http://127.0.0.1:{receiver.port}/",
        "types": ["people"],
        "acts": ["create"],
    }
    assert client.post("/settings/webhooks/new/", form | {"url": "nonsense"}).status_code == 422
    assert client.post("/settings/webhooks/new/", form).status_code == 302
    hook = Subscription.objects.get()
    client.post(f"/settings/webhooks/{hook.pk}/try/")
    assert [one["act"] for one in receiver.events()] == ["test"]
    page = client.get(f"/settings/webhooks/{hook.pk}/").content.decode()
    assert "whsec_" in page
    assert "200" in page
    assert "ERP" in client.get("/settings/webhooks/").content.decode()
    client.post(f"/settings/webhooks/{hook.pk}/switch/")
    assert not Subscription.objects.get().is_on
    client.post(f"/settings/webhooks/{hook.pk}/delete/")
    assert not Subscription.objects.exists()
