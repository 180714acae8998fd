"""What parties tell the import: full names, several contact points, addresses in parts, organizations by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause
from rapport.kernel.imports.extensions import Draft, Extension, Plan, Slot
from rapport.kernel.imports.guess import Target
from rapport.kernel.imports.models import OnDuplicate
from rapport.kernel.permissions import policy
from rapport.kernel.records import Record
from rapport.kernel.records.loading import Mold, insert_records
from rapport.kernel.registry import RecordType, type_by_key
from rapport.parties.import_addresses import addresses_of, new_addresses
from rapport.parties.import_contacts import contacts_of, new_contacts, place_on, set_purposes
from rapport.parties.import_keys import digits_of, key_of, plain
from rapport.parties.models import ORGANIZATION, PERSON, Organization, Party, Person
from rapport.parties.names import is_shared, split_name

IN_COLUMNS = ("email", "phone", "mobile")  # the first of them stands on the party
OF_MATCH = ("pk", "name", "is_name_guessed")
REMEMBERED = 200_000  # names of organizations
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


class PeopleExtension(PartyExtension):
    """Full names in one column, and the organization somebody works at."""

    cards = PERSON
    makes = frozenset({"organizations"})
    finds = frozenset({"organization"})
    same = (_("same e-mail"), _("or same phone and name"))

    def __init__(self) -> None:
        self.organizations: dict[str, UUID | None] = {}  # by normalized name; None: would be made
        self.new: list[str] = []  # of them those that the last batch of a dry run would make

    def slots(self) -> list[Slot]:
        label = str(Person._meta.verbose_name)
        return [
            Slot(Target("name", _("Full name"), "name", concept="full_name"), label, "user-round", True),
            *super().slots(),
            Slot(
                Target("organization", _("Name"), "company", concept="organization"),
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
            elif said.key == "organization":
                draft.facts.setdefault("organization", said.value[:250])
        if not (values.get("given_name") or values.get("family_name")):
            emails = [one for said in draft.said if said.key == "email" for one in said.value]
            if emails and emails[0].name:
                _take_name(values, emails[0].name)
        super().digest(draft)

    def likeness(self, drafts: Sequence[Draft], by: User) -> Sequence[Mapping[str, Any]]:
        """With the organization that is meant, if there is one of that name only."""
        found = _organizations_called(
            [draft.facts["organization"] for draft in drafts if "organization" in draft.facts], by
        )
        told = [dict(one) for one in super().likeness(drafts, by)]
        for draft, one in zip(drafts, told, strict=True):
            called = found.get(key_of(draft.facts.get("organization", "")), ())
            if len(called) == 1:
                one["organization_id"] = called[0][0]
        return told

    def named(self, draft: Draft) -> Mapping[str, str]:
        said = draft.facts.get("organization", "")
        return {"organization": said} if said else {}

    def name_of(self, draft: Draft) -> str:
        values = draft.values
        given, family = values.get("given_name"), values.get("family_name")
        if given and family:
            return f"{given} {family}"
        return str(given or family or values.get("name", ""))

    def settle(
        self, plans: Sequence[Plan], mode: str, by: User, counts: dict[str, int], *, dry: bool
    ) -> None:
        super().settle(plans, mode, by, counts, dry=dry)
        wanted: dict[str, str] = {}
        takers = []
        for plan in plans:
            name = ""
            for draft in plan.drafts:
                if name := draft.facts.get("organization", ""):
                    break
            record: Any = plan.record  # a person
            if name and (plan.is_new or mode == OnDuplicate.UPDATE or record.organization_id is None):
                takers.append((plan, name))
                plan.facts.setdefault("shown", {})["organization"] = name
                wanted.setdefault(key_of(name), name)
        self._find_or_make(wanted, by, counts, dry=dry)
        for plan, name in takers:
            key = self.organizations.get(key_of(name))
            person: Any = plan.record
            if key is None and not dry:
                sentence = gettext(
                    "There is no organization “%(name)s”, and your role does not allow to make one."
                )
                plan.draft.problems.append((_column(plan.draft, "organization"), sentence % {"name": name}))
            elif plan.is_new and not dry:
                # Nothing is known of it yet that would have to be forgotten.
                vars(person)["organization_id"] = key
                plan.changed.add("organization")
            elif dry or person.organization_id != key:
                person.organization_id = key if not dry else person.organization_id
                plan.changed.add("organization")

    def _find_or_make(self, wanted: dict[str, str], by: User, counts: dict[str, int], *, dry: bool) -> None:
        self.new = []
        missing = {key: name for key, name in wanted.items() if key not in self.organizations}
        if not missing:
            return
        if len(self.organizations) > REMEMBERED:
            self.organizations.clear()
            missing = dict(wanted)
        found = {key: rows[0][0] for key, rows in _organizations_called(missing.values(), by).items()}
        counts["organizations_found"] = counts.get("organizations_found", 0) + len(found)
        self.organizations.update(found)
        new = {key: name for key, name in missing.items() if key not in found}
        kind = _type("organizations")
        if not new or policy(by, kind.key, "create").reach == "none":
            return
        counts["organizations_made"] = counts.get("organizations_made", 0) + len(new)
        if dry:
            self.organizations.update(dict.fromkeys(new))
            self.new = list(new.values())
            return
        mold = Mold(kind, origin=Cause.IMPORT.value)
        made = [mold.record({"name": name}, by=by) for name in new.values()]
        insert_records(kind, made, ["name"], by=by)
        self.organizations.update({key: record.pk for key, record in zip(new, made, strict=True)})

    def would_make(self) -> Sequence[tuple[str, str]]:
        return [("organizations", name) for name in self.new]

    def words(self, counts: dict[str, int]) -> list[tuple[str, str]]:
        found, made = counts.get("organizations_found", 0), counts.get("organizations_made", 0)
        if not found and not made:
            return []
        said = ngettext("%(found)s found, %(made)s new", "%(found)s found, %(made)s new", made)
        return [(gettext("Organizations"), said % {"found": f"{found:,}", "made": f"{made:,}"})]


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
        found = _organizations_called([draft.values["name"] for draft in open_ones], by)
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


def _organizations_called(names: Iterable[str], by: User) -> dict[str, list[tuple[UUID, str]]]:
    """The visible organizations of each name (by `key_of`) with their city, the oldest first."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select w.name, p.id, p.city from unnest(%s::text[]) as w (name)
            join parties_party p on left(kernel_normal(p.name), 100) collate "C"
                = left(kernel_normal(w.name), 100) collate "C"
            where p.deleted_at is null and p.kind = 'organization' order by p.id
            """,
            [wanted],
        )
        rows = cursor.fetchall()
    if policy(by, "organizations", "read").reach != "all":
        keys = [key for _name, key, _city in rows]
        seen = set(Organization.objects.visible_to(by).filter(pk__in=keys).values_list("pk", flat=True))
        rows = [row for row in rows if row[1] in seen]
    found: dict[str, list[tuple[UUID, str]]] = {}
    for name, key, city in rows:
        found.setdefault(key_of(name), []).append((key, city))
    return found


def _type(key: str) -> RecordType:
    found = type_by_key(key)
    assert found is not None
    return found


def _column(draft: Draft, key: str) -> int:
    return next((said.column for said in draft.said if said.key == key), -1)
