"""The quick text of a list: the same words that the search over everything understands."""

from django.db.models import Q

from rapport.accounts.models import User
from rapport.kernel.registry import RecordType
from rapport.kernel.search.query import search_condition


def text_condition(kind: RecordType, text: str, user: User) -> Q:
    """Return which records of the type the typed text finds; text without a word is looked for in the titles."""
    found = search_condition(text, user)
    return Q(**{f"{kind.title}__icontains": text}) if found is None else found
