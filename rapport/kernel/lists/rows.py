"""The rows of a list as markup."""

from collections.abc import Sequence
from html import escape
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext
from markupsafe import Markup

from rapport.kernel.lists.cells import Cells, may_edit
from rapport.kernel.lists.columns import Column
from rapport.kernel.lists.reader import Rows, Shape

PHONE = ("c-name", "c-org", "c-last", "c-pulse")  # areas of a row with two lines
FIRST, SECOND = ("link", "text", "wide", "choice", "option", "email"), ("moment", "money", "date")


def shape_of(names: Sequence[str], joined: Sequence[str]) -> Shape:
    """What the reader must add to the query for these columns."""

    def shape(rows: Rows) -> Rows:
        return rows.select_related(*joined).only(*names) if joined else rows.only(*names)

    return shape


def phone_areas(columns: Sequence[Column]) -> dict[str, str]:
    """Which columns a phone shows: the title, what best tells who that is, when or how much, and one small thing."""
    areas = {column.key: PHONE[0] for column in columns if column.is_title}

    def take(area: str, kinds: Sequence[str]) -> None:
        for kind in kinds:
            for column in columns:
                if column.kind == kind and column.key not in areas:
                    areas[column.key] = area
                    return

    take(PHONE[1], FIRST)
    take(PHONE[2], SECOND)
    take(PHONE[3], ("computed", "choice", "option", "money", "user"))
    return areas


def cell_class(column: Column, areas: dict[str, str]) -> str:
    classes = [f"k-{column.kind}", areas.get(column.key, ""), "n" if column.align_end else ""]
    return " ".join(part for part in classes if part)


def rows_html(records: Sequence[Any], cells: Cells, more: str = "") -> Markup:  # Any: records
    """Return `<tr>` for each of the records; `more` is the address of the rows behind them."""
    cells.load(records)
    areas = phone_areas(cells.columns)
    parts = [
        (f'</td><td class="{cell_class(column, areas)}"', column.key if column.is_editable else "", show)
        for column, show in zip(cells.columns, cells.shows(), strict=True)
    ]
    edits = may_edit(cells.kind, cells.context, records)
    title, select = attrgetter(cells.kind.title), gettext("Select %(name)s")
    out: list[str] = []
    for one in records:
        key = str(one.pk)
        cell = f' data-cell="{key}/cell/' if edits(one) else ""
        out.append(
            f'<tr data-row="{key}" data-href="{key}/" data-peek="{key}/peek/" data-version="{one.version}"'
            ' tabindex="-1"><td class="c-ck"><input type="checkbox" class="ck" data-select'
            f' aria-label="{escape(select % {"name": title(one)})}">'
        )
        for start, name, show in parts:
            out.append(f'{start}{cell}{name}/" tabindex="-1">' if cell and name else f"{start}>")
            out.append(show(one))
        out.append("</td></tr>")
    if more:
        out.append(_more_row(more, len(cells.columns)))
    return Markup("".join(out))  # noqa: S704 - built of escaped pieces only


def _more_row(address: str, columns: int) -> str:
    """The last row: reading on when it comes into sight; without scripts it is a link."""
    said = escape(gettext("More"))
    href = escape(address)
    return (
        f'<tr class="more" data-more hx-get="{href}" hx-trigger="revealed" hx-swap="outerHTML">'
        f'<td colspan="{columns + 1}"><a href="{href}">{said}</a></td></tr>'
    )
