"""The form for a new token."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine
from rapport.accounts.models import User
from rapport.api.tokens.scope import ASIDE, readable_types
from rapport.kernel.registry import RecordType

WAYS = [("read", _("Read only")), ("propose", _("Read, and propose changes")), ("write", _("Read and write"))]
PERIODS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Until it is revoked"))]
RATES = [("60", "60"), ("600", "600"), ("6000", "6000")]
ASIDE_LABELS = {"relationships": _("Relationships"), "files": _("Files"), "timeline": _("Timeline")}


class TokenForm(forms.Form):
    """What the token is for, what it may do, how long. Types and fields are ticked on the page."""

    name = OneLine(label=_("What it is for"), max_length=100)
    way = forms.ChoiceField(label=_("May"), choices=WAYS, initial="read")
    days = forms.ChoiceField(label=_("Works for"), choices=PERIODS, initial="90", required=False)
    may_administer = forms.BooleanField(
        label=_("Reads and, where it may write, changes roles and territories, too"), required=False
    )
    per_minute = forms.ChoiceField(label=_("Requests a minute"), choices=RATES, initial="600")

    def __init__(self, *args: Any, user: User, **values: Any) -> None:  # Any: Django's own
        super().__init__(*args, **values)
        self.kinds = readable_types(user)
        if not user.is_administrator:
            del self.fields["may_administer"]

    @property
    def ticked(self) -> set[str]:
        """What was ticked, for showing the form again."""
        getlist = getattr(self.data, "getlist", None)
        return set(getlist("types") + getlist("fields")) if getlist else set()

    def choices(self) -> list[tuple[RecordType, list[tuple[str, str]] | None]]:
        """[(type, what belongs to it where something is ticked)]; for the others the page asks when they are opened."""
        ticked = {value.partition(".")[0] for value in self.ticked}
        return [(kind, fields_of(kind) if kind.key in ticked else None) for kind in self.kinds]

    def values(self) -> dict[str, Any]:  # Any: for make_token
        """What `make_token` takes."""
        said, days = self.cleaned_data, self.cleaned_data["days"]
        ticked, types = self.ticked, {}
        for kind in self.kinds:
            names = [name for name, _label in _of(kind) if f"{kind.key}.{name}" in ticked]
            if kind.key in ticked or names:
                types[kind.key] = names
        return {
            "name": said["name"], "may_write": said["way"] != "read", "waits": said["way"] == "propose", "types": types,
            "may_administer": bool(said.get("may_administer")) and said["way"] != "propose" and not types,
            "per_minute": int(said["per_minute"]),
            "expires_at": timezone.now() + timedelta(days=int(days)) if days else None,
        }  # fmt: skip


def fields_of(kind: RecordType) -> list[tuple[str, str]]:
    """[(value, label) of what can be ticked of a type]."""
    return [(f"{kind.key}.{name}", label) for name, label in _of(kind)]


def _of(kind: RecordType) -> list[tuple[str, str]]:
    """Names and labels of what can be allowed one by one: fields, parts, and what else a record has."""
    fields = [(name, one.label) for name, one in kind.fields.items() if not (kind.kind and name == "kind")]
    parts = [(key, part.label) for key, part in kind.parts.items()]
    return [*fields, *parts, *((key, str(ASIDE_LABELS[key])) for key in ASIDE)]
