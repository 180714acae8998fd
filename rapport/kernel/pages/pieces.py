"""Rendering what other areas put on a page: each piece has a template of its own and sees only its own values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from markupsafe import Markup


@dataclass(frozen=True)
class Piece:
    """One rendered block."""

    key: str
    html: Markup


class Pieces:
    """Renders pieces for one request; what all of them see is worked out once."""

    def __init__(self, request: HttpRequest, base: Mapping[str, Any]) -> None:
        self.request, self.base = request, base

    @cached_property
    def _context(self) -> dict[str, Any]:
        context: dict[str, Any] = {
            "request": self.request,
            "csrf_input": csrf_input_lazy(self.request),
            "csrf_token": csrf_token_lazy(self.request),
        }
        for processor in _jinja().template_context_processors:
            context.update(processor(self.request))
        return context | dict(self.base)

    def html(self, template: str, values: Mapping[str, Any]) -> Markup:
        text = _jinja().env.get_template(template).render(self._context | dict(values))
        return Markup(text)  # noqa: S704  # rendered by a template, which escapes


def _jinja() -> Jinja2:
    backend = engines["jinja2"]
    assert isinstance(backend, Jinja2)
    return backend
