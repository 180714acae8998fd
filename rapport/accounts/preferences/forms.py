"""What everybody decides for himself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import NewPasswordFor, OneLine, Password, language_field, time_zone_field

THEMES = [("", _("Like the device")), ("light", _("Light")), ("dark", _("Dark"))]
DENSITIES = [("compact", _("Compact")), ("", _("Regular")), ("comfortable", _("Comfortable"))]


class ProfileForm(forms.Form):
    """Name, language, time and looks."""

    name = OneLine(label=_("Name"), max_length=150)
    language = language_field(empty=_("Like the company"))
    time_zone = time_zone_field(empty=_("Like the company"))
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES, required=False)
    density = forms.ChoiceField(label=_("Density"), choices=DENSITIES, required=False)
    single_keys = forms.BooleanField(label=_("Single-letter keys"), required=False)


class LooksForm(forms.Form):
    """Theme, density and keys as the scripts of the page send them; what is not sent stays."""

    theme = forms.ChoiceField(choices=[*THEMES, ("system", "system")], required=False)
    density = forms.ChoiceField(choices=[*DENSITIES, ("regular", "regular")], required=False)
    single_keys = forms.BooleanField(required=False)


class ChangePasswordForm(NewPasswordFor):
    """The new password, and the old one as proof."""

    old_password = Password(label=_("Password until now"), autocomplete="current-password")

    field_order = ("old_password", "password", "password_again")
