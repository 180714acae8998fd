"""The rules for signing in, in the settings: for administrators only."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import Company, Role, User
from rapport.accounts.rights_log.writing import noted
from rapport.accounts.signin_rules.forms import RulesForm
from rapport.ui.notices import notice


@administrators
def signin_rules(request: UserRequest) -> HttpResponse:
    """Who needs a second factor, how long the log is kept, how long an invitation is valid."""
    company = Company.current()
    initial = {
        "everybody": company.needs_second_factor, "roles": Role.objects.filter(needs_second_factor=True),
        "log_months": company.log_months, "invitation_days": company.invitation_days,
    }  # fmt: skip
    form = RulesForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        save_rules(**form.cleaned_data, by=request.user)
        notice(request, _("Saved."))
        return redirect("signin_rules")
    people = User.objects.filter(is_active=True)
    values = {
        "form": form, "current": "signin_rules", "count": people.count(),
        "protected": people.filter(has_second_factor=True).count(),
    }  # fmt: skip
    return render(request, "accounts/signin_rules/rules.html", values, status=422 if form.is_bound else 200)


@transaction.atomic
def save_rules(
    *, everybody: bool, roles: "list[Role]", log_months: int, invitation_days: int, by: User
) -> None:
    """Keep the rules. Whoever owes a second factor from now on is asked for it on his next page."""
    company = Company.current()
    with noted(company, by=by):
        company.needs_second_factor = everybody
        company.log_months, company.invitation_days = log_months, invitation_days
        company.save(update_fields=["needs_second_factor", "log_months", "invitation_days"])
    keys = [role.pk for role in roles]
    for role in Role.objects.select_for_update().order_by("pk"):
        if role.needs_second_factor != (role.pk in keys):
            with noted(role, by=by):
                role.needs_second_factor = role.pk in keys
                role.save(update_fields=["needs_second_factor"])
