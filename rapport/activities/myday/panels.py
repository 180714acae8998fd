"""What other areas put into the right column of My day, e.g. the deals that close soon."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from rapport.kernel.pages.blocks import Context


@dataclass(frozen=True)
class Panel:
    """One section; its template shows `shown`, what `fill` gives for the request. None means: not today."""

    key: str
    template: str
    fill: Callable[[HttpRequest], Context | None]
    order: int = 100


_panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Register a section; called once when the area is loaded."""
    _panels.append(panel)


def panels_of(request: HttpRequest) -> list[tuple[Panel, Context]]:
    filled = ((one, one.fill(request)) for one in sorted(_panels, key=lambda one: one.order))
    return [(one, shown) for one, shown in filled if shown is not None]
