"""People and organizations as vCards (3.0, which every address book reads)."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.exports.forms import FileForm, add_file_form
from rapport.kernel.fields.places import country_names
from rapport.kernel.registry import RecordType
from rapport.parties.models import ContactPoint, PartyAddress

AT_ONCE = 500
WIDTH = 74  # bytes of a line before it is folded
PHONES = {"phone": "VOICE", "mobile": "CELL", "fax": "FAX"}
PLACES = {"work": "WORK", "private": "HOME"}


def register() -> None:
    add_file_form(
        FileForm(
            "vcf",
            ("people", "organizations"),
            _("Contacts (vCard)"),
            "text/vcard; charset=utf-8",
            write,
            "contact",
        )
    )


# Any: a query set of people or organizations
def write(rows: Any, kind: RecordType, user: User) -> Iterator[bytes]:
    """One card for each, some at a time; only what the user may see of them."""
    read = (
        rows.order_by("name", "pk").select_related("organization") if "organization" in kind.fields else rows
    )
    records = iter(read.iterator(chunk_size=AT_ONCE))
    while found := list(islice(records, AT_ONCE)):
        points = _points(found) if "contact_points" in kind.parts else {}
        places = _places(found) if "addresses" in kind.parts else {}
        seen = _seen_organizations(found, kind, user)
        for one in found:
            lines = card(one, kind, points.get(one.pk), places.get(one.pk, []), seen)
            yield "".join(_folded(line) for line in lines).encode()


def _seen_organizations(found: Iterable[Any], kind: RecordType, user: User) -> set[Any]:  # Any: records, ids
    if "organization" not in kind.fields:
        return set()
    from rapport.parties.models import Organization

    wanted = {one.organization_id for one in found if one.organization_id}
    return set(Organization.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))


def _points(found: Iterable[Any]) -> dict[Any, list[ContactPoint]]:
    rows: dict[Any, list[ContactPoint]] = {}
    for one in ContactPoint.objects.filter(party__in=[record.pk for record in found]).order_by(
        "-is_primary", "id"
    ):
        rows.setdefault(one.party_id, []).append(one)
    return rows


def _places(found: Iterable[Any]) -> dict[Any, list[PartyAddress]]:
    rows: dict[Any, list[PartyAddress]] = {}
    for one in PartyAddress.objects.filter(party__in=[record.pk for record in found]).order_by(
        "-is_primary", "id"
    ):
        rows.setdefault(one.party_id, []).append(one)
    return rows


def card(
    one: Any, kind: RecordType, points: list[ContactPoint] | None, places: list[PartyAddress], seen: set[Any]
) -> list[str]:  # Any: a person or organization, ids
    """The lines of one card."""
    is_person = kind.key == "people"

    def said(name: str) -> str:
        return str(getattr(one, name, "") or "") if name in kind.fields else ""

    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:urn:uuid:{one.pk}",
        f"REV:{one.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    ]
    names = (said("family_name"), said("given_name"), "", said("academic_title"), "")
    lines.append(
        "N:" + ";".join(escaped(part) for part in (names if is_person else (said("name"), "", "", "", "")))
    )
    lines.append(f"FN:{escaped(said('name') or said('email') or str(one))}")
    if is_person:
        if one.organization_id in seen:
            lines.append(f"ORG:{escaped(str(one.organization))}")
    else:
        lines += [f"ORG:{escaped(said('name'))}", "X-ABShowAs:COMPANY"]
    values = [("TITLE", said("position")), ("NOTE", said("about"))]
    values += [("BDAY", one.birthday.isoformat())] if is_person and said("birthday") else []
    lines += [f"{name}:{escaped(value)}" for name, value in values if value]
    if "tags" in kind.fields and one.tags:
        lines.append("CATEGORIES:" + ",".join(escaped(tag) for tag in one.tags))
    lines += _reached(points, said) + [_place(place) for place in places]
    return [*lines, "END:VCARD"]


def _reached(points: list[ContactPoint] | None, said: Any) -> list[str]:  # Any: a function of a name
    """E-mail addresses, numbers and web addresses: each contact point; the main ones where those cannot be seen."""
    if points is None:
        main = [("email", said("email")), ("phone", said("phone")), ("mobile", said("mobile"))]
        rows = [(kind, value, "work", True) for kind, value in main if value]
    else:
        rows = [(one.kind, str(one.value), str(one.purpose), bool(one.is_primary)) for one in points]
    lines = []
    for kind, value, purpose, is_main in rows:
        types = [PLACES[purpose]] if purpose in PLACES else []
        types += ["PREF"] if is_main else []
        if kind == "email":
            lines.append(f"EMAIL;TYPE={','.join(['INTERNET', *types])}:{escaped(value)}")
        elif kind in PHONES:
            lines.append(f"TEL;TYPE={','.join([PHONES[kind], *types])}:{escaped(value)}")
        elif kind in ("web", "social"):
            lines.append(f"URL:{escaped(value)}")
    if not any(line.startswith("URL:") for line in lines) and said("website"):
        lines.append(f"URL:{escaped(said('website'))}")
    return lines


def _place(one: PartyAddress) -> str:
    address: dict[str, str] = one.address or {}
    country = country_names(get_language() or "en").get(
        address.get("country") or "", address.get("country") or ""
    )
    parts = (
        "",
        "",
        address.get("street"),
        address.get("city"),
        address.get("region"),
        address.get("postcode"),
        country,
    )
    kind = PLACES.get(str(one.purpose), "WORK")
    return f"ADR;TYPE={kind}:" + ";".join(escaped(part or "") for part in parts)


def escaped(text: str) -> str:
    """Text as it may stand in a line."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 bytes, none of which cuts a letter."""
    pieces, room = [""], WIDTH
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(" ")
            room = WIDTH - 1
        pieces[-1] += letter
        room -= size
    return "\r\n".join(pieces) + "\r\n"
