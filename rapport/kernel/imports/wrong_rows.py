"""The rows that could not be taken as CSV: the columns of the file and, in front, what is wrong."""

import csv
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from rapport.kernel.exports.delimited import FORMULA
from rapport.kernel.imports.extensions import Draft
from rapport.kernel.imports.models import Import, ImportRow

MARK = "\ufeff"
CHUNK = 64_000


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
    heading = gettext("Problem")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    text.write(MARK)
    writer.writerow([*map(harmless, one.header), heading])
    width = len(one.header)
    for row in one.rows.filter(phase=phase or one.phase).iterator(chunk_size=500):
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        sentences = " ".join(dict.fromkeys(sentence for _column, sentence in row.problems))
        writer.writerow([*map(harmless, cells[:width]), harmless(sentences)])
        if text.tell() > CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def harmless(cell: str) -> str:
    """A formula gets the apostrophe of spreadsheets; a telephone number or negative number is none and stays."""
    if not cell.startswith(FORMULA):
        return cell
    if cell[0] in "+-" and all(char in "0123456789 .,()/-+" for char in cell):
        return cell
    return f"'{cell}"
