"""Signing out at the provider, too."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from rapport.accounts.mail import base_of
from rapport.runtime.secrets import CannotBeOpened, unseal

LEAVING = "company_sign_out"  # where the provider signs out, with its token sealed


def leaving(request: HttpRequest) -> str:
    """Where somebody who leaves us can sign out at the provider, too; asked before the session ends."""
    kept = request.session.get(LEAVING)
    if not isinstance(kept, dict):
        return ""
    back = base_of(request).rstrip("/") + reverse("sign_in")
    try:
        said = {"id_token_hint": unseal(kept["token"], LEAVING), "post_logout_redirect_uri": back}
    except CannotBeOpened:
        said = {}
    address = str(kept["address"])
    if not address.startswith(("https://", "http://")):
        return ""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}"
