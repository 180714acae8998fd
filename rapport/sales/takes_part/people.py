"""Who takes part in a deal, with which role: relationships of the type "takes part in"."""

from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.permissions import can
from rapport.kernel.records import NotVisible, Refused, RuleError
from rapport.kernel.relations.models import Relationship, RelationshipQuerySet, RelationshipType
from rapport.parties.models import Person
from rapport.sales.deals.models import Deal

TAKES_PART = "takes_part"
LONGEST_ROLE = 100
ROLES = (
    _("Decision maker"), _("Signs"), _("Purchasing"), _("Evaluator"), _("User"), _("Champion"), _("Against it"),
)  # fmt: skip


def people_of(deal: Deal, user: User) -> list[tuple[Relationship, Person]]:
    """Who takes part and may be seen by this user, in the order in which they were added."""
    edges = list(Relationship.objects.filter(target_id=deal.pk, type__key=TAKES_PART).order_by("id"))
    people = Person.objects.visible_to(user).in_bulk([edge.source_id for edge in edges])
    return [(edge, people[edge.source_id]) for edge in edges if edge.source_id in people]


def _editable(deal: Deal, by: User) -> None:
    if not can(by, "edit", deal):
        raise Refused


def add_person(deal: Deal, *, by: User, person: Person | None, role: str = "") -> Relationship:
    """Let somebody take part; who takes part already gets the new role."""
    _editable(deal, by)
    if person is None:
        raise RuleError(fields={"person": gettext("Say who takes part.")})
    role = _role(role)
    with change_set(
        by=by, label=lambda: gettext("%(who)s takes part: %(deal)s") % {"who": person, "deal": deal}
    ):
        Deal.objects.select_for_update().get(pk=deal.pk)
        kind = RelationshipType.objects.get(key=TAKES_PART)
        edge, is_new = Relationship.objects.get_or_create(
            type=kind, source_id=person.pk, target_id=deal.pk, defaults={"role": role}
        )
        if not is_new and edge.role != role:
            edge.role = role
            edge.save(update_fields=["role"])
    return edge


def change_role(deal: Deal, edge_id: UUID, *, by: User, role: str) -> None:
    """Give somebody on the deal another role."""
    _editable(deal, by)
    role = _role(role)
    with change_set(by=by, label=lambda: gettext("Role changed: %(deal)s") % {"deal": deal}):
        if not _edges(deal, edge_id, by).update(role=role):
            raise NotVisible


def remove_person(deal: Deal, edge_id: UUID, *, by: User) -> None:
    """Somebody does not take part any more."""
    _editable(deal, by)
    with change_set(by=by, label=lambda: gettext("Does not take part any more: %(deal)s") % {"deal": deal}):
        if not _edges(deal, edge_id, by).delete()[0]:
            raise NotVisible


def _edges(deal: Deal, edge_id: UUID, by: User) -> RelationshipQuerySet:
    seen = Person.objects.visible_to(by).values("pk")
    return Relationship.objects.filter(
        pk=edge_id, target_id=deal.pk, type__key=TAKES_PART, source_id__in=seen
    )


def _role(said: str) -> str:
    role = " ".join(said.replace("\0", "").split())
    if len(role) > LONGEST_ROLE:
        raise RuleError(
            fields={"role": gettext("A role has up to %(most)s characters.") % {"most": LONGEST_ROLE}}
        )
    return role
