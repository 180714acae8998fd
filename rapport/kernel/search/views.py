"""The command palette's hits and the page of all hits."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, made_types, types
from rapport.kernel.search.marks import marked
from rapport.kernel.search.query import Found, Hit, clean, find
from rapport.ui.answers import render_part

SHORTEST = 2  # letters by which record types are found


@page("search/palette/", name="search_palette")
def palette(request: HttpRequest) -> HttpResponse:
    """The options of the palette for `?q=`: `@` looks among people, `#` among all records."""
    said = clean(request.GET.get("q", ""))
    chosen = ("people",) if said.startswith("@") else ()
    text = said.lstrip("@#").strip()
    found = find(text, request.user, types=chosen, limit=10)  # type: ignore[arg-type]  # signed in
    best = best_of(found, found.meant or text)
    context = {
        "found": found,
        "best": best,
        "groups": grouped([one for one in found.hits if one is not best]),
        "text": text,
        "marked": partial(marked, said=found.meant or text),
        "kinds": types_called(text, request.user),  # type: ignore[arg-type]  # as above
    }
    return HttpResponse(render_part(request, "kernel/search/search.html", "options", context))


@page("search/")
def search(request: HttpRequest) -> HttpResponse:
    """All hits, by type."""
    text = clean(request.GET.get("q", ""))
    user: User = request.user  # type: ignore[assignment]  # signed in
    seen = [one for one in types() if policy(user, one.key, "read").reach != "none"]
    chosen = [one for one in request.GET.getlist("type") if one in {kind.key for kind in seen}]
    found = find(text, user, types=chosen, limit=100)
    context = {
        "found": found,
        "groups": grouped(found.hits),
        "text": text,
        "marked": partial(marked, said=found.meant or text),
        "narrowings": [("", _("All"), ""), *((one.key, one.label_plural, one.icon) for one in seen)],
        "chosen": chosen,
    }
    return render(request, "kernel/search/search.html", context)


def types_called(text: str, user: User) -> list[RecordType]:
    """The record types of which the name begins so and some of whose records the user may see; few menus hold all."""
    said = text.casefold()
    if len(said) < SHORTEST:
        return []
    called = [one for one in made_types() if one.label_plural.casefold().startswith(said)]
    return [one for one in called if policy(user, one.key, "read").reach != "none"][:3]


def best_of(found: Found, said: str) -> Hit | None:
    """The first hit whose name says it; else the first, of which something else says it."""
    named = (one for one in found.hits if "<mark>" in marked(one.record, said))
    return next(named, found.hits[0] if found.hits else None)


def grouped(hits: list[Hit]) -> list[tuple[str, list[Hit]]]:
    """[(plural of the type, its hits)] in the order of the best hit."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.kind.label_plural, []).append(hit)
    return list(groups.items())
