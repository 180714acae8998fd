"""The settings page of tokens: everybody's own; administrators see those of all and can revoke them."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest
from rapport.api.tokens.forms import TokenForm, fields_of
from rapport.api.tokens.models import Token
from rapport.api.tokens.scope import readable_types
from rapport.api.tokens.store import make_token, revoke
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType, type_by_key
from rapport.ui.notices import notice

SHOWN = 300


def reach_of(token: Token) -> str:
    """Which records the token reaches, in words."""
    names = []
    for key, fields in token.types.items():
        kind = type_by_key(key)
        label = kind.label_plural if kind is not None else key
        names.append(_("%(type)s (some fields)") % {"type": label} if fields else label)
    return ", ".join(names) or _("All records")


def shown(token: Token) -> dict[str, object]:
    return {"token": token, "reach": reach_of(token)}


@page("settings/tokens/", name="tokens")
def tokens(request: UserRequest) -> HttpResponse:
    """The tokens of the user, and for administrators those of everybody else."""
    return _page(request)


def _page(request: UserRequest, secret: str = "", made: Token | None = None) -> HttpResponse:
    mine = [shown(one) for one in Token.objects.filter(user=request.user)[:SHOWN]]
    others = []
    if request.user.is_administrator:
        rows = Token.objects.exclude(user=request.user).select_related("user")[:SHOWN]
        others = [shown(one) for one in rows]
    values = {"mine": mine, "others": others, "secret": secret, "made": made, "current": "tokens"}
    values["agents_at"] = request.build_absolute_uri("/mcp")
    answer = render(request, "api/tokens/tokens.html", values)
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


@page("settings/tokens/new/", name="token_new", methods=("GET", "HEAD", "POST"))
def token_new(request: UserRequest) -> HttpResponse:
    """Make a token; its secret is shown once, in the answer."""
    form = TokenForm(request.POST or None, user=request.user)
    if form.is_bound and form.is_valid():
        made, secret = make_token(request.user, **form.values())
        return _page(request, secret, made)
    values = {"form": form, "ticked": form.ticked, "current": "tokens"}
    return render(request, "api/tokens/new.html", values, status=422 if form.is_bound else 200)


@page("settings/tokens/new/<type:kind>/", name="token_fields")
def token_fields(request: UserRequest, kind: RecordType) -> HttpResponse:
    """What can be ticked of one record type, asked for when it is opened."""
    mine = next((one for one in readable_types(request.user) if one.key == kind.key), None)
    if mine is None:
        raise Http404
    return render(request, "api/tokens/fields.html", {"names": fields_of(mine), "ticked": set()})


@page("settings/tokens/<uuid:token_id>/revoke/", name="token_revoke", methods=("POST",))
def token_revoke(request: UserRequest, token_id: UUID) -> HttpResponse:
    """End a token at once: one's own, or as an administrator anybody's."""
    token = Token.objects.filter(pk=token_id).first()
    if token is None or (token.user_id != request.user.pk and not request.user.is_administrator):
        raise Http404
    revoke(token)
    notice(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("tokens")
