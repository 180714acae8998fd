"""Named deeds: `@action(Deal, _("Win"))` makes a rule-keeping function into a button, an API call and more."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set, record_event
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import field_problems
from rapport.kernel.permissions.veil import veil
from rapport.kernel.records.base import Record
from rapport.kernel.records.errors import NotVisible, Refused, RuleError
from rapport.kernel.registry import Action, type_of, type_of_model, types_of_model

R = TypeVar("R", bound=Record)


def action(
    model: type[Any],  # Any: a record type's model
    label: str | Promise,
    *,
    when: Callable[[Any], bool] = lambda record: True,
    act: str = "edit",
    icon: str = "",
    event: str = "",
    form: tuple[str, ...] = (),
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Decorator of `deed(record, *, by, ...)`.

    The record is locked and read anew, the right `act` is checked, `when` is asked again under the lock, and all
    happens in one change set, to which `event` ("deal.won") is added. Only inside an action may fields be written
    that people cannot edit.
    """

    def decorate(deed: Callable[..., R]) -> Callable[..., R]:
        @wraps(deed)
        def run(record: R, *, by: User, **values: Any) -> R:  # Any: what the deed asks for
            if problems := field_problems(type_of(record), values, by):
                raise RuleError(fields=problems)
            with change_set(by=by, label=lambda: f"{label}: {record}") as opened:
                seen = type(record).objects.visible_to(by).select_for_update(of=("self",))
                locked = seen.filter(pk=record.pk).first()
                if locked is None:
                    raise NotVisible
                if not can(by, act, locked):
                    raise Refused
                if not when(locked):
                    raise RuleError(
                        gettext("“%(act)s” is not possible now: somebody was faster.") % {"act": label}
                    )
                opened.in_action += 1
                try:
                    done = deed(locked, by=by, **values)
                finally:
                    opened.in_action -= 1
                if event:
                    record_event(event)
            return done if opened.in_action else veil(done, by)

        for kind in types_of_model(model):
            kind.actions[deed.__name__] = Action(deed.__name__, label, run, when, act, icon, form)
        return run

    return decorate


def available_actions(record: Record, user: User) -> list[Action]:
    """The deeds that this user can do to this record now."""
    kind = type_of_model(type(record), getattr(record, "kind", ""))
    return [one for one in kind.actions.values() if one.when(record) and can(user, one.act, record)]
