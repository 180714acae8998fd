"""Users in the settings: list, add, change, keep out."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts import jobs, mail
from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.invitations.models import Invitation
from rapport.accounts.invitations.views import invite_by_mail
from rapport.accounts.models import Role, User
from rapport.accounts.users import actions
from rapport.accounts.users.forms import NewUserForm, UserForm
from rapport.ui.notices import notice

SHOWN = 500


@administrators
def user_list(request: UserRequest) -> HttpResponse:
    """Everybody who may or might sign in; `q` looks in name and address."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    users = (
        User.objects.select_related("team").prefetch_related("roles").order_by("-is_active", "name", "email")
    )
    for word in words.split():
        users = users.filter(name__icontains=word) | users.filter(email__icontains=word)
    values = {
        "users": list(users[:SHOWN]), "q": words, "count": users.count(), "current": "users",
        "invitations": [] if words else Invitation.objects.select_related("invited_by").prefetch_related("roles"),
    }  # fmt: skip
    return render(request, "accounts/users/users.html", values)


@administrators
@sensitive_post_parameters("password", "password_again")
def user_new(request: UserRequest) -> HttpResponse:
    """Invite somebody by mail, or add him with a password that is told in person."""
    form = NewUserForm(request.POST or None, initial={"role": Role.objects.filter(key="member")})
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "email", "role", "team")}
        password = form.cleaned_data["password"] if form.cleaned_data["way"] == "given" else None
        try:
            if password is None:
                invite_by_mail(request, values)
            else:
                user = actions.add_user(**values, password=password, by=request.user)
                notice(request, _("%(name)s is added.") % {"name": user.name})
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("users")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/users/user_new.html", {"form": form, "current": "users"}, status=status)


@administrators
def user_edit(request: UserRequest, user_id: UUID) -> HttpResponse:
    """Change name, address, role and team of a user."""
    user = _user(user_id)
    initial = {"name": user.name, "email": user.email, "team": user.team, "role": user.roles.all()}
    form = UserForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            actions.change_user(_user(user_id), **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            notice(request, _("Saved."))
            return redirect("users")
    values = {"form": form, "edited": user, "current": "users"}
    return render(request, "accounts/users/user.html", values, status=422 if form.is_bound else 200)


@require_POST
@administrators
def user_switch(request: UserRequest, user_id: UUID, active: bool) -> HttpResponse:
    """Keep a user out, or let him in again."""
    user = _user(user_id)
    try:
        if active:
            actions.reactivate(user, by=request.user)
            notice(request, _("%(name)s may sign in again.") % {"name": user.name})
        else:
            actions.deactivate(user, by=request.user)
            notice(request, _("%(name)s can no longer sign in.") % {"name": user.name})
    except ValidationError as error:
        notice(request, " ".join(error.messages), bad=True)
    return redirect("user", user_id)


@require_POST
@administrators
def user_link(request: UserRequest, user_id: UUID) -> HttpResponse:
    """Send the link to choose a password (again)."""
    user = _user(user_id)
    _invite(request, user)
    notice(request, _("A link is on its way to %(address)s.") % {"address": user.email})
    return redirect("user", user_id)


def _invite(request: UserRequest, user: User) -> None:
    jobs.send_invitation.defer(user_id=str(user.pk), by=request.user.name, base=mail.base_of(request))


def _user(user_id: UUID) -> User:
    user = User.objects.select_related("team").filter(pk=user_id).first()
    if user is None:
        raise Http404
    return user
