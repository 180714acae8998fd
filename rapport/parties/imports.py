"""What parties tell the import: full names, several contact points, addresses in parts, organizations by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.imports.extensions import Draft, Extension, Plan, Slot
from rapport.kernel.imports.guess import Target
from rapport.kernel.imports.models import OnDuplicate
from rapport.kernel.records import Record
from rapport.parties.import_addresses import addresses_of, new_addresses
from rapport.parties.import_contacts import contacts_of, new_contacts, place_on, set_purposes
from rapport.parties.import_keys import digits_of, key_of, plain
from rapport.parties.import_organizations import NAMED, WithOrganizations, organizations_called
from rapport.parties.models import ORGANIZATION, PERSON, Organization, Party, Person
from rapport.parties.names import is_shared, split_name

IN_COLUMNS = ("email", "phone", "mobile")  # the first of them stands on the party
OF_MATCH = ("pk", "name", "is_name_guessed")
BETWEEN = "\x1f"  # stands in no contact point: thousands travel as one text, in a tenth of the time of a list


class PartyExtension(Extension):
    """What people and organizations have in common."""

    hidden = frozenset({"picture", "team"})
    in_parallel = True
    collects = frozenset(IN_COLUMNS)
    kind = PERSON
    model: type[Party] = Person

    def slots(self) -> list[Slot]:
        label = str(self.model._meta.verbose_name)
        found = [
            Slot(Target("email", _("E-mail"), "email", many=True), label, "mail", True, "contact_points"),
            Slot(Target("phone", _("Phone"), "phone", many=True), label, "phone", True, "contact_points"),
            Slot(
                Target("mobile", _("Mobile"), "phone", many=True), label, "smartphone", True, "contact_points"
            ),
            Slot(Target("fax", _("Fax"), "phone", many=True), label, "printer", True, "contact_points"),
        ]
        address = [
            Target("street", _("Street"), "text", many=True),
            Target("house_number", _("House number"), "text", many=True),
            Target("address_line_2", _("Second line"), "text", many=True),
            Target("po_box", _("P.O. box"), "text", many=True),
            Target("postcode", _("Postcode"), "postcode", many=True),
            Target("city", _("City"), "text", many=True),
            Target("postcode_city", _("Postcode and city"), "postcode_city", many=True),
            Target("state", _("Region"), "text", many=True),
            Target("country", _("Country"), "country", many=True),
            Target("address", _("Whole address"), "address", many=True),
        ]
        return found + [Slot(target, _("Address"), "map-pin", True, "addresses") for target in address]

    # -- one row ---------------------------------------------------------------------------------------------
    def digest(self, draft: Draft) -> None:
        contacts = contacts_of(draft)
        if contacts:
            draft.facts["contacts"] = contacts
            for kind, value, _purpose in contacts:
                if kind in IN_COLUMNS:
                    draft.values.setdefault(kind, value)
        if addresses := addresses_of(draft):
            draft.facts["addresses"] = addresses
        draft.facts["name"] = name = plain(self.name_of(draft))
        numbers = []
        for kind, value, _purpose in contacts:
            if kind == "email":
                several = self.kind == PERSON and is_shared(value)
                draft.keys.append(f"e:{value}|{name}" if several else f"e:{value}")
            elif kind != "fax":
                numbers.append(f"p:{digits_of(value)}|{name}")
        draft.keys += numbers

    def name_of(self, draft: Draft) -> str:
        return str(draft.values.get("name", ""))

    # -- who is it? --------------------------------------------------------------------------------------------
    def match(self, drafts: Sequence[Draft], by: User) -> None:
        """By e-mail address, then by telephone; a number or address that several share needs the same name, too."""
        wanted = list({key[2:].partition("|")[0] for draft in drafts for key in draft.keys if key[1] == ":"})
        owners = _owners_of(wanted)
        if not owners:
            return
        mine = self.model.objects.visible_to(by).filter(pk__in={key for _kind, _normal, key in owners})
        names = {key: (name, is_guessed) for key, name, is_guessed in mine.values_list(*OF_MATCH)}
        found: dict[str, list[tuple[UUID, str, bool]]] = {}
        for kind, normal, key in owners:
            if key in names:
                letter = "e" if kind == "email" else "p"
                found.setdefault(f"{letter}:{normal}", []).append((key, *names[key]))
        for draft in drafts:
            draft.known = _first_match(draft.keys, found)

    def likeness(self, drafts: Sequence[Draft], by: User) -> Sequence[Mapping[str, Any]]:
        return [
            {
                **draft.values,
                "contact_points": [
                    {"kind": kind, "value": value}
                    for kind, value, _purpose in draft.facts.get("contacts", ())
                ],
                "addresses": draft.facts.get("addresses", ()),
            }
            for draft in drafts
        ]

    def is_gap(self, record: Record, name: str) -> bool:
        guessed = getattr(record, "is_name_guessed", False)
        return bool(guessed) and name in ("name", "given_name", "family_name")

    # -- parts ---------------------------------------------------------------------------------------------------
    def settle(
        self, plans: Sequence[Plan], mode: str, by: User, counts: dict[str, int], *, dry: bool
    ) -> None:
        for plan in plans:
            if plan.is_new:
                place_on(plan)

    def foresee(self, plans: Sequence[Plan]) -> None:
        new_contacts(plans)

    def parts(self, plans: Sequence[Plan], mode: str, by: User) -> Sequence[models.Model]:
        rows = new_contacts(plans)
        set_purposes(plans)
        return [*rows, *new_addresses(plans, overwrite=mode == OnDuplicate.UPDATE)]


class PeopleExtension(WithOrganizations, PartyExtension):
    """Full names in one column, and the organization somebody works at."""

    cards = PERSON
    same = (_("same e-mail"), _("or same phone and name"))

    def slots(self) -> list[Slot]:
        label = str(Person._meta.verbose_name)
        return [
            Slot(Target("name", _("Full name"), "name", concept="full_name"), label, "user-round", True),
            *super().slots(),
            Slot(
                Target(NAMED, _("Name"), "company", concept="organization"),
                str(Organization._meta.verbose_name),
                "building-2",
                True,
            ),
        ]

    def digest(self, draft: Draft) -> None:
        values = draft.values
        for said in draft.said:
            if said.key == "name":
                _take_name(values, said.value)
        if not (values.get("given_name") or values.get("family_name")):
            emails = [one for said in draft.said if said.key == "email" for one in said.value]
            if emails and emails[0].name:
                _take_name(values, emails[0].name)
        super().digest(draft)

    def likeness(self, drafts: Sequence[Draft], by: User) -> Sequence[Mapping[str, Any]]:
        """With the organization that is meant, if there is one of that name only."""
        found = organizations_called([draft.facts[NAMED] for draft in drafts if NAMED in draft.facts], by)
        told = [dict(one) for one in super().likeness(drafts, by)]
        for draft, one in zip(drafts, told, strict=True):
            called = found.get(key_of(draft.facts.get(NAMED, "")), ())
            if len(called) == 1:
                one["organization_id"] = called[0][0]
        return told

    def name_of(self, draft: Draft) -> str:
        values = draft.values
        given, family = values.get("given_name"), values.get("family_name")
        if given and family:
            return f"{given} {family}"
        return str(given or family or values.get("name", ""))


class OrganizationExtension(PartyExtension):
    """An organization is known by its e-mail, its phone or its name, unless the cities differ."""

    kind = ORGANIZATION
    cards = ORGANIZATION
    model = Organization
    same = (_("same e-mail"), _("or same phone and name"), _("or same name in the same city"))

    def slots(self) -> list[Slot]:
        label = str(Organization._meta.verbose_name)
        name = Slot(Target("name", _("Name"), "text", concept="organization"), label, "building-2")
        return [name, *super().slots()]

    def digest(self, draft: Draft) -> None:
        super().digest(draft)
        if name := draft.values.get("name"):
            city = next((one["address"]["city"] for one in draft.facts.get("addresses", ())), "")
            draft.facts["city"] = plain(city)
            draft.keys.append(f"n {key_of(name)}|{plain(city)}")

    def match(self, drafts: Sequence[Draft], by: User) -> None:
        super().match(drafts, by)
        open_ones = [draft for draft in drafts if draft.known is None and draft.values.get("name")]
        found = organizations_called([draft.values["name"] for draft in open_ones], by)
        for draft in open_ones:
            here = draft.facts["city"]
            for key, city in found.get(key_of(draft.values["name"]), ()):
                there = plain(city)
                if not here or not there or here == there:
                    draft.known = key
                    break


# -- names ---------------------------------------------------------------------------------------------------------
def _take_name(values: dict[str, Any], said: str) -> None:
    """The parts of a full name, where no other column told them."""
    name = split_name(said)
    if name.is_company:
        values.setdefault("name", said[:250])
        return
    if name.given:
        values.setdefault("given_name", name.given)
    if family := f"{name.family} {name.suffix}".strip() if name.suffix else name.family:
        values.setdefault("family_name", family)
    if name.title:
        values.setdefault("academic_title", name.title)
    if name.salutation:
        values.setdefault("salutation", name.salutation)


def _owners_of(points: list[str]) -> list[tuple[str, str, UUID]]:
    """Kind, normalized value and party of the contact points with one of these values, whoever may see them."""
    points = [point for point in points if BETWEEN not in point]
    if not points:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select kind, normalized, party_id from parties_contactpoint
            where normalized = any(string_to_array(%s, %s)) and kind in ('email', 'phone', 'mobile')
            order by party_id
            """,
            [BETWEEN.join(points), BETWEEN],
        )
        rows: list[tuple[str, str, UUID]] = cursor.fetchall()
    return rows


def _first_match(keys: Iterable[str], found: dict[str, list[tuple[UUID, str, bool]]]) -> UUID | None:
    for key in keys:
        point, has_name, mine = key.partition("|")
        for party, name, is_guessed in found.get(point, ()):
            if not has_name or not mine or not name or is_guessed or plain(name) == mine:
                return party
    return None
