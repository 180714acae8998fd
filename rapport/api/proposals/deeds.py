"""A person decides: the call is made as the program's token may make it now, or never."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.backend import Backend
from rapport.accounts.models import User
from rapport.api.calls import HANDLERS, inner_request
from rapport.api.endpoint import Call, as_problem, perform
from rapport.api.proposals.models import Proposal, State
from rapport.api.tokens.scope import Scope, narrowed
from rapport.kernel.records import NotVisible, RuleError


def proposal_of(key: UUID, user: User) -> Proposal:
    """One that waits for this user; NotVisible for all others."""
    found = Proposal.objects.select_related("token").filter(pk=key, token__user=user).first()
    if found is None:
        raise NotVisible
    return found


def refuse(one: Proposal) -> None:
    with transaction.atomic():
        _decide(_open(one), State.REFUSED)


def confirm(one: Proposal, request: HttpRequest) -> Proposal:
    """Do what was proposed, with the rights that user and token have now; of what is not possible any more say why."""
    with transaction.atomic():
        locked = _open(one)
        try:
            with transaction.atomic():
                call = _call(locked, request)
                _answer(call, locked)
        except Exception as problem:
            told = as_problem(problem)
            if told is None:
                raise
            locked.problem = told.detail
            _decide(locked, State.FAILED)
            return locked
        locked.change_set_id = call.sets[-1] if call.sets else None
        _decide(locked, State.DONE)
    return locked


def _answer(call: Call, one: Proposal) -> HttpResponseBase:
    parts: dict[str, str] = one.parts
    return perform(call, HANDLERS[one.name], parts)


def _call(one: Proposal, request: HttpRequest) -> Call:
    user = Backend().get_user(one.token.user_id)
    if user is None or not one.token.works:
        raise RuleError(_("The token of this program opens nothing any more."))
    scope = Scope.of(one.token)
    query: dict[str, str] = one.query
    inner = inner_request(request, one.method, query, one.body.encode())
    if one.version:
        inner.META["HTTP_IF_MATCH"] = one.version
    inner.user = narrowed(user, scope)
    return Call(inner.user, scope, inner, one.token, name=one.name, is_confirmed=True)


def _open(one: Proposal) -> Proposal:
    """Of two who decide at once one is too late."""
    locked = Proposal.objects.select_for_update(of=("self",)).select_related("token").get(pk=one.pk)
    if locked.state != State.OPEN:
        raise RuleError(_("This was decided already."))
    return locked


def _decide(one: Proposal, state: State) -> None:
    one.state, one.decided_at = state, timezone.now()
    one.save(update_fields=["state", "decided_at", "problem", "change_set"])
