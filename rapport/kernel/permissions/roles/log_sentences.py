"""The sentences of the log of rights: what each line says, by what it is about and what was done."""

from django.utils.translation import gettext as _

from rapport.accounts.models import RightsEntry
from rapport.accounts.rights_log.models import Deed


def template_of(one: RightsEntry) -> str:
    """The sentence with places for the names."""
    about = {
        "role": _of_role, "team": _of_team, "territory": _of_territory, "user": _of_user, "provider": _of_provider,
        "company": _of_company,
    }  # fmt: skip
    return about[one.thing](one)


def _of_role(one: RightsEntry) -> str:
    if one.deed == Deed.REACH:
        words = _allowed() if one.old == "none" else _forbidden() if one.new == "none" else _changed()
        return words.get(one.part, _("%(who)s changed what %(role)s may do with %(records)s"))
    if one.deed == Deed.FIELD:
        return {
            "hidden": _("%(who)s hid %(field)s of %(records)s from %(role)s"),
            "read": _("%(who)s made %(field)s of %(records)s read only for %(role)s"),
        }.get(str(one.new), _("%(who)s lifted the limits of %(role)s on %(field)s of %(records)s"))
    if one.deed == Deed.RULE:
        return _of_rule(one)
    if one.deed == Deed.FACTOR:
        if one.new:
            return _("%(who)s made a second factor necessary for %(role)s")
        return _("%(who)s made a second factor unnecessary for %(role)s")
    if one.deed == Deed.ADDED and one.old:
        return _("%(who)s added the role %(role)s, which begins like %(old)s")
    return {
        Deed.ADDED: _("%(who)s added the role %(role)s"),
        Deed.NAMED: _("%(who)s renamed the role %(old)s to %(new)s"),
        Deed.DESCRIBED: _("%(who)s changed the description of %(role)s"),
        Deed.REMOVED: _("%(who)s removed the role %(role)s"),
        Deed.GIVEN: _("%(who)s gave %(user)s the role %(role)s"),
        Deed.TAKEN: _("%(who)s took the role %(role)s from %(user)s"),
        Deed.RULE_ACTS: _("%(who)s changed what else %(role)s may do with %(records)s that fit its rule"),
    }[Deed(one.deed)]


def _of_rule(one: RightsEntry) -> str:
    if not one.new:
        return _("%(who)s removed the rule by which %(role)s also saw %(records)s")
    if not one.old:
        return _("%(who)s let %(role)s also see %(records)s that fit a rule")
    return _("%(who)s changed the rule by which %(role)s also sees %(records)s")


def _of_team(one: RightsEntry) -> str:
    if one.deed == Deed.PLACED and one.new:
        return _("%(who)s made the team %(team)s a part of %(new)s")
    return {
        Deed.ADDED: _("%(who)s added the team %(team)s"),
        Deed.NAMED: _("%(who)s renamed the team %(old)s to %(new)s"),
        Deed.PLACED: _("%(who)s made the team %(team)s no longer a part of %(old)s"),
        Deed.REMOVED: _("%(who)s deleted the team %(team)s"),
        Deed.GIVEN: _("%(who)s put %(user)s into the team %(team)s"),
        Deed.TAKEN: _("%(who)s took %(user)s out of the team %(team)s"),
    }[Deed(one.deed)]


def _of_territory(one: RightsEntry) -> str:
    if one.deed == Deed.PLACED and one.new:
        return _("%(who)s made the territory %(territory)s a part of %(new)s")
    if one.whom == "team":
        if one.deed == Deed.GIVEN:
            return _("%(who)s let the team %(team)s work the territory %(territory)s")
        return _("%(who)s took the territory %(territory)s from the team %(team)s")
    return {
        Deed.ADDED: _("%(who)s added the territory %(territory)s"),
        Deed.NAMED: _("%(who)s renamed the territory %(old)s to %(new)s"),
        Deed.PLACED: _("%(who)s made the territory %(territory)s no longer a part of %(old)s"),
        Deed.RULE: _("%(who)s changed which %(records)s lie in the territory %(territory)s"),
        Deed.REMOVED: _("%(who)s removed the territory %(territory)s"),
        Deed.GIVEN: _("%(who)s let %(user)s work the territory %(territory)s"),
        Deed.TAKEN: _("%(who)s took the territory %(territory)s from %(user)s"),
    }[Deed(one.deed)]


def _of_user(one: RightsEntry) -> str:
    return _("%(who)s let %(user)s in again") if one.new else _("%(who)s deactivated %(user)s")


def _of_provider(one: RightsEntry) -> str:
    if one.deed == Deed.NEWCOMERS:
        if not one.new:
            return _("%(who)s let nobody become a user any more who comes through %(provider)s")
        if not one.old:
            return _("%(who)s let whoever comes through %(provider)s and is not here yet become a user")
    return {
        Deed.ADDED: _("%(who)s added the company sign-in %(provider)s"),
        Deed.NAMED: _("%(who)s renamed the company sign-in %(old)s to %(new)s"),
        Deed.NEWCOMERS: _("%(who)s changed which role new users get who come through %(provider)s"),
        Deed.DOMAINS: _("%(who)s changed from which domains new users may come through %(provider)s"),
        Deed.REMOVED: _("%(who)s deleted the company sign-in %(provider)s"),
    }[Deed(one.deed)]


def _of_company(one: RightsEntry) -> str:
    if one.new:
        return _("%(who)s made a second factor necessary for everybody")
    return _("%(who)s made a second factor unnecessary for everybody")


def _allowed() -> dict[str, str]:
    return {
        "read": _("%(who)s allowed %(role)s to see %(records)s"),
        "create": _("%(who)s allowed %(role)s to create %(records)s"),
        "edit": _("%(who)s allowed %(role)s to edit %(records)s"),
        "delete": _("%(who)s allowed %(role)s to delete %(records)s"),
        "export": _("%(who)s allowed %(role)s to export %(records)s"),
        "bulk": _("%(who)s allowed %(role)s to change many %(records)s at once"),
    }


def _forbidden() -> dict[str, str]:
    return {
        "read": _("%(who)s forbade %(role)s to see %(records)s"),
        "create": _("%(who)s forbade %(role)s to create %(records)s"),
        "edit": _("%(who)s forbade %(role)s to edit %(records)s"),
        "delete": _("%(who)s forbade %(role)s to delete %(records)s"),
        "export": _("%(who)s forbade %(role)s to export %(records)s"),
        "bulk": _("%(who)s forbade %(role)s to change many %(records)s at once"),
    }


def _changed() -> dict[str, str]:
    return {
        "read": _("%(who)s changed which %(records)s %(role)s may see"),
        "edit": _("%(who)s changed which %(records)s %(role)s may edit"),
        "delete": _("%(who)s changed which %(records)s %(role)s may delete"),
        "export": _("%(who)s changed which %(records)s %(role)s may export"),
        "bulk": _("%(who)s changed of which %(records)s %(role)s may change many at once"),
    }
