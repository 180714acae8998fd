"""Answers travel compressed: each as one gzip stream, also those that are sent while they are written."""

from collections.abc import AsyncIterator
from gzip import GzipFile
from io import BytesIO
from secrets import randbelow

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware

LEVEL = 6


class Compressed(GZipMiddleware):
    """Django's compression, but for asynchronous streams.

    Of these Django makes a gzip file for every piece. Browsers read the first one and ignore what follows: an exported
    file ended after its first few bytes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, StreamingHttpResponse) or not response.is_async:
            assert isinstance(response, HttpResponse | StreamingHttpResponse)
            return super().process_response(request, response)
        pieces, was_encoded = response.streaming_content, response.has_header("Content-Encoding")
        answer = super().process_response(request, response)
        if not was_encoded and answer.has_header("Content-Encoding"):
            response.streaming_content = self._one_stream(pieces)  # type: ignore[arg-type]  # it is asynchronous
        return answer

    async def _one_stream(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        buffer = BytesIO()
        # A name of random length hides the length of what is compressed, as Django does it (BREACH).
        name = "a" * randbelow(self.max_random_bytes + 1)
        with GzipFile(name, "wb", LEVEL, buffer, mtime=0) as packed:
            async for piece in pieces:
                packed.write(piece)
                if buffer.tell():
                    yield _taken(buffer)
        yield _taken(buffer)


def _taken(buffer: BytesIO) -> bytes:
    """What has been written so far; the buffer is empty afterwards."""
    said = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return said
