"""Word lists, written as text."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text; longer lists read better than one quoted word after the other."""
    return frozenset(text.split())
