"""Forms of second factors."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine, Password

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = OneLine(
        label=_("Code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


class ConfirmForm(forms.Form):
    """The password once more."""

    password = Password(label=_("Password"), autocomplete="current-password")
