"""The settings page "Life cycle": its rules in plain sentences, whom each would move, how they behave."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.filters import FilterError, Group
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.lists.panels.building import Values, asked_line, built, kept_in_step, said_in_form
from rapport.kernel.lists.panels.typed.views import suggested
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType
from rapport.parties.life_cycle import funnel_views, history_views, rules  # noqa: F401  # enters their pages
from rapport.parties.life_cycle.engine import BrokenRule, kinds, rule_context
from rapport.parties.life_cycle.models import LifeCycle, LifeCycleRule
from rapport.parties.models import Stage
from rapport.ui.answers import go_to
from rapport.ui.formats import noun
from rapport.ui.notices import notice

CURRENT = "life_cycle_rules"


@page("settings/life-cycle/", name=CURRENT, methods=("GET", "HEAD", "POST"))
@administrators
def rules_page(request: UserRequest) -> HttpResponse:
    """All rules in their order; POST says how long they leave alone what a person has decided."""
    if request.method != "POST":
        return _rules(request, {})
    pin, rest = request.POST.get("pin_days", ""), request.POST.get("rest_days", "")
    try:
        rules.save_manners(pin, rest, by=request.user)
    except RuleError as problem:
        return _rules(request, dict(problem.fields), {"pin_days": pin, "rest_days": rest})
    notice(request, _("Saved."))
    return go_to(request, reverse(CURRENT))


def _rules(request: UserRequest, errors: dict[str, str], said: dict[str, Any] | None = None) -> HttpResponse:
    cycle = LifeCycle.current()
    rows = [
        {"rule": one, "name": _(one.name), "sentence": rules.sentence(one), "problem": rules.problem_of(one)}
        for one in LifeCycleRule.objects.all()
    ]
    values = {
        "rows": rows, "current": CURRENT, "errors": errors,
        "said": said or {"pin_days": cycle.pin_days, "rest_days": cycle.rest_days},
    }  # fmt: skip
    return render(request, "parties/life_cycle/rules.html", values, status=422 if errors else 200)


@page("settings/life-cycle/new/", name="life_cycle_rule_new", methods=("GET", "HEAD", "POST"))
@administrators
def new(request: UserRequest) -> HttpResponse:
    """Add a rule; it is off at first."""
    return _form(request, LifeCycleRule())


@page("settings/life-cycle/<uuid:rule_id>/", name="life_cycle_rule", methods=("GET", "HEAD", "POST"))
@administrators
def edit(request: UserRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    return _form(request, _rule(rule_id))


@page("settings/life-cycle/of/<type:kind>/line/", name="life_cycle_line")
@administrators
def condition_line(request: UserRequest, kind: RecordType) -> HttpResponse:
    """One line of the builder, which offers what a rule of nobody's can speak of."""
    kind = _kind(kind.key)
    line = asked_line(request.GET, kind, rule_context(), rules.of_nobody)
    values = {"kind": kind, "noun": noun, "builder_url": _builder_url(kind), "line": line}
    return render(request, "kernel/lists/panels/new_line.html", values)


@page("settings/life-cycle/of/<type:kind>/complete/", name="life_cycle_complete")
@administrators
def condition_complete(request: UserRequest, kind: RecordType) -> HttpResponse:
    """What could come next where the condition is typed."""
    return suggested(request, _kind(kind.key), rule_context(), rules.of_nobody)


@page("settings/life-cycle/<uuid:rule_id>/try/", name="life_cycle_try")
@administrators
def try_out(request: UserRequest, rule_id: UUID) -> HttpResponse:
    """Who would move, and why; nothing is written."""
    rule = _rule(rule_id)
    values = {
        "rule": rule, "name": _(rule.name), "trial": rules.try_out(rule, request.user), "current": CURRENT,
        "to": rules.stage_words([rule.to_stage]), "sentence": rules.sentence(rule),
    }  # fmt: skip
    return render(request, "parties/life_cycle/try.html", values)


@page("settings/life-cycle/<uuid:rule_id>/do/", name="life_cycle_do", methods=("POST",))
@administrators
def do(request: UserRequest, rule_id: UUID) -> HttpResponse:
    """Switch a rule on or off, move it in the order, remove it."""
    rule, deed, by = _rule(rule_id), request.POST.get("act", ""), request.user
    try:
        if deed in ("on", "off"):
            rules.switch(rule, is_on=deed == "on", by=by)
            notice(
                request,
                _("“%(name)s” is on; whoever fits moves within minutes.") % {"name": _(rule.name)}
                if deed == "on"
                else _("“%(name)s” is off.") % {"name": _(rule.name)},
            )
        elif deed in ("up", "down"):
            rules.move_rule(rule, -1 if deed == "up" else 1, by=by)
        elif deed == "remove":
            rules.remove_rule(rule, by=by)
            notice(request, _("The rule is removed. Whom it has moved stays where he is."))
    except RuleError as problem:
        notice(request, problem.sentence, bad=True)
    return go_to(request, reverse(CURRENT))


def _rule(rule_id: UUID) -> LifeCycleRule:
    found = LifeCycleRule.objects.filter(pk=rule_id).first()
    if found is None:
        raise Http404
    return found


def _form(request: UserRequest, rule: LifeCycleRule) -> HttpResponse:
    if request.method != "POST":
        said = rules.said_of(rule)
        said.type = said.type or request.GET.get("type", "")
        return _answer(request, rule, said, {})
    said = _said(request.POST)
    if request.GET.get("preview"):
        return _preview(request, said)
    try:
        saved = rules.save_rule(rule, said, by=request.user)
    except RuleError as problem:
        return _answer(request, rule, said, dict(problem.fields))
    notice(request, _("Saved."))
    return go_to(request, reverse("life_cycle_try", args=[saved.pk]))


def _said(data: QueryDict) -> rules.Said:
    """The rule as the form says it. Its condition was built for the records that were chosen then: `built-of`."""
    said = rules.Said(
        data.get("name", ""), data.get("type", ""), from_stages=data.getlist("from_stages"),
        to_stage=data.get("to_stage", ""), after_days=data.get("after_days", "").strip(),
    )  # fmt: skip
    before, kind = _kind(data.get("built-of", said.type)), _kind(said.type)
    try:
        said.where = said_in_form(data, before, rule_context())
    except FilterError as problem:
        said.unread = str(problem)
    if before.key != kind.key:
        said.where = _carried_over(said.where, before, kind)
    return said


def _carried_over(where: Group, before: RecordType, kind: RecordType) -> Group:
    """The same for other records, whose deals are other ones; what they do not have stays and is told as wrong."""
    try:
        return parse_text(text_of(where, before, rule_context()), kind, rule_context())
    except FilterError:
        return where


def _kind(key: str) -> RecordType:
    return next((one for one in kinds() if one.key == key), kinds()[-1]).whole


def _builder_url(kind: RecordType) -> str:
    return reverse("life_cycle_line", args=[kind.key]).removesuffix("line/")


def _built(said: rules.Said, kind: RecordType, data: QueryDict) -> Values:
    """The builder with the condition; what was typed stays where it is none."""
    typed = data.get("typed") if said.unread else None
    return built(said.where, kind, rule_context(), typed, rules.of_nobody)


def _preview(request: UserRequest, said: rules.Said) -> HttpResponse:
    """How many fit, the rule in words, and the builder as far as it has to change."""
    data, kind = request.POST, _kind(said.type)
    values: dict[str, Any] = {  # Any: what is shown
        "kind": kind, "noun": noun, "problem": said.unread, "after": None, "builder_url": _builder_url(kind),
    }  # fmt: skip
    if data.get("built-of", said.type) != said.type:
        values |= {**_built(said, kind, data), "is_other": True}
    elif not said.unread:
        values |= kept_in_step(data, said.where, kind, rule_context(), rules.of_nobody)
    if said.where.parts:
        try:
            values["after"], values["sentence"] = rules.look_ahead(said, kind)
            values["before"] = values["after"]
        except (BrokenRule, FilterError) as problem:
            values["problem"] = str(problem)
    return render(request, "parties/life_cycle/preview.html", values)


def _answer(
    request: UserRequest, rule: LifeCycleRule, said: rules.Said, errors: dict[str, str]
) -> HttpResponse:
    if said.type not in [one.key for one in kinds()]:
        said.type = kinds()[-1].key
    kind, is_new = _kind(said.type), rule._state.adding
    values: dict[str, Any] = {  # Any: what the template shows
        "rule": rule, "said": said, "errors": errors, "current": CURRENT, "is_new": is_new, "kind": kind,
        "stages": Stage.choices, "kinds": [(one.key, one.label_plural) for one in kinds()], "noun": noun,
        "address": reverse("life_cycle_rule_new") if is_new else reverse("life_cycle_rule", args=[rule.pk]),
        "heading": _("New rule") if is_new else _(rule.name), "builder_url": _builder_url(kind),
        **_built(said, kind, request.POST),
    }  # fmt: skip
    return render(request, "parties/life_cycle/rule.html", values, status=422 if errors else 200)
