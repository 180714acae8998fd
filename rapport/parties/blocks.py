"""What parties put on record pages: the life cycle, where a person works, who works at an organization."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from rapport.kernel.pages.blocks import Block, Context, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import can
from rapport.kernel.permissions.entries import may
from rapport.kernel.permissions.fields import type_of_seen
from rapport.kernel.relations.models import Relationship
from rapport.parties.models import Party, Person, Stage
from rapport.ui import formats

PATH = (Stage.PROSPECT, Stage.LEAD, Stage.CUSTOMER, Stage.VALUED)
SHOWN = 8


def life_cycle(request: HttpRequest, party: Party) -> Context | None:
    """The stages from first sight to valued customer, each with the day on which the party came into it."""
    kind = type_of_seen(party, user_of(request))
    if not {"stage", "stage_since"} <= set(kind.fields):
        return None
    since = {period.stage: period.since for period in party.stage_periods.all()}
    since[party.stage] = party.stage_since
    path = list(PATH)
    if party.stage not in path:  # lost, at risk, won back: stands where the path broke off
        path = [one for one in path if one in since] + [Stage(party.stage)]
    place = path.index(Stage(party.stage))
    steps = [
        {
            "label": one.label,
            "state": "now" if number == place else "done" if number < place else "",
            "since": formats.format_date(since.get(one)),
        }
        for number, one in enumerate(path)
    ]
    return {"steps": steps, "address": reverse("record_life_cycle", args=[kind.key, party.pk])}


def workplace(request: HttpRequest, person: Party) -> Context | None:
    """The organization where the person mainly works, and who else is there."""
    organization = person.organization
    if organization is None or organization.deleted_at or not can(user_of(request), "read", organization):
        return None
    return {"organization": organization, "people": _people(request, organization, but=person)[:4]}


def staff(request: HttpRequest, organization: Party) -> Context | None:
    """The people who work at the organization today, those with a recent contact first."""
    found = _people(request, organization)
    return {
        "organization": organization, "people": found[:SHOWN], "more": len(found) > SHOWN,
        "may_add": may("people", "create")(request),
    }  # fmt: skip


def _people(request: HttpRequest, organization: Party, but: Party | None = None) -> list[Any]:
    """Up to one more than are shown, each with the role that he has here."""
    edges = Relationship.objects.filter(target_id=organization.pk, type__key="works_at")
    roles = dict(edges.valid_on(timezone.localdate()).values_list("source_id", "role")[:500])
    people = Person.objects.visible_to(user_of(request)).filter(pk__in=roles)
    if but is not None:
        people = people.exclude(pk=but.pk)
    found = list(people.order_by("-last_contact_at", "pk")[: SHOWN + 1])
    return [{"person": person, "role": roles[person.pk]} for person in found]


def register() -> None:
    people, organizations = ("people",), ("organizations",)
    add_block(
        Block(
            "life_cycle", (*people, *organizations), "head", "parties/life_cycle.html", life_cycle, order=10
        )
    )
    add_block(Block("workplace", people, "right", "parties/workplace.html", workplace, order=10))
    add_block(Block("staff", organizations, "right", "parties/staff.html", staff, order=10))


def organizations_of(person_id: Any) -> list[Any]:  # Any: ids
    """Whose timelines show what happens with a person: the organization where he mainly works."""
    found = Person.objects.filter(pk=person_id).values_list("organization_id", flat=True)
    return [key for key in found if key is not None]
