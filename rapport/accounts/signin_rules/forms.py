"""The form of the rules for signing in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import Role


class RulesForm(forms.Form):
    """Who needs a second factor, and how long things are kept and valid."""

    everybody = forms.BooleanField(label=_("Everybody needs a second factor"), required=False)
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles that need a second factor"), queryset=Role.objects.all(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    log_months = forms.IntegerField(
        label=_("Months that the sign-in log is kept"), min_value=1, max_value=120
    )
    invitation_days = forms.IntegerField(
        label=_("Days that an invitation is valid"), min_value=1, max_value=60
    )
