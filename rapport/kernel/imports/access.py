"""Who gets to an import: everybody to his own, administrators to all."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from rapport.kernel.imports.models import Import
from rapport.kernel.pages.context import user_of

View = Callable[..., HttpResponseBase]


def of_user(view: View) -> View:
    """The view gets the import; that of somebody else is not found."""

    @wraps(view)
    def found(request: HttpRequest, import_id: UUID, **said: object) -> HttpResponseBase:
        mine = Import.objects.visible_to(user_of(request)).select_related("created_by", "change_set")
        one = mine.filter(pk=import_id).first()
        if one is None:
            raise Http404
        return view(request, one, **said)

    return found
