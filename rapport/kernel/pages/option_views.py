"""Options for fields that link: at most ten, by words, only what the user may see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.controls import may_create_by_title
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType, types
from rapport.kernel.search.query import Hit, clean, find
from rapport.kernel.search.query import subtitle as subtitle_of

MOST = 10


@page("<type:kind>/options/", name="record_options")
def of_type(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Records of one type for `?q=`; with `create=1` also the offer to create what is not there."""
    text = clean(request.GET.get("q", ""))
    hits = _hits(text, user_of(request), [kind.key])
    exists = any(str(hit.record).casefold() == text.casefold() for hit in hits)
    offers = (
        text and not exists and request.GET.get("create") and may_create_by_title(kind, context_of(request))
    )
    return _answer(request, hits, create=text if offers else "")


@page("options/", name="any_record_options")
def of_all(request: HttpRequest) -> HttpResponse:
    """Records of all types (or those of `types=people,deals`) for `?q=`."""
    asked = [key for key in request.GET.get("types", "").split(",") if key]
    known = {kind.key for kind in types()}
    hits = _hits(clean(request.GET.get("q", "")), user_of(request), [key for key in asked if key in known])
    return _answer(request, hits, with_type=True)


@page("options/users/", name="user_options")
def of_users(request: HttpRequest) -> HttpResponse:
    """Users who can own something."""
    text = clean(request.GET.get("q", ""))
    me = user_of(request)
    rows = User.objects.filter(is_active=True)
    if text:
        rows = rows.filter(name__icontains=text) | rows.filter(email__icontains=text)
    found = sorted(rows.order_by("name")[: MOST + 1], key=lambda user: user.pk != me.pk)[:MOST]
    shown = [
        {
            "value": user.pk,
            "text": str(user),
            "hint": _("you") if user.pk == me.pk else user.email,
            "face": True,
        }
        for user in found
    ]
    return render(request, "kernel/pages/options.html", {"rows": shown, "create": ""})


def _hits(text: str, user: User, wanted: list[str]) -> list[Hit]:
    if text:
        return find(text, user, types=wanted, limit=MOST).hits
    newest = AnyRecord.objects.visible_to(user)
    if wanted:
        newest = newest.filter(type__in=wanted)
    hits = []
    for row in newest.order_by("-rank_at")[:MOST]:
        record = row.load()
        kind = next(one for one in types() if one.key == row.type)
        hits.append(Hit(record, kind, subtitle_of(record, kind, user)))
    return hits


def _answer(
    request: HttpRequest, hits: list[Hit], *, create: str = "", with_type: bool = False
) -> HttpResponse:
    shown = [
        {
            "value": hit.record.pk,
            "text": str(hit.record),
            "hint": ", ".join(filter(None, [hit.kind.label if with_type else "", hit.subtitle])),
            "kind": hit.kind,
        }
        for hit in hits
    ]
    return render(request, "kernel/pages/options.html", {"rows": shown, "create": create})
