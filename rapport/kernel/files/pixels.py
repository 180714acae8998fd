"""How many pixels a picture has, from its head alone: a few bytes can stand for more than any browser can hold."""

from typing import Protocol

MOST = 100_000_000  # what a good phone takes; a hundred times less than what a browser would choke on
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the segments that say width and height
_MOST_SEGMENTS = 500


class Readable(Protocol):
    """A file as it was uploaded."""

    def seek(self, place: int, /) -> object: ...
    def read(self, size: int, /) -> bytes: ...


def is_too_large(file: Readable, content_type: str) -> bool:
    """Whether the picture says that it has more pixels than can be shown; the file stands at its begin again."""
    file.seek(0)
    width, height = _size_of(file, content_type)
    file.seek(0)
    return width * height > MOST


def _size_of(file: Readable, content_type: str) -> tuple[int, int]:
    """(width, height); zeros where it does not say."""
    if content_type == "image/jpeg":
        return _of_jpeg(file)
    head = file.read(32)
    if content_type == "image/png":
        return _big(head[16:20]), _big(head[20:24])
    if content_type == "image/gif":
        return _little(head[6:8]), _little(head[8:10])
    if content_type == "image/webp":
        return _of_webp(head)
    return 0, 0


def _of_webp(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if kind == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF


def _of_jpeg(file: Readable) -> tuple[int, int]:
    place = 2
    for _turn in range(_MOST_SEGMENTS):
        file.seek(place)
        head = file.read(9)
        if len(head) < 9 or head[0] != 0xFF:
            break
        if head[1] in _JPEG_SIZES:
            return _big(head[7:9]), _big(head[5:7])
        place += 1 if head[1] == 0xFF else 2 + _big(head[2:4])
    return 0, 0


def _big(piece: bytes) -> int:
    return int.from_bytes(piece, "big")


def _little(piece: bytes) -> int:
    return int.from_bytes(piece, "little")
