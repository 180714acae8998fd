"""Signing in: the second factor after the password."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from rapport.accounts.models import User
from rapport.accounts.second_factor.codes import DIGITS, app_accepts, use_recovery_code
from rapport.accounts.second_factor.forms import CodeForm
from rapport.accounts.second_factor.models import Authenticator, Kind
from rapport.accounts.signin import throttle
from rapport.accounts.signin.answers import try_again
from rapport.accounts.signin.entering import enter_fully, half_in
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note, note_refusal


@never_cache
@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the app, a recovery code or a passkey."""
    user = half_in(request)
    if user is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        detail = _checked(request, user, form)
        if detail is not None:
            return enter_fully(request, user, detail=detail)
    kinds = set(Authenticator.objects.filter(user=user).values_list("kind", flat=True))
    values = {"form": form, "has_app": Kind.APP in kinds, "has_passkey": Kind.PASSKEY in kinds}
    status = 200 if not form.is_bound else 429 if form.has_error("code", "throttled") else 422
    return render(request, "accounts/second_factor/second_factor.html", values, status=status)


def _checked(request: HttpRequest, user: User, form: CodeForm) -> str | None:
    """Return with what he came in, or put into the form why not."""
    until = refused(request, user)
    if until:
        form.add_error("code", ValidationError(try_again(until), code="throttled"))
        return None
    code = form.cleaned_data["code"].replace(" ", "")
    found = None
    if len(code) == DIGITS and code.isdecimal():
        found = str(Kind.APP.label) if app_accepts(user, code) else None
    elif use_recovery_code(user, code):
        note(request, Event.CODE_USED, user)
        found = _("Recovery code")
    if found is None:
        note(request, Event.SECOND_WRONG, user)
        form.add_error("code", ValidationError(_("This code is wrong, or was used already.")))
    else:
        throttle.forget(throttle.SECOND_PER_USER, str(user.pk))
    return found


def refused(request: HttpRequest, user: User) -> datetime | None:
    """Count a try with a second factor; until when there are no more."""
    until = throttle.refused_until(throttle.SECOND_PER_USER, str(user.pk))
    if until:
        note_refusal(request, user.email, throttle.SECOND_PER_USER.minutes)
    return until
