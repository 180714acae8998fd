"""Compressed answers as browsers read them: one gzip stream, whatever comes behind it is ignored."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from rapport import settings
from rapport.runtime.compression import Compressed

LINES = [f"line {number};äöü\r\n".encode() for number in range(3000)]


async def written() -> AsyncIterator[bytes]:
    for line in LINES:
        yield line


def read_by_a_browser(answer: HttpResponseBase) -> bytes:
    async def collected() -> bytes:
        assert isinstance(answer, StreamingHttpResponse)
        return b"".join([piece async for piece in answer])

    with ThreadPoolExecutor() as thread:  # a browser test may run a loop in this one
        return zlib.decompressobj(31).decompress(thread.submit(asyncio.run, collected()).result())


def sent(answer: HttpResponseBase, accepts: str = "gzip, br") -> HttpResponseBase:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return Compressed(lambda _request: answer)(request)


def test_a_file_that_is_sent_while_it_is_written_arrives_whole() -> None:
    answer = sent(StreamingHttpResponse(written()))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert read_by_a_browser(answer) == b"".join(LINES)
    assert "rapport.runtime.compression.Compressed" in settings.MIDDLEWARE
    assert not [one for one in settings.MIDDLEWARE if "django.middleware.gzip" in one]


def test_who_does_not_take_it_or_has_it_compressed_already_gets_it_as_it_is() -> None:
    assert "Content-Encoding" not in sent(StreamingHttpResponse(written()), "br").headers
    packed = StreamingHttpResponse(written(), headers={"Content-Encoding": "br"})
    assert sent(packed).headers["Content-Encoding"] == "br"
    assert sent(HttpResponse(b"".join(LINES))).headers["Content-Encoding"] == "gzip"
