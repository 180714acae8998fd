"""One address of the API: who asks, whether he may, what he says, and answers and refusals as JSON."""

import json
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeAlias
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent, ValidationError
from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from rapport.accounts.backend import Backend
from rapport.accounts.middleware import zone
from rapport.accounts.models import Company, User
from rapport.accounts.signin.throttle import Limit, refused_until
from rapport.api.bulk.keep import once
from rapport.api.changes.told import changes_of
from rapport.api.problems import Problem, not_found, wrong_values
from rapport.api.proposals.store import keep
from rapport.api.reading import check_text, read_json
from rapport.api.tokens.models import Token
from rapport.api.tokens.scope import EVERYTHING, Scope, Viewer, narrowed
from rapport.api.tokens.store import find_token, note_use
from rapport.kernel.changes import labels
from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.models import Cause, ChangeSet
from rapport.kernel.changes.sets import OpenSet, change_set
from rapport.kernel.filters import FilterError
from rapport.kernel.merge.pointers import survivor_of
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.records import Conflict, NotVisible, Record, Refused, RuleError
from rapport.kernel.registry import RecordType, type_by_key, type_of

SAFE = ("GET", "HEAD")
Handler: TypeAlias = Callable[..., HttpResponseBase]


@dataclass
class Call(Viewer):
    """One call of a program: the request, its token, and the user as the token lets him act."""

    request: HttpRequest
    token: Token
    sets: list[UUID] = field(default_factory=list)  # the change sets that this call has made
    after_trial: Callable[[], None] | None = None  # looks at what was done, before it is taken back
    name: str = ""  # of the address that is called
    is_confirmed: bool = False  # a person has said yes to what the program proposed
    # The version of the record that is changed: the person who confirms sees the old values of that one.
    version_seen: int = 0

    @cached_property
    def is_trial(self) -> bool:
        """Is the call only tried out: answered as if it were done, and nothing of it kept?"""
        said = self.request.GET.get("dry_run", "false")
        if said not in ("true", "false"):
            raise wrong_values({"dry_run": _("Give true or false.")})
        return said == "true" and self.request.method not in SAFE

    @cached_property
    def body(self) -> dict[str, Any]:  # Any: JSON
        return read_json(self.request)

    def only(self, *names: str) -> dict[str, Any]:  # Any: JSON
        """The body, which may have no other keys than these."""
        unknown = [one for one in self.body if one not in names]
        if unknown:
            raise wrong_values({one[:60]: _("This is not known here.") for one in unknown[:20]})
        return self.body

    def query(self, *names: str) -> dict[str, str]:
        """What the address asks, which may use no other words than these."""
        found = {}
        for name, said in self.request.GET.items():
            check_text(name)
            check_text(str(said))
            if name == "dry_run" and self.request.method not in SAFE:
                continue
            if name not in names:
                raise wrong_values({name[:60]: _("This is not known here.")})
            found[name] = str(said)
        return found

    def number(self, name: str, said: str | None, default: int, most: int) -> int:
        if said is None:
            return default
        if not (said.isascii() and said.isdigit()) or len(said) > 9 or not 1 <= int(said) <= most:
            raise wrong_values({name: _("Give a number from 1 to %(most)s.") % {"most": most}})
        return int(said)

    def kind(self, key: str) -> RecordType:
        """The record type of an address; one that the user must not see is not there."""
        found = type_by_key(key)
        if found is None or policy(self.user, found.key, "read").reach == "none":
            raise not_found()
        return seen_by(found, self.user)

    def record(self, kind: RecordType, said: str) -> Record:
        """The record of an address."""
        found: Record | None = kind.visible_to(self.user).filter(pk=read_id(said)).first()
        if found is None:
            raise self._moved(said) or not_found()
        return found

    def _moved(self, said: str) -> Problem | None:
        """For the address of a record that was merged into another one: where that is."""
        survivor = survivor_of(read_id(said), self.user)
        if survivor is None:
            return None
        into = {"type": type_of(survivor).key, "id": str(survivor.pk)}
        is_read = self.request.method in SAFE
        place = {"Location": reverse("api_record", args=list(into.values()))} if is_read else {}
        return Problem(308 if is_read else 409, _("This record was merged into another one."), code="merged",
                       headers=place, more={"merged_into": into})  # fmt: skip

    def needs(self, kind: RecordType, *names: str) -> None:
        """Refuse what lies outside the token's scope for that type."""
        if not all(self.scope.allows(kind, name) for name in names):
            raise Problem(403, _("This lies outside the scope of your token."), code="scope")

    @contextmanager
    def acts(self, label: Label) -> Iterator[OpenSet]:
        """A change set of this call: it names the token."""

        def text() -> str:
            return _("%(what)s, by the program “%(token)s”") % {
                "what": labels.said(label),
                "token": self.token.name,
            }

        facts = {"token": str(self.token.pk)}
        with change_set(by=self.user, cause=Cause.API, label=text, facts=facts) as opened:
            yield opened
        self.sets.append(opened.id)


def read_id(said: str) -> UUID:
    """The id in an address."""
    try:
        return UUID(said)
    except ValueError as problem:
        raise not_found() from problem


def answer(
    body: Any,  # Any: JSON
    status: int = 200,
    headers: dict[str, str] | None = None,
    media: str = "application/json",
) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    found = HttpResponse(text, status=status, content_type=media, headers=headers)
    found.headers.setdefault("Cache-Control", "private, no-cache")
    return found


def nothing() -> HttpResponse:
    """204: it is done, there is nothing to tell."""
    found = HttpResponse(status=204)
    del found.headers["Content-Type"]
    return found


def endpoint(**methods: Handler) -> Callable[..., HttpResponseBase]:
    """A view that answers programs; one handler for each method: `endpoint(GET=read, PATCH=change)`."""
    if "GET" in methods:
        methods.setdefault("HEAD", methods["GET"])

    @csrf_exempt  # who asks is told by the header alone: no cookie counts here, so none can be misused
    def view(request: HttpRequest, **parts: str) -> HttpResponseBase:
        try:
            call = call_of(request)
            call.name = str(request.resolver_match.url_name) if request.resolver_match else ""
            return perform(call, methods, parts)
        except Exception as problem:
            told = as_problem(problem)
            if told is None:
                raise
            return told.response()

    view.asks_for_token = True  # type: ignore[attr-defined]  # read by the test of protected addresses
    view.methods = methods  # type: ignore[attr-defined]  # for tools, which make the same calls (rapport/mcp)
    return view


def perform(call: Call, methods: Mapping[str, Handler], parts: Mapping[str, str]) -> HttpResponseBase:
    """Do what the call asks for, or raise what is wrong with it."""
    request = call.request
    for said in parts.values():
        check_text(said)
    handler = methods.get(request.method or "")
    if handler is None:
        sentence = _("This address answers: %(methods)s.") % {"methods": ", ".join(methods)}
        raise Problem(405, sentence, headers={"Allow": ", ".join(methods)})
    if request.method in SAFE:
        return handler(call, **parts)
    if not call.scope.may_write and handler.__name__ != "ask":
        raise Problem(403, _("Your token may only read."), code="read-only")
    if call.is_trial:
        return _tried(call, lambda: handler(call, **parts))
    if call.token.waits and not call.is_confirmed and handler.__name__ != "ask":
        return once(request, call.token, lambda: _proposed(call, lambda: handler(call, **parts), parts))
    return once(request, call.token, lambda: _done(call, handler(call, **parts)))


def _done(call: Call, found: HttpResponseBase) -> HttpResponseBase:
    """The answer, with the change set by which the call can be taken back."""
    if call.sets:
        found.headers["Change-Set"] = str(call.sets[-1])
    return found


def _tried(call: Call, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do it, answer as if it were done, and keep nothing."""
    if (call.request.content_type or "").startswith("multipart/"):
        raise Problem(422, _("A file cannot be sent to try it out."))
    with transaction.atomic():
        found = run()
        if call.after_trial is not None:
            call.after_trial()
        transaction.set_rollback(True)
    found.headers["Dry-Run"] = "true"
    return found


def _proposed(call: Call, run: Callable[[], HttpResponseBase], parts: Mapping[str, str]) -> HttpResponseBase:
    """Try it out and keep it for a person: 202 with what would change."""
    labels: list[str] = []
    changes: list[Any] = []  # Any: JSON, for the program
    whole: list[Any] = []  # for the person, who sees all fields

    def look() -> None:
        labels.extend(ChangeSet.objects.filter(pk__in=call.sets).values_list("label", flat=True))
        changes.extend(changes_of(call.sets, call))
        whole.extend(changes_of(call.sets, Viewer(call.user, EVERYTHING)))

    call.after_trial = look
    _tried(call, run)
    request = call.request
    query = {name: str(said) for name, said in request.GET.items()}
    seen = f'"{call.version_seen}"' if call.version_seen else ""
    one = keep(call.token, call.name, request.method or "", parts, query, request.body.decode("utf-8", "replace"),
               version=request.headers.get("If-Match", "") or seen, label=" ".join(labels), changes=whole)  # fmt: skip
    sentence = _("This waits until %(user)s confirms it.") % {"user": call.user.name}
    return answer(
        {"proposal": str(one.pk), "state": one.state, "note": sentence, "would_change": changes}, 202
    )


def as_problem(problem: Exception) -> Problem | None:
    """What the kernel's doors refuse, for programs; None for what is a fault of ours."""
    match problem:
        case Problem():
            return problem
        case NotVisible() | Http404():
            return not_found()
        case Refused():
            return Problem(403, str(problem))
        case Conflict():
            return Problem(409, str(problem), errors=[{"field": "", "reason": one} for one in problem.fields])
        case RuleError():
            return wrong_values(problem.fields, problem.sentence)
        case ValidationError():
            return Problem(422, " ".join(problem.messages))
        case FilterError():
            return wrong_values({"filter": str(problem)})
        case DataError():
            return Problem(422, _("A value does not fit into the database."))
        case RequestDataTooBig() | TooManyFilesSent():
            return Problem(413, _("A body has at most 32 MB."))
        case MultiPartParserError():
            return Problem(400, _("The form cannot be read."))
    return None


def call_of(request: HttpRequest) -> Call:
    """Who calls; Problem without a working token, or when it asks too often."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    token = find_token(secret.strip()) if scheme.lower() == "bearer" else None
    user = Backend().get_user(token.user_id) if token is not None else None
    if token is None or user is None:
        sentence = _("Send a token that works: Authorization: Bearer rapport_…")
        raise Problem(401, sentence, headers={"WWW-Authenticate": 'Bearer realm="Rapport"'})
    _count(token)
    note_use(token)
    scope = Scope.of(token)
    call = Call(narrowed(user, scope), scope, request, token)
    request.user = call.user
    _speak(request, call.user)
    return call


def _count(token: Token) -> None:
    """One request more in this minute; the next minute begins anew."""
    until = refused_until(Limit("api-token", token.per_minute, 1), str(token.pk))
    if until is not None:
        wait = max(1, round((until - timezone.now()).total_seconds()))
        sentence = _("This token may ask %(count)s times a minute.") % {"count": token.per_minute}
        raise Problem(429, sentence, headers={"Retry-After": str(wait)})


def _speak(request: HttpRequest, user: User) -> None:
    """Sentences in the language that the program asks for, else the user's; days are those of his time zone."""
    company = user.company or Company()
    asked = translation.get_language_from_request(request) if "Accept-Language" in request.headers else ""
    spoken = dict(settings.LANGUAGES)
    language = next((one for one in (asked, user.language, company.language) if one in spoken), "en")
    translation.activate(language)
    timezone.activate(zone(user.time_zone) or zone(company.time_zone) or zoneinfo.ZoneInfo("UTC"))


def etag_of(version: int, body: Any) -> str:  # Any: JSON
    """The version of the record and a digest of what is shown of it."""
    digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
    return f'"{version}-{digest}"'


def is_same(request: HttpRequest, etag: str) -> bool:
    """Does the program have this already?"""
    said = request.headers.get("If-None-Match", "")
    return etag in [one.strip().removeprefix("W/") for one in said.split(",")]


def version_said(call: Call) -> int | None:
    """The version that the program had before its eyes: from If-Match or from "version"."""
    said: object = call.body.get("version")
    header = call.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if header and header != "*" and said is None:
        said = header.partition("-")[0]
        said = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1
    if said is None:
        return None
    if not isinstance(said, int) or isinstance(said, bool) or not 0 < said < 2**31:
        raise wrong_values({"version": _("Give the version of the record as you have read it.")})
    return said


NOT_MODIFIED = HTTPStatus.NOT_MODIFIED
