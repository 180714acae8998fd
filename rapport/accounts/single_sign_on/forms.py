"""The form of a provider."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine, Password
from rapport.accounts.models import Role
from rapport.accounts.single_sign_on.protocol import NoTrustError, discover

DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class ProviderForm(forms.Form):
    """Who vouches for people, and what becomes of those who are not here yet."""

    name = OneLine(label=_("What the button says"), max_length=60)
    issuer = OneLine(label=_("Issuer"), max_length=500)
    client_id = OneLine(label=_("Client ID"), max_length=300)
    secret = Password(label=_("Client secret"), autocomplete="off", required=False)
    trusts_addresses = forms.BooleanField(
        label=_("The provider vouches for every address it names"), required=False
    )
    creates_users = forms.BooleanField(
        label=_("Whoever comes and is not here yet becomes a user"), required=False
    )
    domains = OneLine(label=_("Only with addresses of these domains"), max_length=1000, required=False)
    role = forms.ModelChoiceField(
        label=_("Role of new users"), queryset=Role.objects.filter(is_administrator=False), required=False,
        empty_label=_("Choose a role"),
    )  # fmt: skip
    is_on = forms.BooleanField(label=_("The button is on the sign-in page"), required=False)

    def __init__(self, data: Any = None, *, is_new: bool, **more: Any) -> None:  # Any: what the browser sent
        super().__init__(data, **more)
        self.fields["secret"].required = is_new

    def clean_issuer(self) -> str:
        issuer = str(self.cleaned_data["issuer"]).rstrip("/")
        try:
            discover(issuer)
        except NoTrustError as error:
            raise ValidationError(str(error)) from error
        return issuer

    def clean_domains(self) -> list[str]:
        found = [
            one.lstrip("@").lower() for one in re.split(r"[\s,;]+", self.cleaned_data["domains"] or "") if one
        ]
        if not all(DOMAIN.fullmatch(one) for one in found):
            raise ValidationError(_("Write domains like example.com, separated by commas."))
        return found

    def clean(self) -> dict[str, Any]:  # Any: values of different fields
        values: dict[str, Any] = super().clean() or {}
        if values.get("creates_users"):
            if not values.get("domains"):
                self.add_error(
                    "domains", ValidationError(_("Say for which domains, else anybody could come."))
                )
            if not values.get("role"):
                self.add_error("role", ValidationError(_("Choose the role that new users have.")))
        return values
