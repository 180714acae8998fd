"""The form of the company."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine, country_field, currency_field, language_field, time_zone_field


class CompanyForm(forms.Form):
    """What holds for everybody who has chosen nothing else."""

    name = OneLine(label=_("Name"), max_length=200)
    country = country_field()
    language = language_field()
    currency = currency_field()
    time_zone = time_zone_field()
