"""The sign-in log: for everybody his own lines, for administrators those of all."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from rapport.accounts.access import UserRequest, administrators, signed_in
from rapport.accounts.models import Company
from rapport.accounts.signin_log.models import FAILURES, SignInEntry

SHOWN = 100


@signed_in
def own_signin_log(request: UserRequest) -> HttpResponse:
    """What the log says of me."""
    return _page(request, SignInEntry.objects.filter(user=request.user), everybody=False)


@administrators
def signin_log(request: UserRequest) -> HttpResponse:
    """What the log says of everybody, and of addresses that nobody has."""
    lines, words = SignInEntry.objects.all(), _words(request)
    for word in words.split():
        lines = lines.filter(
            Q(user__name__icontains=word) | Q(email__icontains=word) | Q(address__icontains=word)
        )
    return _page(request, lines, everybody=True)


def _page(request: UserRequest, lines: QuerySet[SignInEntry], *, everybody: bool) -> HttpResponse:
    kind = "failures" if request.GET.get("kind") == "failures" else ""
    if kind:
        lines = lines.filter(event__in=FAILURES)
    before = _uuid(request.GET.get("before", ""))
    if before:
        lines = lines.filter(pk__lt=before)
    found = list(lines.select_related("user", "by")[: SHOWN + 1])
    q = _words(request) if everybody else ""
    values = {
        "lines": found[:SHOWN], "everybody": everybody, "kind": kind, "q": q,
        "kinds_url": {one: _address(kind=one, q=q) for one in ("", "failures")},
        "more": _address(kind=kind, q=q, before=found[SHOWN - 1].pk) if len(found) > SHOWN else "",
        "months": Company.current().log_months, "current": "signin_rules" if everybody else "security",
    }  # fmt: skip
    return render(request, "accounts/signin_log/log.html", values)


def _words(request: UserRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def _address(**said: object) -> str:
    return "?" + urlencode({name: str(value) for name, value in said.items() if value})


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
