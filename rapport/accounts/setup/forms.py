"""The form that sets up the company and its first user."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import (
    Email,
    NewPassword,
    OneLine,
    Password,
    country_field,
    currency_field,
    language_field,
    time_zone_field,
)


class SetUp(NewPassword):
    """Everything that is needed before the first page."""

    company = OneLine(label=_("Name of the company"), max_length=200)
    country = country_field()
    language = language_field()
    currency = currency_field()
    time_zone = time_zone_field()
    name = OneLine(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = Email(widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = Password(label=_("Password"))
