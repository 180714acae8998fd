"""The page of the log of rights: who changed what which role may, and who got or lost one. For administrators only."""

from django.db.models import Q
from django.http import HttpResponse
from django.utils.http import urlencode

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import RightsEntry, Role
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions.roles.log_words import tell
from rapport.ui.answers import page_or_part

SHOWN = 50


@page("settings/roles/log/", name="rights_log")
@administrators
def rights_log(request: UserRequest) -> HttpResponse:
    """The newest lines first: all, those of one role, or those with a name of somebody."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    role, before = _number(request.GET.get("role", "")), _number(request.GET.get("before", ""))
    lines = RightsEntry.objects.select_related("by", "user")
    for word in words.split():
        lines = lines.filter(
            Q(by_name__icontains=word) | Q(user_name__icontains=word) | Q(role_name__icontains=word)
        )
    if role:
        lines = lines.filter(role_id=role)
    if before:
        lines = lines.filter(pk__lt=before)
    found = list(lines[: SHOWN + 1])
    asked = (
        {"q": words, "role": str(role or ""), "before": str(found[SHOWN - 1].pk)}
        if len(found) > SHOWN
        else {}
    )
    values = {
        "lines": [(one, tell(one, request.user)) for one in found[:SHOWN]],
        "more": urlencode({name: said for name, said in asked.items() if said}),
        "q": words, "role": role, "roles": Role.objects.order_by("id"), "current": "roles",
    }  # fmt: skip
    return page_or_part(request, "kernel/permissions/roles/log.html", values, "rows" if before else "list")


def _number(said: str) -> int:
    """The number that an address names, or none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
