"""Export files of other programs: recognised by the names of their columns and matched at once.

Sources: the export pages and help of the programs, and files that their users have made public.
"""

from collections.abc import Sequence

from rapport.kernel.imports.guess.headers import normal
from rapport.kernel.imports.programs import (
    address_books,
    hubspot,
    odoo,
    pipedrive,
    salesforce,
    suitecrm,
    zoho,
)
from rapport.kernel.imports.programs.base import Export

EXPORTS: tuple[Export, ...] = (
    *salesforce.EXPORTS,
    *hubspot.EXPORTS,
    *pipedrive.EXPORTS,
    *zoho.EXPORTS,
    *odoo.EXPORTS,
    *suitecrm.EXPORTS,
    *address_books.EXPORTS,
)


def recognize(header: Sequence[str], type_key: str) -> Export | None:
    """The program whose export of these records has these columns; None for other files."""
    return _best(header, [one for one in EXPORTS if one.type == type_key])


def holds_other(header: Sequence[str], type_key: str) -> Export | None:
    """The export that this is, when it holds records of another type than was said."""
    best = _best(header, EXPORTS)
    return (
        best if best is not None and best.type != type_key and recognize(header, type_key) is None else None
    )


def _best(header: Sequence[str], among: Sequence[Export]) -> Export | None:
    names = frozenset(map(normal, header))
    rated = [(one.recognizes(names), one) for one in among]
    most = max((points for points, _one in rated), default=0)
    return next((one for points, one in rated if points == most and most), None)
