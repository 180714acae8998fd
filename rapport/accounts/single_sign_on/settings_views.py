"""Providers of the company sign-in, in the settings: for administrators only."""

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note
from rapport.accounts.single_sign_on.actions import delete_provider, save_provider
from rapport.accounts.single_sign_on.forms import ProviderForm
from rapport.accounts.single_sign_on.models import Provider
from rapport.accounts.single_sign_on.views import redirect_uri
from rapport.ui.notices import notice

PLAIN = ("name", "issuer", "client_id", "trusts_addresses", "creates_users", "role", "is_on")


@administrators
def providers(request: UserRequest) -> HttpResponse:
    """All providers."""
    rows = Provider.objects.annotate(people=Count("identities"))
    values = {"providers": rows, "back": redirect_uri(request), "current": "providers"}
    return render(request, "accounts/single_sign_on/providers.html", values)


@administrators
@sensitive_post_parameters("secret")
def provider_new(request: UserRequest) -> HttpResponse:
    """Add a provider; it is asked at once whether it is what it says."""
    return _form(request, None, {"is_on": True})


@administrators
@sensitive_post_parameters("secret")
def provider(request: UserRequest, provider_id: UUID) -> HttpResponse:
    """Change a provider; an empty secret stays as it is."""
    found = _provider(provider_id)
    initial = {name: getattr(found, name) for name in PLAIN} | {"domains": ", ".join(found.domains)}
    return _form(request, found, initial)


@require_POST
@administrators
def provider_delete(request: UserRequest, provider_id: UUID) -> HttpResponse:
    """Nobody comes this way any more; the users stay."""
    found = _provider(provider_id)
    delete_provider(found, by=request.user)
    note(request, Event.RULES, request.user, detail=_("Provider deleted: %(name)s") % {"name": found.name})
    notice(
        request,
        _("“%(name)s” is deleted. Its users stay; they need a password or a passkey.") % {"name": found.name},
    )
    return redirect("providers")


# Any: values
def _form(request: UserRequest, found: Provider | None, initial: dict[str, Any]) -> HttpResponse:
    form = ProviderForm(request.POST or None, initial=initial, is_new=found is None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        values = {name: said[name] for name in (*PLAIN, "domains")}
        if said["secret"]:
            values["secret"] = said["secret"]
        save_provider(found, values, by=request.user)
        note(request, Event.RULES, request.user, detail=_("Provider: %(name)s") % {"name": said["name"]})
        notice(request, _("Saved."))
        return redirect("providers")
    values = {"form": form, "provider": found, "back": redirect_uri(request), "current": "providers"}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/single_sign_on/provider.html", values, status=status)


def _provider(key: UUID) -> Provider:
    found = Provider.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found
