"""Teams and roles in the settings."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import Team
from rapport.accounts.users import actions
from rapport.accounts.users.forms import DeleteTeamForm, TeamForm
from rapport.ui.notices import notice


@administrators
def team_list(request: UserRequest) -> HttpResponse:
    """All teams with the number of their members, and a line to add one."""
    form = TeamForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.add_team(form.cleaned_data["name"], form.cleaned_data["parent"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            notice(request, _("Team %(name)s is added.") % {"name": form.cleaned_data["name"]})
            return redirect("teams")
    values = {
        "form": form,
        "teams": Team.objects.annotate(size=Count("members")).select_related("parent").order_by("name"),
        "current": "teams",
    }
    return render(request, "accounts/users/teams.html", values, status=422 if form.is_bound else 200)


@administrators
def team_edit(request: UserRequest, team_id: UUID) -> HttpResponse:
    """Rename a team, say what it is a part of, see its members."""
    team = _team(team_id)
    form = TeamForm(request.POST or None, initial={"name": team.name, "parent": team.parent})
    if form.is_bound and form.is_valid():
        try:
            actions.change_team(_team(team_id), **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            notice(request, _("Saved."))
            return redirect("teams")
    return _team_page(request, team, form, DeleteTeamForm(team=team))


@require_POST
@administrators
def team_delete(request: UserRequest, team_id: UUID) -> HttpResponse:
    """Delete a team; members move to another one."""
    team = _team(team_id)
    form = DeleteTeamForm(request.POST, team=team)
    if form.is_valid():
        try:
            actions.delete_team(team, move_to=form.cleaned_data["move_to"], by=request.user)
        except ValidationError as error:
            form.add_error("move_to", error)
        else:
            notice(request, _("Team %(name)s is deleted.") % {"name": team.name})
            return redirect("teams")
    return _team_page(request, team, TeamForm(initial={"name": team.name, "parent": team.parent}), form)


def _team_page(request: UserRequest, team: Team, form: TeamForm, delete_form: DeleteTeamForm) -> HttpResponse:
    values = {
        "team": team,
        "members": team.members.order_by("name"),
        "form": form,
        "delete_form": delete_form,
        "others": Team.objects.exclude(pk=team.pk).exists(),
        "current": "teams",
    }
    bound = form.is_bound or delete_form.is_bound
    return render(request, "accounts/users/team.html", values, status=422 if bound else 200)


def _team(team_id: UUID) -> Team:
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise Http404
    return team
