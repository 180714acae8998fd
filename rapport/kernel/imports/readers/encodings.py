"""Finds out in which character encoding a text file was written, from all of its bytes."""

import codecs
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

CHUNK = 1 << 20
EVIDENCE = 4000  # words with special characters that are looked at


@dataclass(frozen=True)
class Encoding:
    """How to turn the bytes into text."""

    codec: str
    label: str
    mark: int = 0  # bytes of the byte order mark, which is no text
    errors: str = "replace"
    is_mixed: bool = False  # UTF-8 with single bytes of Windows-1252 in between


@dataclass
class ByteFacts:
    """What one pass over the bytes found."""

    size: int = 0
    newlines: int = 0
    longest_line: int = 0
    nulls: int = 0
    controls: int = 0
    is_utf8: bool = True
    bad_chunk: bytes = b""  # the first piece that is not UTF-8
    head: bytes = b""
    words: list[bytes] = field(default_factory=list)  # pieces with bytes above 127 and their neighbours


_SPECIAL_WORDS = re.compile(rb"[A-Za-z]{0,3}[\x80-\xff]+[A-Za-z\x80-\xff]{0,8}")
_CONTROLS = bytes(sorted(set(range(32)) - {0, 9, 10, 12, 13, 26, 27}))


def _cp1252_for_broken_bytes(error: UnicodeError) -> tuple[str, int]:
    """Error handler for UTF-8: somebody pasted text of Windows-1252 into the file; keep his letters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("rapport-windows-bytes", _cp1252_for_broken_bytes)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)

_SIGNS = "€–—‘’“”„‚…§°·«»®©™½¼²³µ£¡¿´`\xa0•†"
_SINGLE_BYTE = (  # the earlier wins when two explain the file equally well
    ("cp1252", "Windows-1252", "äöüÄÖÜßéèêëàâçôîïûñáíóúÉÈÀÇåøæÅØÆãõÑÁÓÍœ"),
    ("cp1250", "Windows-1250", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůýžáéíúČŠŽŘĽľäöüÄÖÜßőűŐŰâîăşţ"),
    ("mac_roman", "Mac Roman", "äöüÄÖÜßéèêëàâçôîïûñáíóúÉÀÇåøæÅØÆãõÑ"),
    ("cp850", "DOS (850)", "äöüÄÖÜßéèêëàâçôîïûñáíóúÉÇåøæÅØÆÑ"),
    ("cp1251", "Windows-1251", ""),
    ("koi8-r", "KOI8-R", ""),
)


def scan(path: Path, *, stop_line: int) -> ByteFacts:
    """Read the bytes once. Stops early when a line is longer than `stop_line`."""
    facts = ByteFacts()
    decoder = codecs.getincrementaldecoder("utf-8")()
    run = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not facts.head:
                facts.head = chunk[: CHUNK // 4]
                facts.controls = len(facts.head) - len(facts.head.translate(None, _CONTROLS))
            facts.size += len(chunk)
            facts.newlines += chunk.count(b"\n")
            facts.nulls += chunk.count(0)
            run = _longest_run(facts, chunk, run)
            if facts.longest_line > stop_line:
                return facts
            if not chunk.isascii() and len(facts.words) < EVIDENCE:
                facts.words += _SPECIAL_WORDS.findall(chunk)[: EVIDENCE - len(facts.words)]
            _check_utf8(facts, decoder, chunk)
    _check_utf8(facts, decoder, b"", final=True)
    if not facts.newlines:  # lines that end like on old Macs
        facts.newlines = facts.head.count(b"\r") * max(1, facts.size // max(1, len(facts.head)))
    return facts


def _longest_run(facts: ByteFacts, chunk: bytes, run: int) -> int:
    first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
    if first < 0:
        first, last = chunk.find(b"\r"), chunk.rfind(b"\r")
    if first < 0:
        run += len(chunk)
        facts.longest_line = max(facts.longest_line, run)
        return run
    facts.longest_line = max(facts.longest_line, run + first)
    return len(chunk) - last


def _check_utf8(
    facts: ByteFacts, decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False
) -> None:
    if not facts.is_utf8:
        return
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        facts.is_utf8 = False
        facts.bad_chunk = chunk


def detect(facts: ByteFacts) -> Encoding:
    """Return the encoding that explains the bytes best."""
    for mark, codec, label in _MARKS:
        if facts.head.startswith(mark):
            if codec == "utf-8":
                return Encoding(codec, label, len(mark), "rapport-windows-bytes", not facts.is_utf8)
            return Encoding(codec, label, len(mark))
    if facts.nulls and (codec := _utf16_without_mark(facts.head)):
        return Encoding(codec, "UTF-16")
    if facts.is_utf8:
        return Encoding("utf-8", "UTF-8")
    if _is_mostly_utf8(facts.bad_chunk or facts.head):
        return Encoding("utf-8", "UTF-8", errors="rapport-windows-bytes", is_mixed=True)
    codec, label, _letters = max(_SINGLE_BYTE, key=lambda one: _score(facts.words, one[0], one[2]))
    return Encoding(codec, label)


def _utf16_without_mark(head: bytes) -> str:
    """UTF-16 has every second byte zero wherever the text is plain Latin, digits or separators."""
    pairs = max(1, len(head) // 2)
    even, odd = head[0::2].count(0) / pairs, head[1::2].count(0) / pairs
    if odd > 0.15 and odd > 8 * even:
        return "utf-16-le"
    if even > 0.15 and even > 8 * odd:
        return "utf-16-be"
    return ""


def _is_mostly_utf8(chunk: bytes) -> bool:
    text = chunk.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text if char > "\x7f") - bad
    return good > 20 * bad


def _score(words: list[bytes], codec: str, letters: str) -> float:
    """How plausible the special characters of these words are when read in `codec`."""
    total = 0.0
    is_cyrillic = not letters
    for raw in words:
        word = raw.decode(codec, "replace")
        foreign = sum(1 for char in word if char > "\x7f")
        if is_cyrillic:
            cyrillic = sum(1 for char in word if "а" <= char.lower() <= "я" or char in "ёЁ")
            turned = sum(1 for a, b in pairwise(word) if a.islower() and b.isupper())
            total += cyrillic - 2 * turned if foreign >= 3 and cyrillic == foreign else -foreign
            continue
        for place, char in enumerate(word):
            if char > "\x7f":
                total += _score_of_char(word, place, char, letters)
        if foreign >= 4:
            total -= foreign
    return total


def _score_of_char(word: str, place: int, char: str, letters: str) -> float:
    before, after = word[place - 1 : place], word[place + 1 : place + 2]
    if char in letters:
        return -1.0 if char.isupper() and before.islower() else 1.0
    if char == "\ufffd":
        return -3.0
    if char in _SIGNS:
        return 0.3 if char == "’" or not (before.isalpha() and after.isalpha()) else -2.0
    return -0.5 if char.isalpha() else -2.0
