"""The form of a webhook."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine
from rapport.accounts.models import User
from rapport.api.tokens.scope import readable_types
from rapport.api.webhooks.filters import Said
from rapport.api.webhooks.models import Act, Subscription
from rapport.kernel.custom.named_by import Naming
from rapport.kernel.registry import types
from rapport.runtime.outside import Forbidden, checked_url


class WebhookForm(forms.Form):
    """Who is told what."""

    name = OneLine(label=_("Name"), max_length=100)
    url = OneLine(label=_("Address"), max_length=1000)
    types = forms.MultipleChoiceField(label=_("Record types"), required=False)
    acts = forms.MultipleChoiceField(label=_("When a record is"), choices=Act.choices, required=False)
    skips_programs = forms.BooleanField(
        label=_("Leave out what programs have changed through the API"), required=False
    )

    def __init__(self, *args: Any, user: User, filter_: Said, **values: Any) -> None:  # Any: Django's own
        super().__init__(*args, **values)
        self.filter = filter_
        self.fields["types"].choices = [(one.key, one.label_plural) for one in readable_types(user)]  # type: ignore[attr-defined]  # a choice field

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            checked_url(url)
        except Forbidden as problem:
            raise ValidationError(str(problem)) from problem
        return url

    def clean(self) -> None:
        super().clean()
        if self.filter.problem:
            raise ValidationError(self.filter.problem)

    def values(self) -> dict[str, Any]:  # Any: as above
        """The columns of the subscription."""
        said = self.cleaned_data
        return {
            "name": said["name"], "url": said["url"], "types": said["types"], "acts": said["acts"],
            "filter": self.filter.kept, "skips_programs": said["skips_programs"],
        }  # fmt: skip


def initial_of(subscription: Subscription) -> dict[str, Any]:  # Any: as above
    """What the form shows of a subscription beside its filter."""
    names = ("name", "url", "types", "acts", "skips_programs")
    return {name: getattr(subscription, name) for name in names}


def name_fields() -> Iterator[Naming]:
    """The fields that the filters of webhooks name."""
    for one in Subscription.objects.order_by("name"):
        for key in one.types or [kind.key for kind in types()]:
            yield Naming(_("Webhook"), one.name, key, one.filter)
