"""No request may fill the disk: bodies that are too large are refused before they are read."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Message = Mapping[str, Any]  # Any: what ASGI says
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

SENTENCE = b"This is too large to be sent. Nothing was saved."


def limited(application: Application, most: int) -> Application:
    """Answer 413 to bodies of more than `most` bytes, announced or sent."""

    async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await application(scope, receive, send)
        announced = dict(scope.get("headers") or ()).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > most:
            return await _refuse(send)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body") or b"")
            # Django stops reading when the sender is gone; a body without length cannot be answered in between.
            return {"type": "http.disconnect"} if seen > most else message

        return await application(scope, counted, send)

    return serve


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE})
