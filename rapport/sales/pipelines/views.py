"""The settings page "Pipelines": pipelines, their stages, reasons for losing. For administrators only."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.sales.deals.models import Deal
from rapport.sales.pipelines import actions
from rapport.sales.pipelines.forms import Act, in_order, name_of, reason_values, rows_said, stage_values
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage
from rapport.ui.answers import go_to, page_or_part
from rapport.ui.formats import HUES
from rapport.ui.notices import notice


def address(pipeline: Pipeline | None = None) -> str:
    return reverse("pipelines") + (f"?pipeline={pipeline.pk}" if pipeline is not None else "")


def _chosen(rows: Any, said: str) -> Any:  # Any: a queryset; a row of it, or None
    """The row whose id was said."""
    key = parse_id(said)
    return rows.filter(pk=key).first() if key else None


def shown(request: UserRequest, pipeline: Pipeline, problem: str = "", where: str = "") -> HttpResponse:
    """The page; with a problem it keeps what was typed."""
    counts = dict(
        # nosemgrep: records-past-the-rights - how many there are, for administrators
        Deal.objects.filter(pipeline=pipeline).order_by().values_list("stage").annotate(Count("pk"))
    )
    # nosemgrep: records-past-the-rights - as above
    lost = Deal.objects.exclude(loss_reason=None).order_by().values_list("loss_reason").annotate(Count("pk"))
    stages = list(pipeline.stages.all())
    context: dict[str, Any] = {  # Any: what the template shows
        "current": "pipelines", "pipelines": list(Pipeline.objects.all()), "pipeline": pipeline,
        "stages": in_order(request.POST, stages) if where == "stages" else stages,
        "counts": counts, "reasons": list(LossReason.objects.all()), "lost": dict(lost), "hues": HUES,
        "said": request.POST if problem else {}, "problem": problem, "where": where,
    }  # fmt: skip
    return render(request, "sales/pipelines/pipelines.html", context, status=422 if problem else 200)


@page("settings/pipelines/", name="pipelines", methods=("GET", "HEAD", "POST"))
@administrators
def pipelines(request: UserRequest) -> HttpResponse:
    """Everything of one pipeline; POST adds a new pipeline."""
    every = Pipeline.objects.all()
    chosen = _chosen(every, request.GET.get("pipeline", "")) or every.first()
    if chosen is None:
        chosen = actions.add_pipeline(by=request.user, name=gettext("Sales"))
    if request.method == "POST":
        try:
            added = actions.add_pipeline(
                by=request.user, name=name_of(request.POST.get("name", "")), like=chosen
            )
        except RuleError as problem:
            return shown(request, chosen, problem.sentence, "pipelines")
        notice(request, gettext("%(name)s is added.") % {"name": added})
        return redirect(address(added))
    return shown(request, chosen)


@page("settings/pipelines/<uuid:pk>/", name="pipeline_save", methods=("POST",))
@administrators
def pipeline_save(request: UserRequest, pk: UUID) -> HttpResponse:
    """Rename a pipeline, take it into use or out of it."""
    pipeline = get_object_or_404(Pipeline, pk=pk)
    try:
        name = name_of(request.POST.get("name", ""))
        actions.change_pipeline(
            pipeline, by=request.user, name=name, is_active=bool(request.POST.get("is_active"))
        )
    except RuleError as problem:
        return shown(request, pipeline, problem.sentence, "pipeline")
    notice(request, gettext("Saved."))
    return redirect(address(pipeline))


@page("settings/pipelines/<uuid:pk>/stages/", name="pipeline_stages", methods=("POST",))
@administrators
def pipeline_stages(request: UserRequest, pk: UUID) -> HttpResponse:
    """Save all stages of a pipeline, their order, and what the pressed button asks for besides."""
    pipeline = get_object_or_404(Pipeline, pk=pk)
    act, data = Act.read(request.POST.get("act", "")), request.POST
    try:
        with transaction.atomic():
            stages = in_order(data, list(pipeline.stages.all()))
            actions.change_stages(pipeline, rows_said(data, stages, stage_values), by=request.user)
            actions.order(stages)
            _step(act, stages)
            if data.get("name-new", "").strip():
                actions.add_stage(pipeline, by=request.user, values=stage_values(data, "new"))
    except RuleError as problem:
        return shown(request, pipeline, problem.sentence, "stages")
    notice(request, gettext("Saved."))
    return redirect(address(pipeline))


def _step(act: Act, rows: list[Any]) -> None:  # Any: stages or reasons
    row = next((one for one in rows if one.pk == act.row), None)
    if row is not None and act.name in ("up", "down"):
        actions.step(rows, row, -1 if act.name == "up" else 1)


@page("settings/pipelines/stages/<uuid:pk>/remove/", name="stage_remove", methods=("GET", "HEAD", "POST"))
@administrators
def stage_remove(request: UserRequest, pk: UUID) -> HttpResponse:
    """The dialog that asks where the deals of a stage go before it is removed."""
    stage = Stage.objects.select_related("pipeline").filter(pk=pk).first()
    if stage is None:
        raise Http404
    others = (
        Stage.objects.select_related("pipeline").exclude(pk=pk).order_by("pipeline__position", "position")
    )
    problem = ""
    if request.method == "POST":
        target = _chosen(others, request.POST.get("move_to", ""))
        try:
            count = actions.remove_stage(stage, by=request.user, move_to=target)
        except RuleError as error:
            problem = error.sentence
        else:
            text = ngettext(
                "%(stage)s is removed, %(count)s deal moved.",
                "%(stage)s is removed, %(count)s deals moved.",
                count,
            )
            notice(request, text % {"stage": stage, "count": count})
            return go_to(request, address(stage.pipeline))
    context = {
        "stage": stage, "count": actions.deals_in(stage), "problem": problem,
        "is_last": stage.pipeline.stages.count() < 2,
        "others": sorted(others, key=lambda one: one.pipeline_id != stage.pipeline_id),
    }  # fmt: skip
    return page_or_part(
        request, "sales/pipelines/remove_stage.html", context, "main", status=422 if problem else 200
    )


@page("settings/pipelines/reasons/", name="loss_reasons", methods=("POST",))
@administrators
def loss_reasons(request: UserRequest) -> HttpResponse:
    """Save all reasons for losing, their order, and what the pressed button asks for besides."""
    act, data = Act.read(request.POST.get("act", "")), request.POST
    pipeline = _chosen(Pipeline.objects.all(), data.get("pipeline", "")) or Pipeline.objects.first()
    if pipeline is None:
        raise Http404
    try:
        with transaction.atomic():
            reasons = in_order(data, list(LossReason.objects.all()))
            actions.change_reasons(rows_said(data, reasons, reason_values), by=request.user)
            actions.order(reasons)
            _step(act, reasons)
            if data.get("name-new", "").strip():
                actions.add_reason(by=request.user, values=reason_values(data, "new") | {"is_active": True})
            gone = next((one for one in reasons if act.name == "remove" and one.pk == act.row), None)
            if gone is not None:
                actions.remove_reason(gone, by=request.user)
    except RuleError as problem:
        return shown(request, pipeline, problem.sentence, "reasons")
    notice(request, gettext("Saved."))
    return redirect(address(pipeline) + "#reasons")
