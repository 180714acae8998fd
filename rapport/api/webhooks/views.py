"""Webhooks in the settings: who is told, what became of it, sending again. For administrators only."""

from secrets import token_urlsafe
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.api.changes.log import Position, now, position_at
from rapport.api.webhooks import jobs
from rapport.api.webhooks.deliver import send
from rapport.api.webhooks.filters import Said, filter_kept, filter_said, previewed
from rapport.api.webhooks.forms import WebhookForm, initial_of
from rapport.api.webhooks.models import Act, Subscription
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import type_by_key
from rapport.ui.notices import notice

SHOWN = 50


def _subscription(key: UUID) -> Subscription:
    found = Subscription.objects.select_related("user").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def what_of(one: Subscription) -> str:
    """What the subscriber is told, in words."""
    kinds = [kind.label_plural for key in one.types if (kind := type_by_key(key)) is not None]
    acts = [str(Act(act).label) for act in one.acts if act in Act.values]
    return f"{', '.join(kinds) or _('All records')}: {', '.join(acts) or _('everything')}"


@page("settings/webhooks/", name="webhooks")
@administrators
def webhooks(request: UserRequest) -> HttpResponse:
    """All webhooks with their state."""
    rows = [{"hook": one, "what": what_of(one)} for one in Subscription.objects.select_related("user")]
    return render(request, "api/webhooks/webhooks.html", {"rows": rows, "current": "webhooks"})


@page("settings/webhooks/new/", name="webhook_new", methods=("GET", "HEAD", "POST"))
@administrators
def webhook_new(request: UserRequest) -> HttpResponse:
    """A new webhook; it is told what happens from now on."""
    form = _form(request, None)
    if "preview" in request.GET:
        return _preview(request, form)
    if form.is_bound and form.is_valid():
        begin = now()
        hook = Subscription.objects.create(
            user=request.user, secret=f"whsec_{token_urlsafe(32)}", transaction=begin.transaction,
            change=begin.change, **form.values(),
        )  # fmt: skip
        notice(request, _("“%(name)s” is told what happens from now on.") % {"name": hook.name})
        return redirect("webhook", hook.pk)
    return _page(request, form, None)


@page("settings/webhooks/<uuid:webhook_id>/", name="webhook", methods=("GET", "HEAD", "POST"))
@administrators
def webhook(request: UserRequest, webhook_id: UUID) -> HttpResponse:
    """One webhook: its settings, its secret, the last attempts."""
    hook = _subscription(webhook_id)
    form = _form(request, hook)
    if "preview" in request.GET:
        return _preview(request, form)
    if form.is_bound and form.is_valid():
        Subscription.objects.filter(pk=hook.pk).update(**form.values())
        notice(request, _("Saved."))
        return redirect("webhook", hook.pk)
    return _page(request, form, hook)


def _form(request: UserRequest, hook: Subscription | None) -> WebhookForm:
    """The form with its filter: as it was sent, or as the webhook has it."""
    by, data = request.user, request.POST or None
    if data is not None:
        said = filter_said(data, by)
    else:
        said = filter_kept(hook.filter, hook.types, by) if hook is not None else Said(None, by)
    return WebhookForm(data, user=by, filter_=said, initial=initial_of(hook) if hook is not None else None)


def _preview(request: UserRequest, form: WebhookForm) -> HttpResponse:
    """How many records fit the filter now, and how it is typed or built."""
    return render(request, "api/webhooks/preview.html", previewed(request.POST, form.filter))


def _page(request: UserRequest, form: WebhookForm, hook: Subscription | None) -> HttpResponse:
    values = {
        "form": form, "hook": hook, "current": "webhooks", **form.filter.values,
        "address": reverse("webhook", args=[hook.pk]) if hook is not None else reverse("webhook_new"),
        "deliveries": list(hook.deliveries.order_by("-at")[:SHOWN]) if hook is not None else [],
    }  # fmt: skip
    return render(request, "api/webhooks/webhook.html", values, status=422 if form.is_bound else 200)


@page("settings/webhooks/<uuid:webhook_id>/switch/", name="webhook_switch", methods=("POST",))
@administrators
def webhook_switch(request: UserRequest, webhook_id: UUID) -> HttpResponse:
    """Stop it, or let it go on where it stopped."""
    hook = _subscription(webhook_id)
    rows = Subscription.objects.filter(pk=hook.pk)
    if hook.is_on:
        rows.update(is_on=False)
        notice(request, _("“%(name)s” is told nothing for now.") % {"name": hook.name})
    else:
        rows.update(is_on=True, failures=0, failing_since=None, problem="", next_at=timezone.now())
        jobs.tell.defer_once(str(hook.pk), subscription_id=str(hook.pk))
        notice(request, _("“%(name)s” goes on where it stopped.") % {"name": hook.name})
    return redirect("webhook", hook.pk)


@page("settings/webhooks/<uuid:webhook_id>/replay/", name="webhook_replay", methods=("POST",))
@administrators
def webhook_replay(request: UserRequest, webhook_id: UUID) -> HttpResponse:
    """Tell everything again that happened since a moment."""
    hook = _subscription(webhook_id)
    moment = _moment(request.POST.get("since", ""))
    if moment is None:
        notice(request, _("Give a day and a time."), bad=True)
        return redirect("webhook", hook.pk)
    begin = position_at(moment)
    Subscription.objects.filter(pk=hook.pk).update(
        transaction=begin.transaction, change=begin.change, next_at=timezone.now()
    )
    jobs.tell.defer_once(str(hook.pk), subscription_id=str(hook.pk))
    notice(request, _("“%(name)s” is told everything since then again.") % {"name": hook.name})
    return redirect("webhook", hook.pk)


def _moment(said: str) -> object:
    try:
        found = parse_datetime(said[:40].strip())
        return None if found is None else timezone.make_aware(found) if timezone.is_naive(found) else found
    except (ValueError, OverflowError):
        return None


@page("settings/webhooks/<uuid:webhook_id>/try/", name="webhook_try", methods=("POST",))
@administrators
def webhook_try(request: UserRequest, webhook_id: UUID) -> HttpResponse:
    """Send one event that says nothing, to see whether it arrives."""
    hook = _subscription(webhook_id)
    event = {"act": "test", "at": timezone.now().isoformat(), "position": "", "record": None}
    outcome = send(hook, [event], Position(hook.transaction, hook.change))
    if outcome.is_done:
        notice(request, _("It has arrived: the answer was %(status)s.") % {"status": outcome.status})
    else:
        why = outcome.problem or _("The answer was %(status)s.") % {"status": outcome.status}
        notice(request, why, bad=True)
    return redirect("webhook", hook.pk)


@page("settings/webhooks/<uuid:webhook_id>/delete/", name="webhook_delete", methods=("POST",))
@administrators
def webhook_delete(request: UserRequest, webhook_id: UUID) -> HttpResponse:
    """End it for good."""
    hook = _subscription(webhook_id)
    hook.delete()
    notice(request, _("“%(name)s” is deleted.") % {"name": hook.name})
    return redirect("webhooks")
