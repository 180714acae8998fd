"""Marks in a text what was searched for: where a word of it begins like a word that was typed."""

import re
import unicodedata

from markupsafe import Markup, escape

WORD = re.compile(r"\w+")


def marked(text: object, said: str) -> Markup:
    """The text with those beginnings in <mark>; accents and case make no difference, as in the search itself."""
    plain_text = str(text)
    words = sorted({_folded(word) for word in WORD.findall(said)}, key=len, reverse=True)
    if not words:
        return escape(plain_text)
    folded, places = "", []
    for place, sign in enumerate(plain_text):
        plain = _folded(sign)
        folded += plain
        places += [place] * len(plain)
    beginning = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})")
    pieces, done = [], 0
    for found in beginning.finditer(folded):
        start, end = places[found.start()], places[found.end() - 1] + 1
        pieces += [escape(plain_text[done:start]), Markup("<mark>{}</mark>").format(plain_text[start:end])]
        done = end
    return Markup().join([*pieces, escape(plain_text[done:])])


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
