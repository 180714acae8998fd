"""Forms for signing in and for a forgotten password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import Email, Password


class SignIn(forms.Form):
    """E-mail address and password."""

    email = Email(widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = Password(label=_("Password"), autocomplete="current-password")
    stay = forms.BooleanField(label=_("Stay signed in"), required=False)


class Forgotten(forms.Form):
    """The address that gets the link."""

    email = Email(widget=forms.EmailInput(attrs={"autocomplete": "username"}))
