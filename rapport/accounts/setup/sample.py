"""Loads the sample company in the background and knows how far that is."""

from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.accounts.jobs import load_sample

RUNNING = ("todo", "doing")
FAILED = ("failed", "aborted", "cancelled")

# The first sign-in of the sample company, shown on its sign-in page; it protects nothing but invented data.
# The test of the sample company signs in with the same two words.
EMAIL = "mara@halden.example"
PASSWORD = "look-around"  # noqa: S105 - see above


def start() -> None:
    """Queue the job, unless it is queued or running already."""
    if state() != "running":
        load_sample.defer_once("only")


def state() -> str:
    """Return "running", "failed" or "none"."""
    status = (
        ProcrastinateJob.objects.filter(task_name=load_sample.name)
        .order_by("-id")
        .values_list("status", flat=True)
        .first()
    )
    if status in RUNNING:
        return "running"
    return "failed" if status in FAILED else "none"
