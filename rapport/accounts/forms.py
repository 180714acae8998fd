"""Form fields that the pages of this area share."""

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts import choices
from rapport.accounts.models import User

# Control characters, and marks that turn the direction of everything after them. Null bytes stay in, to be refused.
UNWANTED = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
PASSWORD_MAX = 256  # a longer one only keeps the processor busy


class OneLine(forms.CharField):
    """Text without line breaks and control characters; runs of white space become one space."""

    def to_python(self, value: Any) -> str | None:  # Any: whatever the browser sent
        text = super().to_python(value)
        if text is None:
            return None
        return " ".join(UNWANTED.sub("", text).split())


class Email(forms.EmailField):
    """An e-mail address in lower case, as it is kept."""

    def __init__(self, **options: Any) -> None:  # Any: options of the field
        super().__init__(label=_("E-mail"), max_length=254, **options)

    def clean(self, value: Any) -> str:  # Any: whatever the browser sent
        return str(super().clean(value)).lower()


class Password(forms.CharField):
    """A password, never trimmed and never sent back to the browser."""

    # Any: lazy text
    def __init__(self, *, label: Any, autocomplete: str = "new-password", **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(label=label, max_length=PASSWORD_MAX, strip=False, widget=widget, **options)


class NewPassword(forms.Form):
    """Two fields for a new password and the rules it has to keep."""

    password = Password(label=_("New password"))
    password_again = Password(label=_("The same again"))

    def password_user(self) -> User:
        """Return whose password it is: it must not resemble his name or address."""
        return User(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))

    def password_help(self) -> str:
        """Return the rules of the settings in one sentence."""
        length = max(getattr(rule, "min_length", 0) for rule in get_default_password_validators())
        return gettext(
            "At least %(length)s characters, not only digits, no common password, and nothing like name or address."
        ) % {"length": length}

    def clean(self) -> dict[str, Any]:  # Any: values of different fields
        values = super().clean() or {}
        password, again = values.get("password"), values.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", ValidationError(_("The two passwords differ.")))
        if password:
            try:
                validate_password(password, self.password_user())
            except ValidationError as error:
                self.add_error("password", error)
        return values


class NewPasswordFor(NewPassword):
    """The same for a user who is there already."""

    def __init__(self, data: Any = None, *, user: User) -> None:  # Any: what the browser sent
        super().__init__(data)
        self.user = user

    def password_user(self) -> User:
        return self.user


def language_field(*, empty: Any = None) -> forms.ChoiceField:  # Any: lazy text
    return forms.ChoiceField(
        label=_("Language"), required=empty is None, choices=_with(empty, choices.languages)
    )


def time_zone_field(*, empty: Any = None) -> forms.ChoiceField:  # Any: lazy text
    return forms.ChoiceField(
        label=_("Time zone"), required=empty is None, choices=_with(empty, choices.time_zones)
    )


def currency_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Currency"), choices=choices.currencies)


def country_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Country"), choices=choices.countries)


def _with(empty: Any, list_choices: Any) -> Any:  # Any: django-stubs has no name for callable choices
    return list_choices if empty is None else lambda: [("", empty), *list_choices()]
