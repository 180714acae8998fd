"""What somebody says of single rows in the check: who they are, and how their cells are meant."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from rapport.kernel.imports import row_deeds
from rapport.kernel.imports.access import of_user
from rapport.kernel.imports.models import Import
from rapport.kernel.imports.pieces import rows_context
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.ui.answers import go_to
from rapport.ui.formats import format_number
from rapport.ui.notices import notice

WINS = "win-"  # what the names of these fields begin with
CELL = "cell-"


@page("import/<uuid:import_id>/alike/", name="import_alike", methods=("POST",))
@of_user
def alike(request: HttpRequest, one: Import) -> HttpResponseBase:
    """Whether a row is what it is like, or whether all the surest are; then the next one stands beside the list."""
    said = request.POST
    here, is_wrong_anew = None, False
    if "sure" in said:
        count = row_deeds.judge_sure(one)
        text = ngettext("%(num)s row is taken for the same.", "%(num)s rows are taken for the same.", count)
        notice(request, text % {"num": format_number(count)})
    else:
        line, verdict = _line(said.get("line", "")), said.get("verdict", "")
        wins = {
            name.removeprefix(WINS): value == "file"
            for name, value in said.items()
            if name.startswith(WINS) and name.removeprefix(WINS) in one.kind.fields
        }
        is_wrong_anew = row_deeds.judge(one, [line], verdict, wins)
        here = None if verdict else line
    return _again(request, one, "alike", here, is_wrong_anew=is_wrong_anew)


@page("import/<uuid:import_id>/rows/<int:line>/", name="import_row", methods=("POST",))
@of_user
def row(request: HttpRequest, one: Import, line: int) -> HttpResponseBase:
    """Other cells for a row that could not be taken."""
    said = {
        _line(name.removeprefix(CELL)): str(value)
        for name, value in request.POST.items()
        if name.startswith(CELL)
    }
    row_deeds.mend(one, line, said)
    return _again(request, one, "wrong")


def _line(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 9):
        raise RuleError(gettext("This row is not among those that can be mended any more."))
    return int(said)


def _again(
    request: HttpRequest, one: Import, part: str, here: int | None = None, *, is_wrong_anew: bool = False
) -> HttpResponse:
    """The rows and all that counts them, anew."""
    if request.headers.get("HX-Request") != "true":
        asked = f"?{urlencode({'row': here})}" if here is not None else ""
        return go_to(request, reverse("import_rows", args=[one.pk]) + asked)
    one.refresh_from_db()
    shown = rows_context(one, user_of(request), here, again=True)
    return render(request, f"kernel/imports/{part}_again.html", {**shown, "is_wrong_anew": is_wrong_anew})
