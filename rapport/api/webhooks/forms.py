"""The form of a webhook."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine
from rapport.accounts.models import Company, User
from rapport.api.tokens.scope import readable_types
from rapport.api.webhooks.models import Act, Subscription
from rapport.kernel.custom.named_by import Naming
from rapport.kernel.fields import Context
from rapport.kernel.filters import FilterError, from_json, to_json
from rapport.kernel.filters.text import parse_text, text_of
from rapport.kernel.registry import type_by_key, types
from rapport.runtime.outside import Forbidden, checked_url


class WebhookForm(forms.Form):
    """Who is told what."""

    name = OneLine(label=_("Name"), max_length=100)
    url = OneLine(label=_("Address"), max_length=1000)
    types = forms.MultipleChoiceField(label=_("Record types"), required=False)
    acts = forms.MultipleChoiceField(label=_("When a record is"), choices=Act.choices, required=False)
    filter = OneLine(label=_("Only records that fit this filter"), max_length=2000, required=False)
    skips_programs = forms.BooleanField(
        label=_("Leave out what programs have changed through the API"), required=False
    )

    def __init__(self, *args: Any, user: User, **values: Any) -> None:  # Any: Django's own
        super().__init__(*args, **values)
        self.context = context_for(user)
        self.fields["types"].choices = [(one.key, one.label_plural) for one in readable_types(user)]  # type: ignore[attr-defined]  # a choice field

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            checked_url(url)
        except Forbidden as problem:
            raise ValidationError(str(problem)) from problem
        return url

    def clean(self) -> dict[str, Any]:  # Any: each field has its own values
        said: dict[str, Any] = super().clean() or self.cleaned_data
        text, keys = said.get("filter", ""), said.get("types", [])
        said["tree"] = {}
        if text:
            kind = type_by_key(keys[0]) if len(keys) == 1 else None
            if kind is None:
                self.add_error("filter", ValidationError(_("A filter needs exactly one record type.")))
                return said
            try:
                said["tree"] = to_json(parse_text(text, kind, self.context))
            except FilterError as problem:
                self.add_error("filter", ValidationError(str(problem)))
        return said

    def values(self) -> dict[str, Any]:  # Any: as above
        """The columns of the subscription."""
        said = self.cleaned_data
        return {
            "name": said["name"], "url": said["url"], "types": said["types"], "acts": said["acts"],
            "filter": said["tree"], "skips_programs": said["skips_programs"],
        }  # fmt: skip


def context_for(user: User) -> Context:
    company = user.company or Company.current()
    return Context(user, company.country or "DE", company.currency or "EUR")


def initial_of(subscription: Subscription, user: User) -> dict[str, Any]:  # Any: as above
    """What the form shows of a subscription."""
    names = ("name", "url", "types", "acts", "skips_programs")
    found = {name: getattr(subscription, name) for name in names}
    kind = type_by_key(subscription.types[0]) if len(subscription.types) == 1 else None
    if subscription.filter and kind is not None:
        try:
            found["filter"] = text_of(from_json(subscription.filter), kind, context_for(user))
        except FilterError:
            found["filter"] = ""
    return found


def name_fields() -> Iterator[Naming]:
    """The fields that the filters of webhooks name."""
    for one in Subscription.objects.order_by("name"):
        for key in one.types or [kind.key for kind in types()]:
            yield Naming(_("Webhook"), one.name, key, one.filter)
