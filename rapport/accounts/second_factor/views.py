"""Second factors in one's own settings: adding and removing them, recovery codes, and showing that it is oneself."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, signed_in
from rapport.accounts.models import Company
from rapport.accounts.second_factor import actions
from rapport.accounts.second_factor.codes import address_for_app, new_secret, step_of
from rapport.accounts.second_factor.forms import CodeForm, ConfirmForm
from rapport.accounts.second_factor.models import Authenticator, Kind
from rapport.accounts.second_factor.passkey_views import kept_codes
from rapport.accounts.second_factor.proof import prove, proved
from rapport.accounts.signin.own_password import knows_password
from rapport.accounts.signin.targets import safe_target
from rapport.runtime.secrets import CannotBeOpened, seal, unseal
from rapport.ui.notices import notice
from rapport.ui.qr import qr

SECRET = "app_secret"  # noqa: S105 - where the session keeps it, sealed, until the first code was right


@never_cache
@signed_in
@proved
def app_new(request: UserRequest) -> HttpResponse:
    """Show the QR code of a new secret and ask for the first code, which shows that the app has read it."""
    secret = _kept_secret(request)
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        step = step_of(secret, form.cleaned_data["code"].replace(" ", ""))
        if step is not None:
            del request.session[SECRET]
            codes = actions.add_app(request, request.user, secret, step)
            return show_codes(request, codes)
        form.add_error(
            "code", ValidationError(_("This is not the code that the app shows now. Try the next one."))
        )
    company = Company.current().name or _("Rapport")
    values = {
        "form": form, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "qr": qr(address_for_app(secret, request.user, company)), "current": "security",
        "replaces": Authenticator.objects.filter(user=request.user, kind=Kind.APP).exists(),
    }  # fmt: skip
    return render(request, "accounts/second_factor/app.html", values, status=422 if form.is_bound else 200)


@require_POST
@signed_in
@proved
def factor_remove(request: UserRequest, factor_id: UUID) -> HttpResponse:
    """Remove an app or a passkey."""
    try:
        one = actions.remove(request, request.user, factor_id)
    except ValidationError as problem:
        notice(request, " ".join(problem.messages), bad=True)
        return redirect("security")
    if one is None:
        raise Http404
    notice(request, _("“%(name)s” is removed.") % {"name": one.name})
    return redirect("security")


@never_cache
@require_POST
@signed_in
@proved
def codes_new(request: UserRequest) -> HttpResponse:
    """Make new recovery codes; those until now do not work any more."""
    if not request.user.has_second_factor:
        raise Http404
    return show_codes(request, actions.renew_codes(request, request.user))


@never_cache
@signed_in
def codes_shown(request: UserRequest) -> HttpResponse:
    """Show the recovery codes that came with a first passkey, once."""
    codes = kept_codes(request)
    return show_codes(request, codes) if codes else redirect("security")


def show_codes(request: UserRequest, codes: list[str]) -> HttpResponse:
    """Show recovery codes, which nobody can show again; on without codes when there are none."""
    if not codes:
        notice(request, _("Saved."))
        return redirect("security")
    values = {"codes": codes, "current": "security"}
    return render(request, "accounts/second_factor/codes.html", values)


@never_cache
@signed_in
@sensitive_post_parameters("password")
def confirm(request: UserRequest) -> HttpResponse:
    """Ask for the password once more, before something is changed about signing in."""
    form = ConfirmForm(request.POST or None)
    target = safe_target(request, "/settings/security/")
    if form.is_bound and form.is_valid() and knows_password(request.user, form, "password"):
        prove(request)
        return redirect(target)
    values = {
        "form": form, "next": target, "current": "security", "has_password": request.user.has_usable_password(),
        "has_passkey": Authenticator.objects.filter(user=request.user, kind=Kind.PASSKEY).exists(),
    }  # fmt: skip
    return render(
        request, "accounts/second_factor/confirm.html", values, status=422 if form.is_bound else 200
    )


def _kept_secret(request: UserRequest) -> str:
    """The same secret until it is confirmed, so that a mistyped code costs nothing."""
    try:
        return unseal(request.session.get(SECRET, ""), SECRET)
    except CannotBeOpened:
        secret = new_secret()
        request.session[SECRET] = seal(secret, SECRET)
        return secret
