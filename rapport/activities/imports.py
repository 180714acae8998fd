"""What activities tell the import: whom they are about, found by name, e-mail, number or key of another program."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import Company, User
from rapport.activities.models import Activity, Participant
from rapport.kernel.imports.extensions import Draft, Extension, Plan, Slot
from rapport.kernel.imports.guess import Target
from rapport.kernel.imports.keys import find_record
from rapport.kernel.imports.values.contacts import split_list
from rapport.kernel.registry import types

KEY = "participants"
REMEMBERED = 20_000


class ActivityExtension(Extension):
    """Activities take part in the timelines of the records that they are about."""

    def __init__(self) -> None:
        self.found: dict[str, UUID | None] = {}  # by what the cell says

    def slots(self) -> list[Slot]:
        label = str(Activity._meta.verbose_name)
        about = Target(KEY, _("With or about"), "text", concept="full_name", many=True)
        return [Slot(about, label, "users", True)]

    def digest(self, draft: Draft) -> None:
        said = [
            (one.column, part) for one in draft.said if one.key == KEY for part in split_list(one.value, ";")
        ]
        if said:
            draft.facts[KEY] = said

    def settle(
        self, plans: Sequence[Plan], mode: str, by: User, counts: dict[str, int], *, dry: bool
    ) -> None:
        for plan in plans:
            for draft in plan.drafts:
                for column, said in draft.facts.get(KEY, ()):
                    key = self._find(said, by)
                    if key is None:
                        sentence = gettext("“%(said)s” was not found, or fits more than one record.")
                        plan.draft.problems.append((column, sentence % {"said": said[:60]}))
                    else:
                        plan.facts.setdefault(KEY, {})[key] = said
            if names := plan.facts.get(KEY):
                plan.facts["adds"] = not plan.is_new and self._adds(plan, names)

    def _adds(self, plan: Plan, names: dict[UUID, str]) -> bool:
        there = Participant.objects.filter(activity=plan.record.pk, record__in=names)
        return there.count() < len(names)

    def _find(self, said: str, by: User) -> UUID | None:
        known = said.casefold()
        if known not in self.found:
            if len(self.found) > REMEMBERED:
                self.found.clear()
            kinds = [kind for kind in types() if kind.key != "activities"]
            country = Company.current().country or "DE"
            matches = (find_record(kind, said, by, country) for kind in kinds)
            self.found[known] = next((one.pk for one in matches if one is not None), None)
        return self.found[known]

    def parts(self, plans: Sequence[Plan], mode: str, by: User) -> Sequence[models.Model]:
        wanted = {(plan.record.pk, key) for plan in plans for key in plan.facts.get(KEY, ())}
        known = [plan.record.pk for plan in plans if not plan.is_new]
        rows: Any = Participant.objects.filter(activity__in=known).values_list("activity_id", "record_id")
        there = set(rows) if known else set()
        return [Participant(activity_id=one, record_id=key) for one, key in sorted(wanted - there, key=str)]
