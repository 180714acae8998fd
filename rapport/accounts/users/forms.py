"""Forms for users and teams."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import Email, NewPassword, OneLine, Password
from rapport.accounts.models import Role, Team


class UserForm(forms.Form):
    """What an administrator says about a user."""

    name = OneLine(label=_("Name"), max_length=150)
    email = Email()
    role = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Role.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.all(), required=False, empty_label=_("No team")
    )


class NewUserForm(UserForm, NewPassword):
    """The same, and how the new user gets a password."""

    way = forms.ChoiceField(
        label=_("Password"),
        choices=[
            ("mail", _("Send an invitation by e-mail; he chooses one himself")),
            ("given", _("Give one now and tell it in person")),
        ],
        initial="mail",
    )
    password = Password(label=_("First password"), required=False)
    password_again = Password(label=_("The same again"), required=False)

    def clean(self) -> dict[str, object]:
        values = super().clean()
        if values.get("way") == "given" and not self.errors and not values.get("password"):
            self.add_error("password", _("Type a password, or let an invitation be sent."))
        return values


class TeamForm(forms.Form):
    """The name of a team, and the one that it is a part of."""

    name = OneLine(label=_("Name"), max_length=100)
    parent = forms.ModelChoiceField(
        label=_("Part of"), queryset=Team.objects.all(), required=False, empty_label=_("No other team")
    )


class DeleteTeamForm(forms.Form):
    """Where the members go."""

    move_to = forms.ModelChoiceField(
        label=_("Move the members to"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("Choose a team"),
    )

    def __init__(self, data: object = None, *, team: Team) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what the browser sent
        self.fields["move_to"].queryset = Team.objects.exclude(pk=team.pk)  # type: ignore[attr-defined]  # a choice of teams
