"""Organizations that rows of other types name: found by their name, or made where nobody is called so."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause
from rapport.kernel.imports.extensions import Draft, Extension, Plan
from rapport.kernel.imports.models import OnDuplicate
from rapport.kernel.permissions import policy
from rapport.kernel.records.loading import Mold, insert_records
from rapport.kernel.registry import type_by_key
from rapport.parties.import_keys import key_of
from rapport.parties.models import Organization
from rapport.ui.formats import format_number

NAMED = "organization"  # the link, the target of its column, and the name among the facts of a draft
LONGEST = 250
REMEMBERED = 200_000  # names of organizations


class WithOrganizations(Extension):
    """What imports of types share that lead to an organization by the link `organization`."""

    makes = frozenset({"organizations"})
    finds = frozenset({NAMED})
    takes_oldest = True  # of several of one name; else the row is told

    def __init__(self) -> None:
        self.organizations: dict[str, UUID | None] = {}  # by normalized name; None: would be made
        self.several: set[str] = set()  # normalized names of more than one
        self.new: list[str] = []  # of them those that the last batch of a dry run would make

    def digest(self, draft: Draft) -> None:
        for said in draft.said:
            if said.key == NAMED:
                draft.facts.setdefault(NAMED, said.value[:LONGEST])
        super().digest(draft)

    def named(self, draft: Draft) -> Mapping[str, str]:
        said = draft.facts.get(NAMED, "")
        return {NAMED: said} if said else {}

    def settle(
        self, plans: Sequence[Plan], mode: str, by: User, counts: dict[str, int], *, dry: bool
    ) -> None:
        super().settle(plans, mode, by, counts, dry=dry)
        wanted: dict[str, str] = {}
        takers = []
        for plan in plans:
            name = next((said for draft in plan.drafts if (said := draft.facts.get(NAMED, ""))), "")
            record: Any = plan.record  # of a type with that link
            if name and (plan.is_new or mode == OnDuplicate.UPDATE or record.organization_id is None):
                takers.append((plan, name))
                plan.facts.setdefault("shown", {})[NAMED] = name
                wanted.setdefault(key_of(name), name)
        self._find_or_make(wanted, by, counts, dry=dry)
        for plan, name in takers:
            self._lead(plan, name, dry=dry)

    def _lead(self, plan: Plan, name: str, *, dry: bool) -> None:
        """The record of the plan to the organization of that name."""
        if key_of(name) in self.several:
            sentence = gettext("“%(said)s” fits more than one; choose one.")
            plan.draft.problems.append((_column(plan.draft), sentence % {"said": name[:60]}))
            return
        if key_of(name) not in self.organizations:
            sentence = gettext(
                "There is no organization “%(name)s”, and your role does not allow to make one."
            )
            plan.draft.problems.append((_column(plan.draft), sentence % {"name": name}))
            return
        key, record = self.organizations[key_of(name)], plan.record
        if plan.is_new or key is None or getattr(record, "organization_id", None) != key:
            plan.changed.add(NAMED)
            if not dry:
                setattr(record, "organization_id", key)  # noqa: B010  # of a type with that link

    def _find_or_make(self, wanted: dict[str, str], by: User, counts: dict[str, int], *, dry: bool) -> None:
        self.new = []
        missing = {
            key: name
            for key, name in wanted.items()
            if key not in self.organizations and key not in self.several
        }
        if not missing:
            return
        if len(self.organizations) > REMEMBERED:
            self.organizations.clear()
            missing = dict(wanted)
        called = organizations_called(missing.values(), by)
        if not self.takes_oldest:
            self.several |= {key for key, rows in called.items() if len(rows) > 1}
            missing = {key: name for key, name in missing.items() if key not in self.several}
        found = {key: rows[0][0] for key, rows in called.items() if key in missing}
        counts["organizations_found"] = counts.get("organizations_found", 0) + len(found)
        self.organizations.update(found)
        new = {key: name for key, name in missing.items() if key not in found}
        kind = type_by_key("organizations")
        if not new or kind is None or policy(by, kind.key, "create").reach == "none":
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
        new = format_number(made)
        if not found:
            return [(gettext("Organizations"), gettext("%(count)s new") % {"count": new})]
        said = ngettext("%(found)s found, %(made)s new", "%(found)s found, %(made)s new", made)
        return [(gettext("Organizations"), said % {"found": format_number(found), "made": new})]


def organizations_called(names: Iterable[str], by: User) -> dict[str, list[tuple[UUID, str]]]:
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


def _column(draft: Draft) -> int:
    return next((said.column for said in draft.said if said.key == NAMED), -1)
