"""Small pages that answer the scripts the way real screens do; only the browser tests visit them."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from rapport.ui import navigation
from rapport.ui.notices import notice

posted: list[dict[str, Any]] = []  # Any: JSON of scripts, fields of forms


def shown(request: HttpRequest, name: str, **values: object) -> HttpResponse:
    return render(request, f"ui/testing/{name}.html", values)


def rows(request: HttpRequest) -> HttpResponse:
    return shown(request, "list")


def more(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        "".join(f'<tr data-row="{i}"><td></td><td>Person {i}</td></tr>' for i in range(31, 41))
    )


def cell(request: HttpRequest, row: int, field: str) -> HttpResponse:
    """The editor of a cell, and what stands there once it is saved."""
    where, value = f'data-cell="{request.path}"', request.POST.get("value", "")
    error = '<span class="err">Not like this</span>' if value == "bad" else ""
    if request.method == "POST" and not error:
        answer = HttpResponse(f'<td {where} tabindex="-1">{value}</td>')
        notice(answer, "Saved", undo_url="/undo/")
        return answer
    form = f'<form data-celledit class="celledit" hx-post="{request.path}" hx-target="closest td" hx-swap="outerHTML">'
    box = f'<input class="in" name="value" value="{value or "old"}" aria-label="{field}">'
    return HttpResponse(f"<td {where}>{form}{box}{error}</form></td>", status=422 if error else 200)


def remember(request: HttpRequest) -> HttpResponse:
    """Take what was posted, say so."""
    posted.append(dict(request.POST.lists()))
    answer = HttpResponse(status=204)
    notice(answer, "Done")
    return answer


def move(request: HttpRequest) -> HttpResponseBase:
    told = json.loads(request.body)
    posted.append(told)
    if told["stage"] == "3":
        return JsonResponse({"error": "A quote is needed first."}, status=409)
    return JsonResponse({"version": told["version"] + 1})


def dialog(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and request.POST["name"]:
        return remember(request)
    error = "Give a name." if request.method == "POST" else ""
    return render(request, "ui/testing/dialog.html", {"error": error}, status=422 if error else 200)


def options(request: HttpRequest) -> HttpResponse:
    found = [{"value": n, "text": f"{request.GET['q']} {n}"} for n in (1, 2, 3)]
    return HttpResponse(engines["jinja2"].from_string("{{ ui.options(found) }}").render({"found": found}))


def palette(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f'<li role="option" class="mi" data-href="/?found">Found {request.GET["q"]}</li>')


def peek(request: HttpRequest, row: int) -> HttpResponse:
    return HttpResponse(f"<h2>Peek {row}</h2>")


def board(request: HttpRequest) -> HttpResponse:
    return shown(request, "board")


navigation.add_create(
    "trial", "user-plus", "New trial", "trial_dialog", when=lambda request: request.path == "/"
)
urlpatterns = [
    path("", rows), path("board/", board), path("more/", more), path("cell/<int:row>/<field>/", cell),
    path("bulk/", remember), path("undo/", remember), path("move/", move), path("options/", options),
    path("dialog/", dialog, name="trial_dialog"), path("search/palette", palette, name="search_palette"),
    path("peek/<int:row>/", peek), path("preferences/", remember, name="preferences"),
    path("", include("rapport.ui.urls")),
]  # fmt: skip
