"""Everybody's own page in the settings, and the switch for theme and density."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, signed_in
from rapport.accounts.models import User
from rapport.accounts.preferences.forms import ChangePasswordForm, LooksForm, ProfileForm
from rapport.accounts.sessions.ending import end_sessions
from rapport.accounts.signin.own_password import knows_password
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note
from rapport.ui.notices import notice

PROFILE = ("name", "language", "time_zone", "theme", "density", "single_keys")


@signed_in
def settings_home(request: UserRequest) -> HttpResponse:
    """The settings begin with one's own page."""
    return redirect("profile")


@signed_in
def profile(request: UserRequest) -> HttpResponse:
    """Name, language, time zone, theme, density and keys."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in PROFILE})
    if form.is_bound and form.is_valid():
        User.objects.filter(pk=user.pk).update(**{name: form.cleaned_data[name] for name in PROFILE})
        notice(request, _("Saved."))
        return redirect("profile")
    values = {"form": form, "current": "profile"}
    return render(request, "accounts/preferences/profile.html", values, status=422 if form.is_bound else 200)


@signed_in
@sensitive_post_parameters()
def change_password(request: UserRequest) -> HttpResponse:
    """A new password for who knows the old one; all other sessions end."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if form.is_bound and form.is_valid() and knows_password(request.user, form, "old_password"):
        request.user.set_password(form.cleaned_data["password"])
        request.user.save(update_fields=["password"])
        update_session_auth_hash(request, request.user)
        end_sessions(request.user, but=request)
        note(request, Event.PASSWORD_CHANGED, request.user)
        notice(request, _("The new password holds from now on. You are signed out everywhere else."))
        return redirect("profile")
    values = {"form": form, "current": "profile"}
    return render(request, "accounts/preferences/password.html", values, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def preferences(request: UserRequest) -> HttpResponse:
    """Keep the theme, density or keys that were chosen on a page; used by its scripts."""
    form = LooksForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    names = {"system": "", "regular": ""}
    sent = [name for name in ("theme", "density", "single_keys") if name in request.POST]
    values = {name: names.get(form.cleaned_data[name], form.cleaned_data[name]) for name in sent}
    if values:
        User.objects.filter(pk=request.user.pk).update(**values)
    return HttpResponse(status=204)
