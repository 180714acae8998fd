"""The rows that could not be taken as CSV: the columns of the file and, behind them, what is wrong."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from rapport.kernel.exports.delimited import harmless, written
from rapport.kernel.imports.extensions import Draft
from rapport.kernel.imports.models import Import, ImportRow


def keep_wrong(one: Import, drafts: Sequence[Draft], phase: str) -> None:
    """Keep the rows that cannot be taken, with the reasons."""
    ImportRow.objects.bulk_create(
        [ImportRow(source=one, phase=phase, line=d.line, cells=d.cells, problems=d.problems) for d in drafts],
        batch_size=500,
    )


def write_wrong_rows(one: Import, phase: str = "") -> Iterator[bytes]:
    """Yield the file piece by piece. `phase`: of which rows, else those that could not be taken.

    Cells stand in it as they came, so that it can be imported again.
    """
    return written(_lines(one, phase or one.phase), ";")


def _lines(one: Import, phase: str) -> Iterator[list[str]]:
    width = len(one.header)
    yield [*map(_harmless, one.header), gettext("Problem")]
    for row in one.rows.filter(phase=phase).iterator(chunk_size=500):
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        sentences = " ".join(dict.fromkeys(sentence for _column, sentence in row.problems))
        yield [*map(_harmless, cells[:width]), _harmless(sentences)]


def _harmless(cell: str) -> str:
    """Like `harmless`, but a telephone number or negative number is no formula and stays."""
    is_number = cell.startswith(("+", "-")) and all(char in "0123456789 .,()/-+" for char in cell)
    return cell if is_number else harmless(cell)
