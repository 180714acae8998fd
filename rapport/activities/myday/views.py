"""The first page: my day."""

from django.http import HttpRequest, HttpResponse

from rapport.activities.myday.answers import HOME, home_context
from rapport.kernel.pages.routing import page
from rapport.ui.answers import page_or_part


@page("", name="home")
def home(request: HttpRequest) -> HttpResponse:
    """Appointments, what is due and what was done today; `?day=` turns the pages of the agenda."""
    return page_or_part(request, HOME, home_context(request, request.GET.get("day", "")), "day")
