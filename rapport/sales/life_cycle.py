"""What deals mean for the life cycle: starting rules for leads, customers, valued customers and who is won back."""

from typing import Any

from django.utils.translation import gettext_noop as _

from rapport.parties.life_cycle.starting import start_with
from rapport.parties.models import Stage

VALUED = "50000"


def _deals(link: str, *conditions: tuple[str, str, str], **more: str) -> dict[str, Any]:  # Any: JSON
    where = {"all": [{"field": field, "is": operator, "value": said} for field, operator, said in conditions]}
    return {"all": [{"related": f"deals:{link}", **({"take": "has"} | more), "where": where}]}


def register() -> None:
    won, lately = ("outcome", "any", "won"), ("closed_on", "last", "365")
    for type_key, link in (("organizations", "organization"), ("people", "person")):
        again = _deals(link, won, ("closed_on", "last", "30"))
        start_with(10, type_key, _("Bought again"), Stage.WON_BACK, [Stage.LOST], again)
        much = _deals(link, won, lately, take="sum", of="amount")
        much["all"][0] |= {"is": "min", "value": VALUED}
        start_with(20, type_key, _("Buys much"), Stage.VALUED, [Stage.CUSTOMER, Stage.WON_BACK], much)
        early = [Stage.SUSPECT, Stage.PROSPECT, Stage.LEAD]
        start_with(30, type_key, _("First deal won"), Stage.CUSTOMER, early, _deals(link, won))
        opened = _deals(link, ("outcome", "any", "open"))
        start_with(40, type_key, _("First deal"), Stage.LEAD, early[:2], opened)
