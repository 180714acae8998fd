"""The page of the log of rights: who changed what decides over who sees what, and for whom. For administrators only."""

from django.db.models import Q
from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import RightsEntry, Role, Team, Territory, User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions.roles.log_words import tell
from rapport.ui.answers import page_or_part

SHOWN = 50


@page("settings/roles/log/", name="rights_log")
@administrators
def rights_log(request: UserRequest) -> HttpResponse:
    """The newest lines first: all, those of one role, team or territory, or those with a name of somebody."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    of, before = request.GET.get("of", "").replace("\0", "")[:60], _number(request.GET.get("before", ""))
    lines = RightsEntry.objects.select_related("by")
    for word in words.split():
        lines = lines.filter(
            Q(by_name__icontains=word) | Q(whom_name__icontains=word) | Q(thing_name__icontains=word)
        )
    if of:
        lines = lines.filter(_about(of))
    if before:
        lines = lines.filter(pk__lt=before)
    found = list(lines[: SHOWN + 1])
    asked = {"q": words, "of": of, "before": str(found[SHOWN - 1].pk)} if len(found) > SHOWN else {}
    values = {
        "lines": [(one, tell(one, request.user)) for one in found[:SHOWN]],
        "more": urlencode({name: said for name, said in asked.items() if said}),
        "q": words, "of": of, "choices": _choices(of), "current": "roles",
    }  # fmt: skip
    return page_or_part(request, "kernel/permissions/roles/log.html", values, "rows" if before else "list")


def _about(of: str) -> Q:
    """Lines about things of a kind ("team"), or about one of them ("team:<id>"), and what such a one gets or loses."""
    kind, _colon, key = of.partition(":")
    if not key:
        return Q(thing=kind) | Q(whom=kind)
    return Q(thing=kind, thing_id=key) | Q(whom=kind, whom_id=key)


def _choices(of: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What lines can be about, in groups; of users only the one who is chosen, for his page leads here."""
    key = parse_id(of.removeprefix("user:"))
    chosen = [key] if key else []
    groups = [
        ("role", _("Roles"), _("All roles"), Role.objects.order_by("id")),
        ("user", _("Users"), _("All users"), User.objects.filter(pk__in=chosen)),
        ("team", _("Teams"), _("All teams"), Team.objects.order_by("name")),
        ("territory", _("Territories"), _("All territories"), Territory.objects.order_by("name")),
    ]
    return [
        (label, [(kind, every), *((f"{kind}:{one.pk}", str(one)) for one in things)])
        for kind, label, every, things in groups
    ]


def _number(said: str) -> int:
    """The number that an address names, or none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
