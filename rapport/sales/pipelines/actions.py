"""What administrators do to pipelines, stages and reasons for losing."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext, ngettext

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import RuleError
from rapport.sales.deals.models import Deal, Outcome
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage

Row = TypeVar("Row", bound=models.Model)
Named = TypeVar("Named", Stage, LossReason)
Values = Mapping[str, Any]  # Any: each column has its own values
MOST = 50  # stages of a pipeline, pipelines, reasons


def _room(count: int) -> None:
    if count >= MOST:
        raise RuleError(gettext("There is room for %(most)s here.") % {"most": MOST})


def _saved(row: Row) -> Row:
    try:
        row.full_clean()
    except ValidationError as problem:
        fields = {name: " ".join(texts) for name, texts in problem.message_dict.items() if name != "__all__"}
        raise RuleError(" ".join(problem.messages), fields=fields) from problem
    row.save()
    return row


def _write(known: "models.QuerySet[Named]", rows: Mapping[UUID, Values]) -> None:
    """Write several rows at once. Names that change leave first, for they are unique and may change places."""
    found = [one for one in known.select_for_update() if one.pk in rows]
    for one in found:
        if rows[one.pk].get("name", one.name) != one.name:
            known.filter(pk=one.pk).update(name=f"\x01{one.pk}")
    for one in found:
        for name, value in rows[one.pk].items():
            setattr(one, name, value)
        try:
            _saved(one)
        except RuleError as problem:
            raise RuleError(f"{one.name}: {problem.sentence}" if one.name else problem.sentence) from problem


def _at_end(rows: "models.QuerySet[Any]") -> int:
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def order(rows: Iterable[models.Model]) -> None:
    """Number these rows in the order in which they come."""
    for number, row in enumerate(rows):
        type(row)._default_manager.filter(pk=row.pk).exclude(position=number).update(position=number)


def step(rows: list[Any], row: Any, by_rows: int) -> None:
    """Move one row up (-1) or down (1) among its neighbors."""
    at = rows.index(row)
    to = at + by_rows
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        order(rows)


# -- pipelines --------------------------------------------------------------------------------------------------


@transaction.atomic
def add_pipeline(*, by: User, name: str, like: Pipeline | None = None) -> Pipeline:
    """A new pipeline with the stages of another one, to change from there."""
    only_administrators(by)
    _room(Pipeline.objects.count())
    pipeline = _saved(Pipeline(name=name.strip(), position=_at_end(Pipeline.objects.all())))
    stages = list(like.stages.all()) if like is not None else []
    for old in stages or [Stage(name=gettext("First stage"))]:
        Stage.objects.create(
            pipeline=pipeline, name=old.name, position=old.position, chance=old.chance,
            expected_days=old.expected_days, hue=old.hue,
        )  # fmt: skip
    return pipeline


@transaction.atomic
def change_pipeline(pipeline: Pipeline, *, by: User, name: str, is_active: bool) -> Pipeline:
    """Rename it, or take it out of use; one stays in use, and none with open deals goes."""
    only_administrators(by)
    pipeline = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    if pipeline.is_active and not is_active:
        if not Pipeline.objects.filter(is_active=True).exclude(pk=pipeline.pk).exists():
            raise RuleError(gettext("One pipeline has to stay in use."))
        count = Deal.objects.filter(pipeline=pipeline, outcome=Outcome.OPEN, deleted_at=None).count()
        if count:
            raise RuleError(
                ngettext(
                    "%(num)s open deal is in this pipeline. Close it or move it to another pipeline first.",
                    "%(num)s open deals are in this pipeline. Close them or move them to another pipeline first.",
                    count,
                )
                % {"num": count}
            )
    pipeline.name, pipeline.is_active = name.strip(), is_active
    return _saved(pipeline)


# -- stages -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_stage(pipeline: Pipeline, *, by: User, values: Values) -> Stage:
    only_administrators(by)
    _room(pipeline.stages.count())
    return _saved(Stage(pipeline=pipeline, position=_at_end(pipeline.stages.all()), **values))


@transaction.atomic
def change_stages(pipeline: Pipeline, rows: Mapping[UUID, Values], *, by: User) -> None:
    """Write names, chances, days and colors of several stages at once; names may change places."""
    only_administrators(by)
    _write(pipeline.stages.all(), rows)


def deals_in(stage: Stage) -> int:
    """How many deals stand in the stage: open, closed, and those in the trash."""
    return Deal.objects.filter(stage=stage).count()


def remove_stage(stage: Stage, *, by: User, move_to: Stage | None = None) -> int:
    """Remove a stage; deals in it go to `move_to`. Returns how many went. The last stage of a pipeline stays."""
    only_administrators(by)
    with change_set(by=by, label=lambda: gettext("Stage removed: %(stage)s") % {"stage": stage}):
        stages = list(Stage.objects.select_for_update().filter(pipeline_id=stage.pipeline_id))
        if len(stages) < 2:
            raise RuleError(gettext("A pipeline needs at least one stage."))
        count = deals_in(stage)
        if count and (move_to is None or move_to.pk == stage.pk):
            raise RuleError(
                ngettext(
                    "%(num)s deal is in this stage. Say to which stage it goes.",
                    "%(num)s deals are in this stage. Say to which stage they go.",
                    count,
                )
                % {"num": count}
            )
        if count and move_to is not None:
            Deal.objects.filter(stage=stage).update(stage=move_to, pipeline_id=move_to.pipeline_id)
        stage.delete()
    return count


# -- reasons for losing -----------------------------------------------------------------------------------------


@transaction.atomic
def add_reason(*, by: User, values: Values) -> LossReason:
    only_administrators(by)
    _room(LossReason.objects.count())
    return _saved(LossReason(position=_at_end(LossReason.objects.all()), **values))


@transaction.atomic
def change_reasons(rows: Mapping[UUID, Values], *, by: User) -> None:
    """Write several reasons at once; at least one stays in use, for a deal cannot be lost without one."""
    only_administrators(by)
    _write(LossReason.objects.all(), rows)
    _one_reason_left()


def _one_reason_left() -> None:
    if not LossReason.objects.filter(is_active=True).exists():
        raise RuleError(gettext("One reason for losing has to stay in use."))


@transaction.atomic
def remove_reason(reason: LossReason, *, by: User) -> None:
    """Remove a reason that no deal has; one that is in use can only be taken out of use."""
    only_administrators(by)
    count = Deal.objects.filter(loss_reason=reason).count()
    if count:
        raise RuleError(
            ngettext(
                "%(num)s deal was lost for this reason. Take the reason out of use instead; the deal keeps it.",
                "%(num)s deals were lost for this reason. Take the reason out of use instead; the deals keep it.",
                count,
            )
            % {"num": count}
        )
    reason.delete()
    _one_reason_left()
