"""The command palette's hits and the page of all hits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.kernel.pages.routing import page
from rapport.kernel.registry import types
from rapport.kernel.search.query import Hit, clean, find
from rapport.ui.answers import render_part


@page("search/palette/", name="search_palette")
def palette(request: HttpRequest) -> HttpResponse:
    """The options of the palette for `?q=`: `@` looks among people, `#` among all records."""
    said = clean(request.GET.get("q", ""))
    chosen = ("people",) if said.startswith("@") else ()
    text = said.lstrip("@#").strip()
    found = find(text, request.user, types=chosen, limit=10)  # type: ignore[arg-type]  # signed in
    context = {"found": found, "groups": grouped(found.hits), "text": text}
    return HttpResponse(render_part(request, "kernel/search/search.html", "options", context))


@page("search/")
def search(request: HttpRequest) -> HttpResponse:
    """All hits, by type."""
    text = clean(request.GET.get("q", ""))
    chosen = [one for one in request.GET.getlist("type") if one in {kind.key for kind in types()}]
    found = find(text, request.user, types=chosen, limit=100)  # type: ignore[arg-type]  # signed in
    context = {
        "found": found,
        "groups": grouped(found.hits),
        "text": text,
        "types": types(),
        "chosen": chosen,
    }
    return render(request, "kernel/search/search.html", context)


def grouped(hits: list[Hit]) -> list[tuple[str, list[Hit]]]:
    """[(plural of the type, its hits)] in the order of the best hit."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.kind.label_plural, []).append(hit)
    return list(groups.items())
