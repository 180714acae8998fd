"""Jobs in the settings, for administrators only."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.background import deeds, reading
from rapport.accounts.background.schedule import schedule
from rapport.ui.notices import notice

LABELS = {
    "failed": _lazy("Failed"), "waiting": _lazy("Waiting"), "running": _lazy("Running"), "done": _lazy("Done"),
    "cancelled": _lazy("Cancelled"),
}  # fmt: skip


def _address(**said: object) -> str:
    return "?" + urlencode({name: str(value) for name, value in said.items() if value})


@administrators
def jobs(request: UserRequest) -> HttpResponse:
    """Jobs in one state, newest first."""
    state = request.GET.get("state", "")
    state = state if state in reading.STATES else "failed"
    counts = reading.counts(state)
    task = request.GET.get("task", "")
    task = task if task in counts.tasks else ""
    said = request.GET.get("before", "")
    before = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    found = reading.page(state, task, before)
    tabs = [
        {"label": LABELS[name], "href": _address(state=name), "count": count, "current": name == state,
         "hot": name == "failed" and count > 0}
        for name, count in counts.states.items()
    ]  # fmt: skip
    runs = found[: reading.AT_ONCE]
    values = {
        "runs": runs, "state": state, "task": task, "tabs": tabs,
        "tasks": [(name, reading.short(name)) for name in counts.tasks],
        "more": _address(state=state, task=task, before=runs[-1].id) if len(found) > len(runs) else "",
        "current": "jobs",
    }  # fmt: skip
    return render(request, "accounts/background/jobs.html", values)


@administrators
def job(request: UserRequest, job_id: int) -> HttpResponse:
    """One job: when what became of it, what it was given, why it failed."""
    run = _run(job_id)
    values = {
        "run": run, "values": json.dumps(run.values, indent=2, ensure_ascii=False) if run.values else "",
        "label": LABELS[run.state], "current": "jobs",
    }  # fmt: skip
    return render(request, "accounts/background/job.html", values)


@administrators
def job_schedule(request: UserRequest) -> HttpResponse:
    """What comes by the clock."""
    return render(request, "accounts/background/schedule.html", {"lines": schedule(), "current": "jobs"})


@require_POST
@administrators
def job_retry(request: UserRequest, job_id: int) -> HttpResponse:
    """Try a failed job again."""
    _run(job_id)
    try:
        if deeds.retry(job_id):
            notice(request, _("The job waits for a worker again."))
        else:
            notice(request, _("This job is no longer a failed one, so nothing was done."), bad=True)
    except deeds.WaitsAlready:
        notice(request, _("The same job waits already, so this one is not tried again."), bad=True)
    return redirect("job", job_id)


@require_POST
@administrators
def job_retry_all(request: UserRequest) -> HttpResponse:
    """Try all failed jobs of a kind again."""
    task = request.POST.get("task", "").replace("\0", "")
    again, waiting = deeds.retry_all(task)
    text = ngettext("%(num)s job waits for a worker again.", "%(num)s jobs wait for a worker again.", again)
    text = text % {"num": again}
    if waiting:
        rest = ngettext(
            "%(num)s was left: the same job waits already.",
            "%(num)s were left: the same jobs wait already.",
            waiting,
        )
        text = f"{text} {rest % {'num': waiting}}"
    notice(request, text)
    return redirect("jobs")


@require_POST
@administrators
def job_cancel(request: UserRequest, job_id: int) -> HttpResponse:
    """Cancel a job that waits."""
    _run(job_id)
    if deeds.cancel(job_id):
        notice(request, _("The job is cancelled."))
    else:
        notice(request, _("This job does not wait any more, so nothing was done."), bad=True)
    return redirect("job", job_id)


def _run(job_id: int) -> reading.Run:
    found = reading.one(job_id) if job_id < 2**63 else None
    if found is None:
        raise Http404
    return found
