"""The starting rules that need nothing but parties: who was spoken with, and who has gone silent."""

from django.utils.translation import gettext_noop as _

from rapport.parties.life_cycle.starting import start_with
from rapport.parties.models import Stage

SILENT_DAYS, BACK_DAYS, GONE_DAYS = "180", "30", "540"
BOUGHT = [Stage.CUSTOMER, Stage.VALUED, Stage.WON_BACK]


def _contact(operator: str, days: str = "") -> dict[str, object]:
    return {"all": [{"field": "last_contact_at", "is": operator, "value": days}]}


def register() -> None:
    for type_key in ("organizations", "people"):
        first = {"all": [{"field": "last_contact_at", "is": "filled", "value": ""}]}
        start_with(60, type_key, _("First contact"), Stage.PROSPECT, [Stage.SUSPECT], first)
        start_with(70, type_key, _("Gone silent"), Stage.AT_RISK, BOUGHT, _contact("older", SILENT_DAYS), 7)
        start_with(
            75, type_key, _("In touch again"), Stage.CUSTOMER, [Stage.AT_RISK], _contact("last", BACK_DAYS)
        )
        start_with(
            80, type_key, _("Silent for good"), Stage.LOST, [Stage.AT_RISK], _contact("older", GONE_DAYS)
        )
