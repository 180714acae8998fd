"""One kind of file that another program writes, and where its columns go.

One entry for each kind of file that a program writes. `signs` are columns that together stand in no other file; one of
the sets is enough. `columns` says where the others go: a field, "field:purpose" or "field:purpose:number". What is not
named there is guessed as in any other file, except what `left_out` names: codes that only the other program reads.
"""

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
