"""The first page on an empty database: set up a company, or look around with a sample."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts import choices
from rapport.accounts.setup import sample
from rapport.accounts.setup.actions import AlreadySetUpError, is_open, set_up
from rapport.accounts.setup.forms import SetUp
from rapport.accounts.signin.entering import let_in
from rapport.accounts.signin_log.models import Way


@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """Offer the two ways."""
    if not is_open():
        raise Http404
    if sample.state() == "running":
        return redirect("setup_wait")
    return render(request, "accounts/setup/setup.html", {"sample_failed": sample.state() == "failed"})


@never_cache
@sensitive_post_parameters("password", "password_again")
def setup_company(request: HttpRequest) -> HttpResponse:
    """Ask for the company and its first user, and sign him in."""
    if not is_open():
        raise Http404
    if sample.state() == "running":
        return redirect("setup_wait")
    country = choices.likely_country(request)
    guesses = {
        "country": country,
        "language": get_language(),
        "currency": choices.likely_currency(country),
        "time_zone": choices.likely_zone(country),
    }
    form = SetUp(request.POST or None, initial=guesses)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "accounts/setup/company.html", {"form": form}, status=status)
    values = form.cleaned_data
    company = {key: values[key] for key in ("country", "language", "currency", "time_zone")}
    try:
        user = set_up(
            company | {"name": values["company"]},
            name=values["name"],
            email=values["email"],
            password=values["password"],
        )
    except AlreadySetUpError:
        return redirect("sign_in")
    return let_in(request, user, Way.SETUP)


@require_POST
def setup_sample(request: HttpRequest) -> HttpResponse:
    """Start loading the sample company."""
    if not is_open():
        raise Http404
    sample.start()
    return redirect("setup_wait")


@never_cache
def setup_wait(request: HttpRequest) -> HttpResponse:
    """Wait for the sample company; the page asks again every two seconds, without any script."""
    if not is_open():
        return redirect("sign_in")
    if sample.state() != "running":
        return redirect("setup")
    response = render(request, "accounts/setup/wait.html")
    response.headers["Refresh"] = "2"
    return response
