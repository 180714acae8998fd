"""The company in the settings."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.company.forms import CompanyForm
from rapport.accounts.models import Company
from rapport.ui.notices import notice


@administrators
def company_settings(request: UserRequest) -> HttpResponse:
    """Show and change name, country, language, currency and time zone."""
    company = Company.current()
    names = ("name", "country", "language", "currency", "time_zone")
    form = CompanyForm(request.POST or None, initial={name: getattr(company, name) for name in names})
    if form.is_bound and form.is_valid():
        Company.objects.update_or_create(id=1, defaults={name: form.cleaned_data[name] for name in names})
        notice(request, _("Saved."))
        return redirect("company_settings")
    status = 422 if form.is_bound else 200
    return render(
        request, "accounts/company/company.html", {"form": form, "current": "company"}, status=status
    )
