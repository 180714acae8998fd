"""Answers that never end: sent from the event loop, when Django has given back the thread and the connection.

A view that wants to go on talking puts a `Talk` into the request's ASGI scope and answers as usual; its answer is not
sent. The status and headers are, and then whatever the talk has to say, until either side has had enough.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

from rapport.runtime.bodies import Application, Message, Receive, Send

KEY = "rapport.talk"
ALIVE_EVERY = 20.0  # seconds; proxies close connections on which nothing is said
MOST_WAITING = 200  # messages; who does not take them is let go

Put = Callable[[str | None], None]


class Talk(Protocol):
    """What is said to one listener."""

    def begin(self, put: Put) -> None:
        """Say something from now on: `put` takes it from any thread; None ends the answer."""

    def end(self) -> None:
        """The listener is gone."""


def with_streams(application: Application) -> Application:
    """Let views answer with a talk."""

    async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:  # Any: what ASGI says
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            if KEY in scope:
                held.append(message)
            else:
                await send(message)

        await application(scope, receive, hold)
        if held and held[0]["status"] == HTTPStatus.OK:
            await _talk(scope[KEY], held[0], receive, send)
            return
        for message in held:  # something said no on the way out
            await send(message)

    return serve


async def _talk(talk: Talk, start: Message, receive: Receive, send: Send) -> None:
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": headers})
    waiting: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def add(text: str | None) -> None:
        waiting.put_nowait(text if waiting.qsize() < MOST_WAITING else None)

    def put(text: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(add, text)

    gone = asyncio.ensure_future(_until_gone(receive))
    gone.add_done_callback(lambda _done: add(None))
    talk.begin(put)
    try:
        text: str | None = "retry: 2000\n\n"
        while text is not None:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            try:
                text = await asyncio.wait_for(waiting.get(), ALIVE_EVERY)
            except TimeoutError:
                text = ": still here\n\n"
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except OSError:  # the listener has left while something was said
        pass
    finally:
        talk.end()
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
