"""`rapport import FILE`: the same import without pages, for files on this machine."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.kernel.custom import schema
from rapport.kernel.imports import deeds, engine
from rapport.kernel.imports.models import Import, State
from rapport.kernel.imports.wrong_rows import write_wrong_rows
from rapport.kernel.records import Refused, RuleError
from rapport.kernel.registry import type_by_key
from rapport.runtime.errors import Refusal

Say = Callable[[str], None]


def import_file(path: Path, type_key: str, user: User, say: Say | None = None) -> str:
    """Import what can be taken, with the columns as guessed; return the counts. Refusal says what is wrong.

    Rows that cannot be taken are written to FILE.problems.csv beside the file, else into the data folder.
    """
    tell: Say = say or (lambda _text: None)
    schema.ask()
    with engine.speaking(user) as context:
        kind = type_by_key(type_key)
        if kind is None or kind not in deeds.types_for(user):
            keys = ", ".join(one.key for one in deeds.types_for(user)) or "–"
            raise Refusal(f"There is no type {type_key} to be imported by {user}. There are: {keys}.")
        try:
            one = deeds.take_in_path(kind, path, context)
            _explain(one, tell)
            go_through(one, State.CHECKING, engine.check)
            go_through(one, State.RUNNING, engine.run)
        except (RuleError, Refused) as problem:
            raise Refusal(str(problem)) from problem
        except KeyboardInterrupt:
            deeds.stop(one)
            raise
        return _told(one, path)


def _explain(one: Import, tell: Say) -> None:
    for name, entry in zip(one.header, one.mapping, strict=True):
        tell(f"{name} -> {entry['target'] or '(left out)'}: {entry['reason']}")


def go_through(one: Import, state: State, work: Callable[[Import], None]) -> None:
    """One pass of the engine in this process."""
    one.state, one.started_at = state, timezone.now()
    one.save(update_fields=["state", "started_at"])
    work(one)
    one.refresh_from_db()


def _told(one: Import, path: Path) -> str:
    counts = one.counts
    said = gettext("%(new)s new, %(changed)s completed, %(kept)s left as they are, %(wrong)s not taken.") % {
        "new": counts.get("new", 0),
        "changed": counts.get("changed", 0),
        "kept": counts.get("unchanged", 0) + counts.get("skipped", 0),
        "wrong": counts.get("wrong", 0),
    }
    if unlinked := counts.get("unlinked"):
        one_or_more = ngettext(
            "%(num)s row came without a link.", "%(num)s rows came without a link.", unlinked
        )
        said += " " + one_or_more % {"num": unlinked}
    if not counts.get("wrong"):
        return said
    where = _write_wrong(one, path)
    return f"{said}\n" + gettext("The rows that were not taken, with reasons: %(path)s") % {"path": where}


def _write_wrong(one: Import, path: Path) -> Path:
    beside = path.with_name(f"{path.name}.problems.csv")
    for place in (
        beside,
        Path(settings.MEDIA_ROOT).parent / beside.name,
        Path(tempfile.gettempdir()) / beside.name,
    ):
        try:
            with place.open("wb") as file:
                file.writelines(write_wrong_rows(one))
        except OSError:
            continue
        return place
    raise Refusal(gettext("The rows that were not taken could not be written anywhere."))
