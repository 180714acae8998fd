"""Contact points in imports: read from several columns and cells, added where they are not known yet."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from rapport.kernel.fields.contact import is_plain_email
from rapport.kernel.imports.extensions import Draft, Plan, Said
from rapport.parties.import_keys import digits_of
from rapport.parties.models import ContactPoint

CONTACTS = {"email": "email", "phone": "phone", "mobile": "mobile", "fax": "fax"}
PURPOSES = {"home": "private", "main": "work", "": "work"}


def contacts_of(draft: Draft) -> list[tuple[str, str, str]]:
    """All contact points of the row: kind, value, purpose; each once, in the order of the columns."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for said in draft.said:
        kind = CONTACTS.get(said.key)
        if kind is None:
            continue
        purpose = PURPOSES.get(said.purpose, said.purpose)
        for one in said.value:
            value = one.address if kind == "email" else one.e164
            found.setdefault((kind, value), (kind, value, purpose))
            if kind == "email" and not is_plain_email(value):
                _check_email(value, said, draft)
    return list(found.values())


def _check_email(value: str, said: Said, draft: Draft) -> None:
    try:
        ContactPoint._meta.get_field("value").clean(value, None)
    except ValidationError as problem:
        draft.problems.append((said.column, " ".join(problem.messages)))


def place_on(plan: Plan) -> None:
    """City and country stand on the party; written with it, the trigger has nothing left to do."""
    addresses = next((draft.facts["addresses"] for draft in plan.drafts if "addresses" in draft.facts), None)
    if addresses:
        record: Any = plan.record  # a party
        record.city = addresses[0]["address"]["city"][:250]
        record.country = addresses[0]["address"]["country"]
        if record.city:
            plan.facts.setdefault("shown", {})["city"] = record.city


def new_contacts(plans: Sequence[Plan]) -> list[ContactPoint]:
    """The contact points that the columns of the party do not make by themselves and that are not there yet."""
    known_ids = [plan.record.pk for plan in plans if not plan.is_new and _facts(plan, "contacts")]
    there: dict[UUID, set[str]] = {}
    rows = ContactPoint.objects.filter(party_id__in=known_ids).values_list("party_id", "normalized")
    for key, normal in rows:
        there.setdefault(key, set()).add(normal)
    new = []
    for plan in plans:
        record: Any = plan.record  # a party
        main = (record.email, record.phone, record.mobile)
        contacts = _facts(plan, "contacts")
        if plan.is_new and all(value in main for _kind, value, _purpose in contacts):
            continue  # the trigger makes them
        mine = there.setdefault(record.pk, set())
        mine |= {record.email, digits_of(record.phone), digits_of(record.mobile)}
        for kind, value, purpose in contacts:
            normal = value if kind == "email" else digits_of(value)
            if normal not in mine:
                mine.add(normal)
                plan.facts["adds"] = True
                new.append(
                    ContactPoint(
                        party_id=record.pk, kind=kind, value=value, normalized=normal, purpose=purpose
                    )
                )
    return new


def set_purposes(plans: Sequence[Plan]) -> None:
    """The first contact points were made by the trigger, for work."""
    by_purpose: dict[str, list[tuple[UUID, str]]] = {}
    for plan in plans:
        if not plan.is_new:
            continue
        record: Any = plan.record  # a party
        for _kind, value, purpose in _facts(plan, "contacts"):
            if purpose != "work" and value in (record.email, record.phone, record.mobile):
                by_purpose.setdefault(purpose, []).append((record.pk, value))
    for purpose, pairs in by_purpose.items():
        keys, values = [key for key, _value in pairs], {value for _key, value in pairs}
        ContactPoint.objects.filter(party_id__in=keys, value__in=values).update(purpose=purpose)


def _facts(plan: Plan, name: str) -> Sequence[Any]:  # Any: what the digest left
    if len(plan.drafts) == 1:
        found: Sequence[Any] = plan.draft.facts.get(name, ())
        return found
    return [one for draft in plan.drafts for one in draft.facts.get(name, ())]
