"""The page on which an administrator keeps somebody out and says who gets what he owns."""

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import User
from rapport.kernel.filters import Condition, Group, to_pairs
from rapport.kernel.leaving.deeds import (
    AT_MOST,
    VIEWS,
    Heirs,
    Owned,
    hand_over,
    leave,
    owned,
    shared_views,
)
from rapport.kernel.leaving.jobs import hand_over_later
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import list_url
from rapport.ui.notices import notice

NOBODY = "nobody"


class LeavingForm(forms.Form):
    """Who gets it: one colleague, and for each type who else."""

    receiver = forms.ModelChoiceField(
        label=gettext_lazy("Who gets what he owns?"), queryset=User.objects.none(), required=False,
        empty_label=gettext_lazy("Nobody; it stays with him"),
    )  # fmt: skip

    def __init__(self, data: object = None, *, user: User, parts: Mapping[str, object]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what the browser sent
        colleagues = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("name")
        self.fields["receiver"].queryset = colleagues  # type: ignore[attr-defined]  # a choice of users
        self.colleagues = {str(one.pk): one for one in colleagues}
        ways = [("", _("Like the rest")), (NOBODY, _("Nobody; it stays with him"))]
        for key, label in parts.items():
            self.fields[f"to_{key}"] = forms.ChoiceField(
                label=_("Who gets %(what)s?") % {"what": label}, required=False,
                choices=[*ways, *((pk, str(one)) for pk, one in self.colleagues.items())],
            )  # fmt: skip

    def heirs(self) -> Heirs:
        said = {name[3:]: heir for name, heir in self.cleaned_data.items() if name.startswith("to_") and heir}
        others = {key: self.colleagues.get(heir) for key, heir in said.items()}
        return Heirs(self.cleaned_data["receiver"], others)


@page("settings/users/<uuid:user_id>/leave/", name="user_leave", methods=("GET", "HEAD", "POST"))
@administrators
def user_leave(request: UserRequest, user_id: UUID) -> HttpResponse:
    """Count first, then keep the user out and hand over; of who is out already only hand over."""
    user = User.objects.filter(pk=user_id).first()
    if user is None or user == request.user:
        raise Http404
    counted, views = owned(user, by=request.user), shared_views(user)
    parts = {one.kind.key: one.kind.label_plural for one in counted} | ({VIEWS: _("Views")} if views else {})
    form = LeavingForm(request.POST or None, user=user, parts=parts)
    if request.method == "POST" and form.is_valid() and _done(request, user, form):
        return redirect("user", user.pk)
    lists = {one.kind.key: _list(one, user) for one in counted if not one.is_part}
    values = {
        "form": form, "leaver": user, "owned": counted, "views": views, "current": "users",
        "total": sum(one.count for one in counted), "lists": lists,
    }  # fmt: skip
    return render(request, "kernel/leaving/leave.html", values, status=422 if form.is_bound else 200)


def _done(request: UserRequest, user: User, form: LeavingForm) -> bool:
    heirs = form.heirs()
    was_active = user.is_active
    is_long = sum(one.count for one in owned(user, by=request.user)) > AT_MOST
    now = Heirs() if is_long else heirs
    try:
        handed = (leave if was_active else hand_over)(user, now, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    said = [_("%(name)s can no longer sign in.") % {"name": user.name}] if was_active else []
    if is_long and (heirs.rest or any(heirs.others.values())):
        _later(request.user, user, heirs)
        said.append(_("The records are being handed over; Changes tells when that is done."))
    if handed:
        count = ngettext("%(num)s record is handed over.", "%(num)s records are handed over.", handed.changed)
        said.append(count % {"num": handed.changed})
        if handed.left:
            text = ngettext("%(num)s could not be.", "%(num)s could not be.", handed.left)
            said.append(text % {"num": handed.left})
    notice(request, " ".join(said), undo_url(handed.change_set) if handed and handed.changed else None)
    return True


def _later(by: User, user: User, heirs: Heirs) -> None:
    others = {key: str(heir.pk) if heir else "" for key, heir in heirs.others.items()}
    rest = str(heirs.rest.pk) if heirs.rest else ""
    hand_over_later.defer(user_id=str(user.pk), receiver_id=rest, by_id=str(by.pk), others=others)


def _list(one: Owned, user: User) -> str:
    """The list of what is his, where single records are given to others first."""
    return f"{list_url(one.kind)}?{urlencode(to_pairs(Group('all', (Condition('owner', 'any', str(user.pk)),))))}"
