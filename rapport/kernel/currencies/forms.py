"""Forms of the page "Currencies"."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.forms import OneLine, currency_field
from rapport.kernel.currencies.models import Rate
from rapport.kernel.currencies.reading import LARGEST, rate_of
from rapport.ui import formats


class Day(forms.DateInput):
    input_type = "date"


class RateForm(forms.Form):
    """One rate of one day."""

    currency = currency_field()
    day = forms.DateField(
        label=_("Day"), widget=Day(), input_formats=["%Y-%m-%d"], initial=timezone.localdate
    )
    rate = OneLine(label=_("One of it is worth"), max_length=30)

    def __init__(self, data: Any = None, *, base: str, **options: Any) -> None:  # Any: what the browser sent
        super().__init__(data, **options)
        self.base = base

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"])
        if code == self.base:
            raise ValidationError(_("This is the company's own currency; it needs no rate."))
        return code

    def clean_rate(self) -> Decimal:
        try:
            number = formats.parse_number(self.cleaned_data["rate"])
        except ValueError as problem:
            raise ValidationError(_("Write a number like 1.0825.")) from problem
        if not (number.is_finite() and 0 < number < LARGEST):
            raise ValidationError(_("A rate is larger than zero, and no more than nine digits long."))
        rate = rate_of(number, is_of_base=False)
        if not rate:
            raise ValidationError(_("This rate is too small to be kept."))
        return rate

    def as_rate(self) -> Rate:
        return Rate(base=self.base, **self.cleaned_data)


class RatesFile(forms.Form):
    """A file of rates, and how its numbers are meant."""

    file = forms.FileField()
    # empty: as such files usually say it
    of_base = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
    )
