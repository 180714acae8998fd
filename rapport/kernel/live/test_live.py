"""What open pages are told: what changed, to those who may see it, from a position of the log on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from queue import Queue
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import Role, User
from rapport.kernel.changes.log import Position, now
from rapport.kernel.comments.store import add_comment
from rapport.kernel.fields import Amount
from rapport.kernel.live import presence
from rapport.kernel.live.batch import read_batch
from rapport.kernel.live.hub import Hub, Stream, signed_in
from rapport.kernel.live.models import Presence
from rapport.kernel.live.sight import Look, told_to
from rapport.kernel.notifications.models import Follower
from rapport.kernel.records import save_record
from rapport.kernel.testing import make, make_user
from rapport.runtime import streams
from rapport.runtime.ids import uuid7
from rapport.sales.deals.models import Deal

real = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@real
def test_only_what_one_may_see_is_told_and_only_what_is_finished(
    administrator: User, member: User, stranger: User, django_assert_num_queries: Any
) -> None:
    colleague = make_user(role="administrator")
    role = Role.objects.create(
        key="blind", grants={"*": {"read": "all"}}, field_rights={"deals": {"amount": "hidden"}}
    )
    blind = User.objects.create_user("blind@example.com", None, name="Bo Blind")
    blind.roles.set([role])
    start = now()
    deal = make(Deal, owner=member, name="Night trains")
    made = read_batch(start)
    save_record(deal, {"name": "Day trains"}, by=member)
    renamed = read_batch(made.until)
    key, look = str(deal.pk), Look()  # one for all: what one of them may see is nothing for the others
    assert told_to(administrator, renamed.happenings, look) == {"records": {key: ["deals", "record", False]}}
    assert told_to(colleague, [], look) == {}  # reads his roles
    with django_assert_num_queries(0):
        assert told_to(colleague, renamed.happenings, look)["records"].keys() == {key}
    # It is his own: the fourth says so.
    assert told_to(member, renamed.happenings, look) == {"records": {key: ["deals", "record", True, True]}}
    assert told_to(stranger, renamed.happenings, look) == {}
    assert told_to(blind, renamed.happenings, look)["records"].keys() == {key}

    save_record(deal, {"amount": Amount(Decimal(900), "EUR")}, by=member)
    dearer = read_batch(renamed.until)
    assert told_to(administrator, dearer.happenings, Look())["records"].keys() == {key}
    assert told_to(blind, dearer.happenings, Look()) == {}

    Follower.objects.create(record_id=deal.pk, user=administrator)
    add_comment(deal, "Call them", by=member)
    said = read_batch(dearer.until)
    assert told_to(administrator, said.happenings, Look()) == {
        "bell": True, "records": {key: ["deals", "comments", False]}
    }  # fmt: skip
    assert told_to(stranger, said.happenings, Look()) == {}
    assert read_batch(said.until).happenings == []


@real
def test_a_stream_is_told_from_its_position_on_and_ends_with_its_session(
    client: Client, administrator: User, member: User
) -> None:
    client.force_login(member)
    key = client.session.session_key or ""
    page = client.get("/").wsgi_request.user
    deal = make(Deal, owner=administrator, name="Night trains")  # between the page and its stream
    hub, told = Hub(), Queue[str | None]()
    since = Position((page.snapshot or 1) - 1, 2**62)
    stream = Stream(member.pk, key, member.pk, since, told.put)
    hub.open(stream)
    assert f'"{deal.pk}":["deals","create",false]' in (told.get(timeout=20) or "")
    hub.end()
    assert told.get(timeout=20) is None
    assert signed_in([(key, member.pk), (key, administrator.pk)]) == {(key, member.pk)}
    client.logout()
    assert not signed_in([(key, member.pk)])


@pytest.mark.django_db
def test_strangers_learn_neither_who_is_where_nor_what_stands_where(
    client: Client, member: User, administrator: User, stranger: User
) -> None:
    deal = make(Deal, owner=member, name="Night trains")
    tab = uuid7()
    presence.here(member, tab, deal.pk, is_editing=True)
    client.force_login(stranger)
    for address in (
        f"/deals/{deal.pk}/here/",
        f"/deals/rows/?ids={deal.pk}",
        f"/deals/board/cards/?ids={deal.pk}",
    ):
        answer = client.get(address)
        assert b"Mara" not in answer.content and b"Night" not in answer.content
    assert client.post(f"/deals/{deal.pk}/here/", {"tab": uuid7()}).status_code == 404
    client.post(f"/deals/{deal.pk}/here/", {"tab": tab, "gone": "1"})  # of somebody else
    client.force_login(administrator)
    assert b"Mara Member is editing here" in client.get(f"/deals/{deal.pk}/here/").content
    Presence.objects.update(seen_at=timezone.now() - presence.VALID)
    assert b"Mara" not in client.get(f"/deals/{deal.pk}/here/").content


def test_a_word_that_comes_behind_the_farewell_of_its_tab_does_not_count(
    administrator: User, member: User
) -> None:
    deal = make(Deal, owner=member, name="Night trains")
    early, late = uuid7(), uuid7()
    presence.here(member, early, deal.pk, is_editing=False)
    for tab in (early, late):
        presence.gone(member, tab, deal.pk)
        presence.here(member, tab, deal.pk, is_editing=False)
    assert presence.others_on(deal.pk, administrator) == []
    presence.here(member, uuid7(), deal.pk, is_editing=False)
    assert presence.others_on(deal.pk, administrator) == [(member, False)]


def test_a_talk_is_sent_when_the_request_is_over_and_ends_with_its_listener() -> None:
    said: list[Any] = []  # Any: what ASGI says
    ended: list[bool] = []

    class Talk:
        def begin(self, put: streams.Put) -> None:
            assert said[0]["status"] == 200
            put("data: one\n\n")
            put(None)

        def end(self) -> None:
            ended.append(True)

    async def application(scope: dict[str, Any], receive: streams.Receive, send: streams.Send) -> None:
        scope[streams.KEY] = Talk()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        return {}

    async def send(message: Any) -> None:
        said.append(message)

    with ThreadPoolExecutor() as thread:  # a browser test may run a loop in this one
        thread.submit(
            lambda: asyncio.run(streams.with_streams(application)({"type": "http"}, receive, send))
        ).result()
    assert said[0]["headers"] == []
    assert [one["body"] for one in said[1:]] == [b"retry: 2000\n\n", b"data: one\n\n", b""]
    assert ended == [True]
