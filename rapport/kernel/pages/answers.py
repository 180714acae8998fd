"""How a deed on a record answers: back to the page it was done on, with a notice that can take it back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rapport.kernel.pages.records import is_dialog, safe_next
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


def undo_url(set_id: UUID | None) -> str:
    """The address that takes a change set back; empty when nothing was changed."""
    return reverse("undo", args=[set_id]) if set_id else ""


def after_dialog(
    request: HttpRequest, address: str, text: str, set_id: UUID | None = None, undo: str = ""
) -> HttpResponse:
    """After a deed in a dialog the page beneath is loaded anew; without scripts `address` is shown.

    It is taken back with its change set, or by posting to `undo`.
    """
    notice(request, text, undo or undo_url(set_id))
    if is_dialog(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return go_to(request, safe_next(request, address))
