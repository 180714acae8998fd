"""People on a deal: add, change the role, remove. Every answer is the block anew."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError
from rapport.parties.models import Person
from rapport.sales.deals.models import Deal
from rapport.sales.deals.views import deal_of
from rapport.sales.takes_part.block import block
from rapport.sales.takes_part.people import add_person, change_role, remove_person

Request = Any  # a request of a signed-in user


# Any: what was said, as the form shows it
def answer(request: Request, deal: Deal, problem: str = "", **said: Any) -> HttpResponse:
    """The block anew; with a problem what was said stays in its form: that of `edge`, else the one that adds."""
    if request.headers.get("HX-Request") != "true":
        return redirect("record", "deals", deal.pk)
    context = block(request, deal) | {"problem": problem, "said": said}
    return render(request, "sales/takes_part/people.html", context, status=422 if problem else 200)


@page("deals/<uuid:pk>/people/", name="deal_people", methods=("POST",))
def deal_people(request: Request, pk: UUID) -> HttpResponse:
    """Let a person take part."""
    deal = deal_of(request.user, pk)
    person = (
        Person.objects.visible_to(request.user).filter(pk=parse_id(request.POST.get("person", ""))).first()
    )
    role = request.POST.get("role", "")
    try:
        add_person(deal, by=request.user, person=person, role=role)
    except RuleError as problem:
        return answer(request, deal, problem.sentence, person=person, role=role)
    return answer(request, deal)


@page("deals/<uuid:pk>/people/<uuid:edge>/", name="deal_person", methods=("POST",))
def deal_person(request: Request, pk: UUID, edge: UUID) -> HttpResponse:
    """Change somebody's role, or (`remove`) let him leave the deal."""
    deal, role = deal_of(request.user, pk), request.POST.get("role", "")
    try:
        if request.POST.get("remove"):
            remove_person(deal, edge, by=request.user)
        else:
            change_role(deal, edge, by=request.user, role=role)
    except RuleError as problem:
        return answer(request, deal, problem.sentence or gettext("This was not saved."), edge=edge, role=role)
    return answer(request, deal)
