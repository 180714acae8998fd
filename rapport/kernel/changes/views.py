"""Taking back what was done: the address behind every "Undo"."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, Change, ChangeSet
from rapport.kernel.changes.revert import Reverted, may_revert, revert
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import list_url
from rapport.kernel.records import NotVisible
from rapport.kernel.registry import type_by_key
from rapport.ui.notices import notice


@page("undo/<uuid:set_id>/", name="undo", methods=("POST",))
def undo(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Take a change set back; only the one who did it and administrators can."""
    user = user_of(request)
    done = ChangeSet.objects.filter(pk=set_id).first()
    if done is None or not may_revert(user, done):
        raise NotVisible
    result = revert(done, by=user)
    notice(request, said_of(result, user), bad=bool(result.kept))
    answer = JsonResponse({"records": result.records, "kept": len(result.kept)})
    home = _gone(request, done)
    answer["HX-Redirect" if home else "HX-Refresh"] = home or "true"
    return answer


def said_of(result: Reverted, user: User) -> str:
    """What was put back, and what was kept because somebody changed it since."""
    label = result.change_set.label.partition(": ")[2] or result.change_set.label
    back = _("Taken back: %(what)s.") % {"what": label}
    if result.records > 1:
        count = result.records
        back = ngettext("%(count)s record put back.", "%(count)s records put back.", count) % {"count": count}
    if not result.kept:
        return back
    names = AnyRecord.objects.visible_to(user).in_bulk([key for key, _field in result.kept[:20]])
    kept = list(dict.fromkeys(_field_of(names.get(key), field) for key, field in result.kept[:20]))
    rest = _("Kept, because it was changed since: %(what)s.") % {"what": ", ".join(kept[:4])}
    return f"{back} {rest}" if result.records else rest


def _field_of(row: AnyRecord | None, column: str) -> str:
    """ "Stage of Acme"; only the field where the record is not visible."""
    kind = type_by_key(row.type) if row is not None else None
    fields = kind.fields.values() if kind is not None else ()
    label = next((one.label for one in fields if one.column == column), column)
    return _("%(field)s of %(title)s") % {"field": label, "title": row.title} if row is not None else label


def _gone(request: HttpRequest, done: ChangeSet) -> str:
    """Where to go when the page on which Undo was pressed is that of a record that this has taken away."""
    made = Change.objects.filter(change_set_id=done.pk, act="create", part="").values_list(
        "record_id", "type"
    )
    from_page = request.headers.get("Referer", "")
    for key, type_key in made[:20]:
        if str(key) in from_page:
            kind = type_by_key(type_key)
            return list_url(kind) if kind is not None else "/"
    return ""
