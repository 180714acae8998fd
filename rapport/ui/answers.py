"""How a view answers: the whole page to the browser, one named block of the same template to htmx."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.utils.cache import patch_vary_headers
from jinja2_fragments import render_block

Context = Mapping[str, Any]  # Any: a template takes whatever a view gives it


def page_or_part(
    request: HttpRequest, template: str, context: Context, part: str, *, status: int = 200
) -> HttpResponse:
    """Answer with the block named part when htmx asks, with the whole page otherwise."""
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(render_part(request, template, part, context), status=status)
    else:
        answer = render(request, template, dict(context), status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def render_part(request: HttpRequest, template: str, part: str, context: Context) -> str:
    """Return one block of a template as HTML."""
    backend = engines["jinja2"]
    if not isinstance(backend, Jinja2):
        raise TypeError("The engine named jinja2 is not Jinja2.")
    full: dict[str, Any] = {
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in backend.template_context_processors:
        full.update(processor(request))
    return str(render_block(backend.env, template, part, **(full | dict(context))))


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the user to another page, also when htmx or a dialog asked."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponse(status=303, headers={"Location": address})
