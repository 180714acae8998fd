"""Who is named in a line of words: a person or organization, when exactly one of that name is known."""

import re

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.search.query import find

NAMED = ("people", "organizations")
MOST_WORDS = 12


def mentioned(text: str, user: User) -> list[AnyRecord]:
    """The one record that the capitalized words name; nobody when it is not certain."""
    words = re.findall(r"[\w'’-]+", text)[:MOST_WORDS]
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            said = words[start : start + length]
            if start == 0 and length == 1:
                continue  # a sentence begins with a capital letter, too
            if all(word[0].isupper() for word in (said[0], said[-1])) and (one := _the_one(said, user)):
                return [one]
    return []


def _the_one(said: list[str], user: User) -> AnyRecord | None:
    found = find(" ".join(said), user, types=NAMED, limit=4)
    if found.meant:
        return None
    wanted = {word.casefold() for word in said}
    fitting = [
        hit.record for hit in found.hits if wanted <= set(re.findall(r"[\w'’-]+", str(hit.record).casefold()))
    ]
    return fitting[0].entry if len(fitting) == 1 else None
