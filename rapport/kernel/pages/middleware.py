"""What the door for writing refuses, in the words of HTTP: 422, 404, 403, 409. Never a traceback."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.kernel.filters.limits import TooExpensive
from rapport.kernel.merge.pointers import MovedTo
from rapport.kernel.records.errors import Conflict, NotVisible, Refused, RuleError
from rapport.ui.answers import go_to

STATUS: dict[type[Exception], int] = {RuleError: 422, TooExpensive: 422, Refused: 403, Conflict: 409}


class Refusals:
    """Turns the door's errors into answers: JSON for scripts, a page for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, MovedTo) and request.method in ("GET", "HEAD"):
            return go_to(request, problem.record.get_absolute_url())
        if isinstance(problem, MovedTo) and wants_json(request):
            sentence = _("Nothing was saved: this was merged into “%(record)s” meanwhile.")
            return JsonResponse({"error": sentence % {"record": problem.record}}, status=404)
        if isinstance(problem, NotVisible):
            raise Http404 from problem
        status = STATUS.get(type(problem))
        if status is None:
            return None
        if wants_json(request):
            return JsonResponse(
                {"error": str(problem), "fields": getattr(problem, "fields", {})}, status=status
            )
        return render(request, "kernel/pages/refused.html", {"sentence": str(problem)}, status=status)


def wants_json(request: HttpRequest) -> bool:
    """True for requests of our scripts, which show the sentence themselves."""
    return "application/json" in request.headers.get("Accept", "") or bool(request.headers.get("HX-Request"))
