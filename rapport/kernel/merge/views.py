"""The page on which several records become one."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel.fields.links import parse_id
from rapport.kernel.merge.compare import side_by_side
from rapport.kernel.merge.deed import MOST, STRATEGIES, merge_records
from rapport.kernel.merge.limits import leaving
from rapport.kernel.merge.links import moving
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import is_dialog
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import can
from rapport.kernel.records import Conflict, Record, Refused, RuleError
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

LABELS = {
    "survivor": gettext_lazy("Of the one that stays"),
    "newest": gettext_lazy("Of the newest"),
    "oldest": gettext_lazy("Of the oldest"),
    "fullest": gettext_lazy("Of the fullest"),
}


@page("<type:kind>/merge/", name="merge", methods=("GET", "HEAD", "POST"))
def merge(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """GET shows the records side by side, POST makes one of them."""
    ids = _ids(request)
    if is_dialog(request) or (request.method == "GET" and request.headers.get("HX-Request") == "true"):
        return go_to(request, f"{reverse('merge', args=[kind.key])}?{urlencode({'ids': _joined(ids)})}")
    records = _records(request, kind, ids)
    said = request.POST if request.method == "POST" else request.GET
    survivor = parse_id(said.get("survivor", "")) or records[0].pk
    records.sort(key=lambda one: one.pk != survivor)
    strategy = said.get("strategy", "")
    strategy = strategy if strategy in STRATEGIES else "survivor"
    sentence, status = "", 200
    if request.method == "POST":
        try:
            done = merge_records(
                kind,
                records[0].pk,
                [one.pk for one in records[1:]],
                by=user_of(request),
                choice=_choice(request, kind),
                strategy=strategy,
                versions=_versions(request),
            )
        except RuleError as problem:
            sentence, status = problem.sentence, 422
        except Conflict as problem:
            sentence, status = str(problem), 409
        else:
            notice(request, _("%(what)s: merged.") % {"what": done.record}, undo_url(done.change_set))
            return go_to(request, done.record.get_absolute_url())
    return render(
        request, "kernel/merge/merge.html", _shown(request, kind, records, strategy, sentence), status=status
    )


def _shown(
    request: HttpRequest, kind: RecordType, records: list[Record], strategy: str, sentence: str
) -> dict[str, object]:
    user, ids = user_of(request), [one.pk for one in records]
    base = f"{reverse('merge', args=[kind.key])}?ids={_joined(ids)}&survivor={ids[0]}"
    return {
        "kind": kind,
        "records": records,
        "shown": side_by_side(
            request, kind, records, choice=_choice(request, kind) if sentence else None, strategy=strategy
        ),
        "moving": moving(kind, ids[1:], user),
        "leaving": leaving(ids[0], ids[1:], user),
        "strategy": strategy,
        "strategies": [(key, LABELS[key], f"{base}&strategy={key}") for key in STRATEGIES],
        "address": f"{reverse('merge', args=[kind.key])}?ids={_joined(ids)}",
        "sentence": sentence,
    }


def _joined(ids: list[UUID]) -> str:
    return ",".join(str(one) for one in ids)


def _ids(request: HttpRequest) -> list[UUID]:
    said = [one for text in request.GET.getlist("ids") for one in text.split(",")][: MOST + 2]
    ids = [key for one in dict.fromkeys(said) if (key := parse_id(one)) is not None]
    if request.GET.get("all") or len(ids) > MOST:
        raise RuleError(_("No more than %(most)s records can be merged at once.") % {"most": MOST})
    if len(ids) < 2:
        raise RuleError(_("Choose two records or more to merge."))
    return ids


def _records(request: HttpRequest, kind: RecordType, ids: list[UUID]) -> list[Record]:
    """All of them, in the order of the address; 404 when one is not there for this user, 403 when he may not."""
    user = user_of(request)
    rows = kind.visible_to(user).filter(pk__in=ids).select_related(*kind.model.links())
    found = {one.pk: one for one in rows}
    if len(found) != len(ids):
        raise Http404
    records: list[Record] = [found[key] for key in ids]
    if not any(can(user, "edit", one) for one in records) or not any(
        can(user, "delete", one) for one in records
    ):
        raise Refused(_("To merge, you must be allowed to edit what stays and to delete the others."))
    return records


def _choice(request: HttpRequest, kind: RecordType) -> Mapping[str, UUID]:
    return {
        name: key
        for name in kind.fields
        if (key := parse_id(request.POST.get(f"pick-{name}", ""))) is not None
    }


def _versions(request: HttpRequest) -> Mapping[UUID, int]:
    """The version of each record that the person had before his eyes."""
    found = {}
    for said in request.POST.getlist("version"):
        key, _colon, version = said.partition(":")
        record_id = parse_id(key)
        if record_id is not None and version.isascii() and version.isdigit() and len(version) < 10:
            found[record_id] = int(version)
    return found
