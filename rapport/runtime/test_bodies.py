"""Bodies that are too large are refused before they are read."""

from contextlib import suppress
from typing import Any

from rapport.runtime.bodies import limited


def answer(headers: list[tuple[bytes, bytes]], chunks: list[bytes]) -> tuple[list[Any], list[Any]]:
    """What is sent for that request, and what the application was given to read."""
    sent: list[Any] = []
    read: list[Any] = []
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while len(read) < len(chunks):
            read.append(await receive())
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asked = limited(application, 10)({"type": "http", "headers": headers}, receive, send)
    with suppress(StopIteration):  # nothing here waits, so it needs no event loop
        asked.send(None)
    return sent, read


def test_a_body_that_is_announced_as_too_large_is_not_read() -> None:
    for announced in (b"11", b"99999999999999999999", b"-1", b"many"):
        sent, read = answer([(b"content-length", announced)], [b"x"])
        assert (sent[0]["status"], read) == (413, [])


def test_a_body_without_length_ends_where_it_becomes_too_large() -> None:
    _sent, read = answer([], [b"12345", b"12345", b"6"])
    assert [message["type"] for message in read] == ["http.request", "http.request", "http.disconnect"]


def test_a_body_of_the_largest_size_passes() -> None:
    sent, read = answer([(b"content-length", b"10")], [b"1234567890"])
    assert (sent[0]["status"], read[0]["body"]) == (200, b"1234567890")
