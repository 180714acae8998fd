"""What is done to a deal on its page and on the board: win, lose with its reasons, reopen, move."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.middleware import STATUS
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import can, is_hidden
from rapport.kernel.permissions.veil import tells
from rapport.kernel.records import Conflict, Refused, RuleError
from rapport.kernel.registry import type_of_model
from rapport.parties.models import Party
from rapport.sales.deals.actions import lose, move, reopen, win
from rapport.sales.deals.asking import ask_again, choices
from rapport.sales.deals.blocks import next_step_form
from rapport.sales.deals.models import Deal, Outcome
from rapport.sales.deals.win_rate import after_a_loss
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage
from rapport.ui.answers import page_or_part
from rapport.ui.notices import notice

Request = Any  # a request of a signed-in user
LOST_SHOWN = 8  # reasons that have a number as key
WORDS = ("competitor", "loss_note")


def deal_of(user: User, pk: UUID) -> Deal:
    """The deal, or 404 when it is not there for this user."""
    deal: Deal | None = (
        Deal.objects.visible_to(user).select_related("organization", "person", "stage").filter(pk=pk).first()
    )
    if deal is None:
        raise Http404
    return deal


def is_script(request: Request) -> bool:
    """Does the board's script ask, which shows by itself what is new?"""
    return request.headers.get("HX-Request") != "true" and "text/html" not in request.headers.get(
        "Accept", ""
    )


def _told(request: Request, deal: Deal, said: str, undo: str) -> HttpResponse:
    """Say what was done, where something was."""
    answer = HttpResponse(status=204) if is_script(request) else None
    if undo:
        notice(answer if answer is not None else request, said, undo)
    if answer is not None:
        return answer
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("record", "deals", deal.pk)


def answered(
    request: Request, deal: Deal, label: Callable[[], str], deed: Callable[[], Deal]
) -> HttpResponse:
    """Do it and tell: to the board's script in place, to a page after it has loaded anew."""
    try:
        with change_set(by=request.user, label=label) as opened:
            deed()
    except (RuleError, Refused, Conflict) as problem:
        if not is_script(request):
            raise
        return JsonResponse({"error": str(problem)}, status=STATUS[type(problem)])
    return _told(request, deal, label(), undo_url(opened.id))


@page("deals/<uuid:pk>/win/", name="deal_win", methods=("POST",))
def deal_win(request: Request, pk: UUID) -> HttpResponse:
    """Win the deal; from the board and from its page."""
    deal = deal_of(request.user, pk)
    return answered(
        request,
        deal,
        lambda: gettext("Won: %(deal)s") % {"deal": deal.name},
        lambda: win(deal, by=request.user),
    )


@page("deals/<uuid:pk>/reopen/", name="deal_reopen", methods=("POST",))
def deal_reopen(request: Request, pk: UUID) -> HttpResponse:
    """Take the deal back into its stage."""
    deal = deal_of(request.user, pk)
    return answered(
        request,
        deal,
        lambda: gettext("Reopened: %(deal)s") % {"deal": deal.name},
        lambda: reopen(deal, by=request.user),
    )


@page("deals/<uuid:pk>/stage/<uuid:stage>/", name="deal_stage", methods=("POST",))
def deal_stage(request: Request, pk: UUID, stage: UUID) -> HttpResponse:
    """Move the deal into a stage; from the track on its page."""
    deal, to = deal_of(request.user, pk), Stage.objects.filter(pk=stage).first()
    return answered(
        request,
        deal,
        lambda: gettext("Moved to %(stage)s: %(deal)s") % {"stage": to, "deal": deal.name},
        lambda: move(deal, by=request.user, stage=to),
    )


@page("deals/<uuid:pk>/elsewhere/", name="deal_elsewhere", methods=("GET", "HEAD", "POST"))
def deal_elsewhere(request: Request, pk: UUID) -> HttpResponse:
    """The dialog that asks into which stage of which other pipeline."""
    deal = deal_of(request.user, pk)
    if not can(request.user, "edit", deal):
        raise Refused
    problem = ""
    if request.method == "POST":
        key = parse_id(request.POST.get("stage", ""))
        stage = Stage.objects.filter(pk=key, pipeline__is_active=True).first() if key else None
        if stage is not None:
            return answered(
                request,
                deal,
                lambda: gettext("Moved to %(stage)s: %(deal)s") % {"stage": stage, "deal": deal.name},
                lambda: move(deal, by=request.user, stage=stage),
            )
        problem = gettext("Choose a stage.")
    others = Pipeline.objects.filter(is_active=True).exclude(pk=deal.pipeline.pk).prefetch_related("stages")
    context = {"deal": deal, "pipelines": others, "problem": problem}
    status = 422 if problem else 200
    return page_or_part(request, "sales/deals/elsewhere.html", context, "main", status=status)


@page("deals/<uuid:pk>/next-step/", name="deal_next_step", methods=("POST",))
def deal_next_step(request: Request, pk: UUID) -> HttpResponse:
    """Write down what happens next and when; what somebody else has written meanwhile is asked about."""
    deal = deal_of(request.user, pk)
    if not can(request.user, "edit", deal):
        raise Refused
    form = next_step_form(request, deal)

    def label() -> str:
        return gettext("Next step: %(deal)s") % {"deal": deal.name}

    saved = form.save(label) if form.read(request.POST) else None
    if saved is None:
        shown = {"deal": deal, "form": form, "hint": ""}
        return render(request, "sales/deals/next_step_form.html", shown, status=form.status)
    return _told(request, deal, label(), undo_url(saved.change_set))


@page("deals/<uuid:pk>/lose/", name="deal_lose", methods=("GET", "HEAD", "POST"))
def deal_lose(request: Request, pk: UUID) -> HttpResponse:
    """The dialog that asks why a deal was lost, and whether to ask again some day."""
    deal = deal_of(request.user, pk)
    if not can(request.user, "edit", deal):
        raise Refused
    if not deal.is_open:
        raise RuleError(gettext("This deal is closed already."))
    said = {name: request.POST.get(name, "").replace("\0", "").strip() for name in (*WORDS, "ask_again")}
    key = parse_id(request.POST.get("loss_reason", ""))
    reason = LossReason.objects.filter(pk=key).first() if key else None
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _lost(request, deal, reason, said)
        if not problems and request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        if not problems:
            return redirect("record", "deals", deal.pk)
    context = {
        "deal": deal, "customer": _customer(deal, request.user), "chosen": reason, "said": said,
        "reasons": LossReason.objects.filter(is_active=True), "ask_again": choices(request.user),
        "problems": dict.fromkeys(("loss_reason", *said), "") | problems,
        "lost_to": competitors(request.user), "numbered": LOST_SHOWN, "rate": after_a_loss(deal, request.user),
    }  # fmt: skip
    return page_or_part(request, "sales/deals/lose.html", context, "main", status=422 if problems else 200)


def _lost(request: Request, deal: Deal, reason: LossReason | None, said: dict[str, str]) -> dict[str, str]:
    """Lose it and tell; returns what is wrong, by field."""
    try:
        with change_set(
            by=request.user, label=lambda: gettext("Lost: %(deal)s") % {"deal": deal.name}
        ) as opened:
            words = {name: said[name] for name in WORDS}
            lost = lose(deal, by=request.user, loss_reason=reason, **words)
            ask_again(lost, said["ask_again"], by=request.user)
    except RuleError as problem:
        return dict(problem.fields) or {"loss_reason": problem.sentence}
    notice(request, gettext("Lost: %(deal)s") % {"deal": deal.name}, reverse("undo", args=[opened.id]))
    return {}


def _customer(deal: Deal, user: User) -> Party | None:
    """The organization, without one the person; None where this user may not see that record."""
    found: Party | None = deal.customer
    return None if is_hidden(found, user) else found


def competitors(user: User) -> list[str]:
    """To whom we lost in the last two years, newest first: suggestions while typing."""
    if not tells(type_of_model(Deal), user, "competitor"):
        return []
    since = timezone.localdate() - timedelta(days=730)
    lost = (
        Deal.objects.visible_to(user)
        .filter(outcome=Outcome.LOST, closed_on__gte=since)
        .exclude(competitor="")
    )
    names = lost.order_by("-closed_on").values_list("competitor", flat=True)[:200]
    return list(dict.fromkeys(names))[:20]
