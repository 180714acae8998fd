"""The page on which an administrator keeps somebody out and says who gets what he owns."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import User
from rapport.kernel.leaving.deeds import AT_MOST, hand_over, leave, owned, shared_views
from rapport.kernel.leaving.jobs import hand_over_later
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.routing import page
from rapport.ui.notices import notice


class LeavingForm(forms.Form):
    """Who gets it."""

    receiver = forms.ModelChoiceField(
        label=gettext_lazy("Who gets what he owns?"), queryset=User.objects.none(), required=False,
        empty_label=gettext_lazy("Nobody; it stays with him"),
    )  # fmt: skip

    def __init__(self, data: object = None, *, user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what the browser sent
        colleagues = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("name")
        self.fields["receiver"].queryset = colleagues  # type: ignore[attr-defined]  # a choice of users


@page("settings/users/<uuid:user_id>/leave/", name="user_leave", methods=("GET", "HEAD", "POST"))
@administrators
def user_leave(request: UserRequest, user_id: UUID) -> HttpResponse:
    """Count first, then keep the user out and hand over; of who is out already only hand over."""
    user = User.objects.filter(pk=user_id).first()
    if user is None or user == request.user:
        raise Http404
    form = LeavingForm(user=user)
    if request.method == "POST":
        form = LeavingForm(request.POST, user=user)
        if form.is_valid() and _done(request, user, form):
            return redirect("user", user.pk)
    counted = owned(user, by=request.user)
    values = {
        "form": form, "leaver": user, "owned": counted, "views": shared_views(user), "current": "users",
        "total": sum(one.count for one in counted),
    }  # fmt: skip
    return render(request, "kernel/leaving/leave.html", values, status=422 if form.is_bound else 200)


def _done(request: UserRequest, user: User, form: LeavingForm) -> bool:
    receiver: User | None = form.cleaned_data["receiver"]
    was_active = user.is_active
    is_long = sum(one.count for one in owned(user, by=request.user)) > AT_MOST
    now = None if is_long else receiver
    try:
        if was_active:
            handed = leave(user, now, by=request.user)
        else:
            handed = hand_over(user, now, by=request.user) if now else None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    said = [_("%(name)s can no longer sign in.") % {"name": user.name}] if was_active else []
    if is_long and receiver:
        hand_over_later.defer(user_id=str(user.pk), receiver_id=str(receiver.pk), by_id=str(request.user.pk))
        said.append(_("The records are being handed over; Changes tells when that is done."))
    if handed:
        count = ngettext("%(num)s record is handed over.", "%(num)s records are handed over.", handed.changed)
        said.append(count % {"num": handed.changed})
        if handed.left:
            text = ngettext("%(num)s could not be.", "%(num)s could not be.", handed.left)
            said.append(text % {"num": handed.left})
    notice(request, " ".join(said), undo_url(handed.change_set) if handed and handed.changed else None)
    return True
