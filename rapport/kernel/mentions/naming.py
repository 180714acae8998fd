"""Who is named in a text: "@" and the name of a colleague who sees the record, as people write it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.permissions import policy
from rapport.kernel.records.errors import RuleError

MENTION = "mention"  # the kinds of notifications: to the one who was named,
NOT_TOLD = "mention_not_told"  # and to the one who wrote, where that one cannot see it
MOST = 20  # people named in one text
OFFERED = 8
LOOKED_AT = 40


def sees(user: User, record_id: UUID) -> bool:
    return AnyRecord.objects.visible_to(user).filter(pk=record_id).exists()


def readers_of(type_key: str) -> Callable[[User], bool]:
    return lambda user: policy(user, type_key, "read").reach != "none"


def colleagues() -> list[User]:
    """Who can be named: read once for many texts."""
    return list(User.objects.filter(is_active=True).prefetch_related("roles"))


def named_in(
    text: str, chosen: Iterable[UUID] = (), *, among: Iterable[User] | None = None
) -> dict[UUID, User]:
    """The users whose names stand behind an @. Of several with the same name those that were chosen while typing."""
    if "@" not in text:
        return {}
    picked, lower = set(chosen), text.casefold()
    named = [
        one
        for one in (colleagues() if among is None else among)
        if one.name and f"@{one.name.casefold()}" in lower
    ]
    found: dict[UUID, User] = {}
    for user in named:
        name = user.name.casefold()
        alike = [one for one in named if one.name.casefold() == name]
        longer = [
            one.name.casefold()
            for one in named
            if one.name.casefold().startswith(name) and len(one.name) > len(name)
        ]
        if not _stands_alone(lower, name, longer):
            continue
        if len(alike) == 1 or user.pk in picked or not picked & {one.pk for one in alike}:
            found[user.pk] = user
    return found


def _stands_alone(text: str, name: str, longer: list[str]) -> bool:
    """Whether "@ann" stands in the text other than as the beginning of "@anna" or "@ann lee"."""
    for match in re.finditer(rf"(?<!\w)@{re.escape(name)}(?!\w)", text):
        if not any(text.startswith(f"@{other}", match.start()) for other in longer):
            return True
    return False


def check_mentions(named: Mapping[UUID, User], record_id: UUID) -> None:
    """Refuse to name who cannot see the record: he would be told of something that he must not know."""
    blind = [str(user) for user in named.values() if not sees(user, record_id)]
    if blind:
        sentence = _(
            "%(names)s cannot see this record and would not be told. Share the record first, or leave out the @."
        )
        raise RuleError(fields={"text": sentence % {"names": ", ".join(blind[:5])}})
    if len(named) > MOST:
        raise RuleError(fields={"text": _("Name at most %(most)s people in one comment.") % {"most": MOST}})


@dataclass
class Offered:
    """Colleagues for what was typed: who can be named, and who is meant perhaps but cannot see what is written."""

    colleagues: list[User] = field(default_factory=list)
    blind: list[User] = field(default_factory=list)


def offered(typed: str, user: User, may_see: Callable[[User], bool]) -> Offered:
    """Whom one can name while typing: colleagues who may see what is written, those whose name begins so first."""
    rows = (
        User.objects.filter(is_active=True, name__icontains=typed)
        .exclude(pk=user.pk)
        .prefetch_related("roles")
    )
    begin = typed.casefold()
    ordered = sorted(
        rows[:LOOKED_AT], key=lambda one: (not one.name.casefold().startswith(begin), one.name.casefold())
    )
    found = Offered()
    for one in ordered:
        if len(found.colleagues) == OFFERED:
            break
        if may_see(one):
            found.colleagues.append(one)
        elif begin and one.name.casefold().startswith(begin):
            found.blind.append(one)
    return found


def marked(text: str, mentions: Mapping[str, Any], me: UUID | None) -> Markup:  # Any: JSON
    """The text with its mentions marked, one's own most."""
    names = {str(name): key for key, name in mentions.items()}
    if not names:
        return escape(text)
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    parts, end = [], 0
    keys = {name.casefold(): key for name, key in names.items()}
    for match in re.finditer(rf"(?<!\w)@({any_name})(?!\w)", text, re.IGNORECASE):
        css = "mention is-me" if keys.get(match[1].casefold()) == str(me) else "mention"
        parts += [escape(text[end : match.start()]), Markup('<b class="{}">{}</b>').format(css, match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def marked_texts(texts: Iterable[str], reader: User | None) -> list[Markup]:
    """Texts of records with those marked whom they name, for one reader; one query for all of them."""
    listed = list(texts)
    active = colleagues() if any("@" in text for text in listed) else []
    names = (named_in(text, among=active) for text in listed)
    return [
        marked(text, {str(key): user.name for key, user in named.items()}, reader.pk if reader else None)
        for text, named in zip(listed, names, strict=True)
    ]
