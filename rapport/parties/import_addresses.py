"""Addresses in imports: their parts from several columns, one address for each purpose and number."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.kernel.fields.text import without_nulls
from rapport.kernel.imports.extensions import Draft, Plan
from rapport.kernel.imports.values.addresses import as_in, split_postcode_and_city
from rapport.parties.models import PartyAddress, Purpose

ADDRESS_KEYS = {
    "street": "street", "postcode": "postcode", "city": "city", "state": "region", "country": "country",
}  # fmt: skip
KEYS = {*ADDRESS_KEYS, "postcode_city", "address", "house_number", "address_line_2", "po_box"}
PARTS = ("street", "postcode", "city", "region", "country")
LONGEST = 250
Address = dict[str, str]


def addresses_of(draft: Draft) -> list[dict[str, Any]]:  # Any: purpose and address
    """The addresses of a row; the billing address, say, apart from the one for delivery."""
    if KEYS.isdisjoint([said.key for said in draft.said]):
        return []
    found: dict[tuple[str, int], Address] = {}
    more: dict[tuple[str, int], dict[str, str]] = {}
    for said in draft.said:
        if said.key not in KEYS:
            continue
        place = (said.purpose, said.number)
        if said.key in ADDRESS_KEYS:
            _put(found.setdefault(place, {}), ADDRESS_KEYS[said.key], said.value)
        elif said.key == "postcode_city":
            postcode, city = split_postcode_and_city(said.value)
            _put(found.setdefault(place, {}), "postcode", postcode)
            _put(found.setdefault(place, {}), "city", city)
        elif said.key == "address":
            one = said.value
            whole = found.setdefault(place, {})
            for part, text in zip(
                PARTS, (one.street, one.postcode, one.city, one.state, one.country), strict=True
            ):
                _put(whole, part, text)
            more.setdefault(place, {})["address_line_2"] = one.extra
        elif said.key in ("house_number", "address_line_2", "po_box"):
            found.setdefault(place, {})
            more.setdefault(place, {})[said.key] = said.value
    rows: list[dict[str, Any]] = []
    for place, address in found.items():
        rest = more.get(place, {})
        street = " ".join(part for part in (address.get("street", ""), rest.get("house_number", "")) if part)
        lines = (street or rest.get("po_box", ""), rest.get("address_line_2", ""))
        address["street"] = "\n".join(line for line in lines if line)
        address["postcode"] = as_in(address.get("country", ""), address.get("postcode", ""))
        clean = {part: without_nulls(address.get(part, ""))[:LONGEST] for part in PARTS}
        if any(clean.values()):
            purpose = place[0] if place[0] in Purpose.values else Purpose.WORK
            rows.append({"purpose": str(purpose), "address": clean})
    return rows


def _put(address: Address, part: str, text: str) -> None:
    if text and not address.get(part):
        address[part] = text


def new_addresses(plans: Sequence[Plan], *, overwrite: bool) -> list[PartyAddress]:
    """The addresses to be added; those of known parties that are there for the same purpose are completed."""
    known = [plan.record.pk for plan in plans if not plan.is_new and _said(plan)]
    there: dict[UUID, list[PartyAddress]] = {}
    for row in PartyAddress.objects.filter(party_id__in=known).order_by("-is_primary", "id"):
        there.setdefault(row.party_id, []).append(row)
    new: list[PartyAddress] = []
    completed: list[PartyAddress] = []
    for plan in plans:
        said = _said(plan)
        if not said:
            continue
        mine = there.setdefault(plan.record.pk, [])
        for one in said:
            same = next((row for row in mine if row.purpose == one["purpose"]), None)
            if any(_is_same(row.address, one["address"]) for row in mine):
                continue
            if same is not None and not plan.is_new:
                if _complete(same, one["address"], overwrite=overwrite):
                    completed.append(same)
                continue
            row = PartyAddress(party_id=plan.record.pk, is_primary=not mine, **one)
            mine.append(row)
            new.append(row)
    if completed:
        PartyAddress.objects.bulk_update(completed, ["address"])
    return new


def _said(plan: Plan) -> Sequence[dict[str, Any]]:  # Any: purpose and address
    if len(plan.drafts) == 1:
        found: Sequence[dict[str, Any]] = plan.draft.facts.get("addresses", ())
        return found
    return [one for draft in plan.drafts for one in draft.facts.get("addresses", ())]


def _is_same(one: Address | None, other: Address) -> bool:
    return all((one or {}).get(part, "") == other[part] for part in PARTS)


def _complete(row: PartyAddress, address: Address, *, overwrite: bool) -> bool:
    """Fill the gaps of an address, or replace what the file says otherwise; another place is no gap."""
    old = dict(row.address or {})
    if overwrite:
        row.address = {**old, **{part: text for part, text in address.items() if text}}
    elif all(
        not old.get(part) or not address[part] or old[part] == address[part] for part in ("street", "city")
    ):
        row.address = {part: old.get(part) or address[part] for part in PARTS}
    return bool(row.address != old)
