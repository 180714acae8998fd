"""Further files that a record type can be exported as, e.g. contacts as vCard, appointments as iCalendar."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.kernel.registry import RecordType
from rapport.ui.words import Words

if TYPE_CHECKING:
    from rapport.accounts.models import User

Write = Callable[[Any, RecordType, "User"], Iterator[bytes]]  # Any: a query set of records that may leave


@dataclass(frozen=True)
class FileForm:
    """One kind of file. `write` gets the rows as the user may see them, and the type with his fields only."""

    key: str  # how the file's name ends
    types: tuple[str, ...]
    label: Words
    content_type: str
    write: Write
    icon: str = "file-text"


_forms: list[FileForm] = []


def add_file_form(form: FileForm) -> None:
    """Register it; called once when the area is loaded."""
    _forms.append(form)


def forms_of(kind: RecordType) -> list[FileForm]:
    return [one for one in _forms if kind.key in one.types]


def form_of(kind: RecordType, key: str) -> FileForm | None:
    return next((one for one in forms_of(kind) if one.key == key), None)
