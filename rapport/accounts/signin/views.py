"""Signing in and out, and a new password for who forgot his."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import authenticate, logout
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts import jobs, mail
from rapport.accounts.forms import NewPasswordFor
from rapport.accounts.models import Company, User
from rapport.accounts.sessions.ending import end_sessions
from rapport.accounts.setup import sample
from rapport.accounts.setup.actions import is_open
from rapport.accounts.signin import throttle
from rapport.accounts.signin.answers import try_again
from rapport.accounts.signin.entering import enter
from rapport.accounts.signin.forms import Forgotten, SignIn
from rapport.accounts.signin.places import network_of, place_of
from rapport.accounts.signin.targets import safe_target
from rapport.accounts.signin_log.models import Event, Way
from rapport.accounts.signin_log.writing import note, note_refusal
from rapport.accounts.single_sign_on.leaving import leaving
from rapport.accounts.single_sign_on.models import Provider


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password. On an empty database the way leads to the setup instead."""
    target = safe_target(request)
    if request.user.is_authenticated:
        return redirect(target)
    if is_open():
        return redirect("setup")
    form = SignIn(request.POST or None, initial={"stay": False})
    user = _user_of(request, form) if form.is_bound and form.is_valid() else None
    if user is None:
        return sign_in_page(request, form=form)
    return enter(request, user, Way.PASSWORD, target=target, stay=form.cleaned_data["stay"])


def sign_in_page(
    request: HttpRequest, *, form: SignIn | None = None, trouble: str = "", status: int = 200
) -> HttpResponse:
    """The page with all ways in; `trouble` says why another way did not lead in."""
    values = {
        "form": form or SignIn(initial={"stay": False}), "next": safe_target(request), "trouble": trouble,
        "providers": Provider.objects.filter(is_on=True),
        "sample": sample if Company.current().is_sample else None,
    }  # fmt: skip
    return _page(request, "accounts/signin/sign_in.html", values, status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; who came by company sign-in can end that, too."""
    if isinstance(request.user, User):
        note(request, Event.SIGNED_OUT, getattr(request, "viewer", request.user))
    address = leaving(request)
    logout(request)
    signed_out = render(request, "accounts/signin/signed_out.html", {"leaving": address}) if address else None
    response = signed_out or redirect("sign_in")
    response.headers["Clear-Site-Data"] = '"storage"'  # pages kept for working offline
    return response


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the address and send a link there; the answer does not tell whether anybody has it."""
    form = Forgotten(request.POST or None, initial={"email": request.GET.get("email", "")})
    if not form.is_bound or not form.is_valid():
        return _page(request, "accounts/signin/forgotten.html", {"form": form})
    email = form.cleaned_data["email"]
    until = throttle.refused_until(throttle.RESET_PER_IP, network_of(request)) or throttle.refused_until(
        throttle.RESET_PER_ADDRESS, email
    )
    if until:
        _refuse(form, until)
        return _page(request, "accounts/signin/forgotten.html", {"form": form})
    # A job looks for the user, so that the answer takes the same time for everybody.
    now, place = timezone.now().isoformat(), place_of(request)
    jobs.send_reset_mail.defer(email=email, base=mail.base_of(request), asked_at=now, place=place)
    return _page(request, "accounts/signin/sent.html", {"email": email})


@never_cache
@sensitive_post_parameters("password", "password_again")
def new_password(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """Choose a password by the link from the mail."""
    until = throttle.refused_until(throttle.NEW_PASSWORD_PER_IP, network_of(request))
    user = None if until else User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        return _page(
            request,
            "accounts/signin/link_is_dead.html",
            {"wait": try_again(until) if until else ""},
            status=404,
        )
    form = NewPasswordFor(request.POST or None, user=user)
    if not form.is_bound or not form.is_valid():
        return _page(request, "accounts/signin/new_password.html", {"form": form, "user_of_link": user})
    user.set_password(form.cleaned_data["password"])
    user.save(update_fields=["password"])
    throttle.forget(throttle.SIGN_IN_PER_ADDRESS, user.email)
    end_sessions(user)
    note(request, Event.PASSWORD_CHANGED, user, way=Way.LINK)
    return enter(request, user, Way.LINK)


def _user_of(request: HttpRequest, form: SignIn) -> User | None:
    """Return who signs in, or put into the form why not."""
    email, ip = form.cleaned_data["email"], network_of(request)
    until = throttle.refused_until(throttle.SIGN_IN_PER_IP, ip) or throttle.refused_until(
        throttle.SIGN_IN_PER_ADDRESS, email
    )
    if until:
        note_refusal(request, email, throttle.SIGN_IN_PER_ADDRESS.minutes)
        _refuse(form, until)
        return None
    user = authenticate(request, email=email, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        _note_failure(request, email)
        form.add_error(None, ValidationError(_("E-mail and password do not match."), code="wrong"))
        return None
    throttle.forgive(throttle.SIGN_IN_PER_IP, ip)
    throttle.forget(throttle.SIGN_IN_PER_ADDRESS, email)
    return user


def _note_failure(request: HttpRequest, email: str) -> None:
    user = User.objects.filter(email__iexact=email).first()
    event = Event.UNKNOWN if user is None else Event.WRONG if user.is_active else Event.INACTIVE
    note(request, event, user, email=email, way=Way.PASSWORD)


def _refuse(form: Form, until: datetime) -> None:
    form.add_error(None, ValidationError(try_again(until), code="throttled"))


def _page(request: HttpRequest, template: str, values: dict[str, object], status: int = 200) -> HttpResponse:
    form = values.get("form")
    if isinstance(form, Form) and form.is_bound:
        status = 429 if form.has_error("__all__", "throttled") else 422
    return render(request, template, values, status=status)
