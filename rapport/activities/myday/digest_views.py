"""The settings page "My day by mail": everybody's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.models import Company
from rapport.kernel.attention.models import DigestChoice
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

FIRST, LAST = 5, 21


@page("settings/my-day/", name="digest", methods=("GET", "HEAD", "POST"))
def digest(request: HttpRequest) -> HttpResponse:
    """Whether he wants his day by mail, at which hour, and on which days; POST saves it."""
    user, data = user_of(request), request.POST
    choice = DigestChoice.objects.filter(user=user).first() or DigestChoice(user=user)
    if request.method == "POST":
        said = data.get("hour", "")
        choice.is_on = data.get("is_on") == "yes"
        choice.workdays_only = data.get("workdays_only") == "yes"
        if said in map(str, range(24)):
            choice.hour = int(said)
        choice.save()
        notice(request, _("Saved."))
        return go_to(request, reverse("digest"))
    values = {
        "choice": choice, "hours": [(str(hour), f"{hour:02}:00") for hour in range(FIRST, LAST)], "current": "digest",
        "zone": user.time_zone or Company.current().time_zone,
    }  # fmt: skip
    return render(request, "activities/myday/digest.html", values)
