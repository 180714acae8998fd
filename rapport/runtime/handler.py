"""Django behind an ASGI server: static files first, then every request in one thread from end to end."""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase
from servestatic import ServeStaticASGI

from rapport.runtime.bodies import Application


class OneThread(ASGIHandler):
    """Django's handler with its middleware in the synchronous way.

    The asynchronous way moves a request to a thread and back for each middleware, a few milliseconds in all, and our
    views read a database with a synchronous driver anyway. Here it changes threads once. Streams are still sent
    from the event loop, so a page that waits for news holds no thread.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the synchronous chain, whatever is asked for."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the thread of this request."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


def with_static_files(application: Application) -> Application:
    """Answer requests for collected files before Django sees them."""
    served: Application = ServeStaticASGI(
        application, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL, allow_all_origins=False,
        immutable_file_test=settings.STATIC_FOREVER, add_headers_function=_as_declared,
    )  # fmt: skip
    return served


def _as_declared(headers: Any, _path: str, _url: str) -> None:  # Any: wsgiref's headers
    headers["X-Content-Type-Options"] = "nosniff"
