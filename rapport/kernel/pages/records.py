"""Getting the record of an address, and the small questions that all its pages ask."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import LinkBase
from rapport.kernel.fields.base import FieldType
from rapport.kernel.merge.pointers import MovedTo, survivor_of
from rapport.kernel.permissions import can
from rapport.kernel.records import Record
from rapport.kernel.records.errors import Refused
from rapport.kernel.registry import RecordType

CONTACT = ("email", "phone", "web", "address")


def record_or_404(kind: RecordType, record_id: UUID, user: User) -> Record:
    """The record with what it links to; unknown, deleted and not visible look the same."""
    links = [name for name, one in kind.fields.items() if isinstance(one, LinkBase) and not one.is_custom]
    found: Record | None = kind.visible_to(user).select_related(*links).filter(pk=record_id).first()
    if found is None:
        survivor = survivor_of(record_id, user)
        if survivor is not None:
            raise MovedTo(survivor)
        raise Http404
    work_out(kind, [found], user)
    return found


def require(user: User, act: str, record: Record) -> None:
    """Refuse (403) what the user may not do with a record that he sees."""
    if not can(user, act, record):
        raise Refused


def grouped(kind: RecordType, fields: Iterable[FieldType]) -> list[tuple[str, list[FieldType]]]:
    """The fields in headed groups: as they say themselves, else what they are for."""
    from rapport.kernel.records.base import Record as Base

    common = {one.name for one in Base._meta.get_fields()}
    main, contact, ours = kind.label, _("Contact"), _("Our side")
    groups: dict[str, list[FieldType]] = {main: [], contact: []}
    for one in fields:
        if one.flags.group:
            label = str(one.flags.group)
        elif one.name in common:
            label = ours
        else:
            label = contact if one.kind in CONTACT else main
        groups.setdefault(label, []).append(one)
    last = groups.pop(ours, [])
    return [(label, found) for label, found in [*groups.items(), (ours, last)] if found]


def safe_next(request: HttpRequest, default: str) -> str:
    """Where to go after the deed: the address that the form names, if it lies in Rapport."""
    said = request.POST.get("next") or request.GET.get("next") or ""
    return said if said and url_has_allowed_host_and_scheme(said, {request.get_host()}) else default


def is_dialog(request: HttpRequest) -> bool:
    """True when the page's dialog asks, which shows only the form."""
    return request.headers.get("Rapport-Dialog") == "1"
