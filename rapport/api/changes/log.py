"""Positions of the change log as programs are given them."""

from django.utils.translation import gettext as _

from rapport.api.problems import Problem, wrong_values
from rapport.kernel.changes.log import Entry as Entry
from rapport.kernel.changes.log import Position as Position
from rapport.kernel.changes.log import next_transaction
from rapport.kernel.changes.log import now as now
from rapport.kernel.changes.log import position_at as position_at
from rapport.kernel.changes.log import read_log as read_log


def read_position(said: str) -> Position:
    """The position that a program was given; “now” is behind everything that is finished."""
    if said == "now":
        return now()
    position = Position.read(said)
    if position is None:
        raise wrong_values({"since": _("Give “now”, or “next” of the answer before.")})
    if position.transaction > next_transaction():
        sentence = _("This position is not of this database. Read everything again.")
        raise Problem(410, sentence, code="position")
    return position
