"""The kinds of things that users are told of. Areas add theirs when they start."""

from dataclasses import dataclass

from rapport.kernel.notifications.models import Mail
from rapport.ui.words import Words


@dataclass(frozen=True)
class Kind:
    """One kind: how the settings call it, the sentence of a single one, and how users are told unless they choose.

    `sentence` is a whole sentence with named places: %(by)s (who did it), %(record)s (its title) and what `notify` was
    given as values, e.g. _("%(by)s mentioned you on %(record)s."). It is translated for each reader.
    """

    key: str
    label: Words
    sentence: Words
    icon: str = "bell"
    in_page: bool = True
    mail: str = Mail.NEVER
    order: int = 100


_kinds: dict[str, Kind] = {}


def add_kind(kind: Kind) -> None:
    """Enter a kind; the same key again replaces it."""
    _kinds[kind.key] = kind


def kinds() -> list[Kind]:
    """All kinds, in the order of the settings page."""
    return sorted(_kinds.values(), key=lambda one: one.order)


def kind_of(key: str) -> Kind | None:
    return _kinds.get(key)
