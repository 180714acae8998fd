"""Export files of other programs: recognised by the names of their columns and matched at once.

One entry for each kind of file that a program writes. `signs` are columns that together stand in no other file; one of
the sets is enough. `columns` says where the others go: a field, "field:purpose" or "field:purpose:number". What is not
named there is guessed as in any other file, except what `left_out` names: codes that only the other program reads.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapport.kernel.imports.guess.headers import normal


@dataclass(frozen=True)
class Export:
    """One kind of file of one program."""

    key: str  # of the program: under which the keys of its records are kept
    program: str
    type: str  # what its rows are
    signs: tuple[str, ...]  # each a list of columns, separated by |
    columns: str  # column = target, one in a line
    left_out: str = ""

    def recognizes(self, names: frozenset[str]) -> int:
        """How many columns speak for it; 0 when it is another file."""
        is_mine = any(_names(sign) <= names for sign in self.signs)
        return len(names & self.targets().keys()) if is_mine else 0

    def targets(self) -> dict[str, tuple[str, str, int]]:
        """{normalized column: (target, purpose, number)}; an empty target leaves the column out."""
        found: dict[str, tuple[str, str, int]] = {
            normal(one): ("", "", 0) for one in self.left_out.split("|") if one
        }
        for line in self.columns.strip().splitlines():
            name, _equals, where = line.partition("=")
            target, purpose, number = (*where.strip().split(":"), "", "")[:3]
            found[normal(name)] = (target, purpose, int(number or 0))
        return found


def _names(sign: str) -> frozenset[str]:
    return frozenset(map(normal, sign.split("|")))


_exports: list[Export] = []


def add_exports(exports: Iterable[Export]) -> None:
    """Register the files of programs."""
    _exports.extend(exports)


def recognize(header: Sequence[str], type_key: str) -> Export | None:
    """The program whose export of these records has these columns; None for other files."""
    return _best(header, [one for one in _exports if one.type == type_key])


def holds_other(header: Sequence[str], type_key: str) -> Export | None:
    """The export that this is, when it holds records of another type than was said."""
    best = _best(header, _exports)
    return (
        best if best is not None and best.type != type_key and recognize(header, type_key) is None else None
    )


def _best(header: Sequence[str], among: Sequence[Export]) -> Export | None:
    names = frozenset(map(normal, header))
    rated = [(one.recognizes(names), one) for one in among]
    most = max((points for points, _one in rated), default=0)
    return next((one for points, one in rated if points == most and most), None)
