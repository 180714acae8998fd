"""The settings page "Currencies": what other currencies are worth, and since when. For administrators only."""

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext, ngettext

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.choices import currencies as known_currencies
from rapport.accounts.models import Company
from rapport.kernel.currencies import store
from rapport.kernel.currencies.forms import RateForm, RatesFile
from rapport.kernel.currencies.models import Rate
from rapport.kernel.currencies.reading import ReadRates, read_rates
from rapport.kernel.imports.problems import ImportProblem
from rapport.kernel.pages.routing import page
from rapport.ui.notices import notice

SHOWN = 100
LARGEST_FILE = 20 << 20


# Any: for the template
def _shown(request: UserRequest, form: RateForm | None = None, **more: Any) -> HttpResponse:
    base = Company.current().currency
    names = dict(known_currencies())
    code = request.GET.get("currency", "") if request.GET.get("currency", "") in names else ""
    before = str(parse_date_or_none(request.GET.get("before", "")) or "")
    rates = store.history(base, code, before=before, most=SHOWN + 1) if code else []
    context = {
        "current": "currencies", "base": base, "base_name": names.get(base, base), "names": names,
        "latest": store.latest(base), "form": form or RateForm(base=base, initial={"currency": code or "USD"}),
        "code": code, "rates": rates[:SHOWN], "has_more": len(rates) > SHOWN,
        "file_problem": "", "found": None, "kept": None, **more,
    }  # fmt: skip
    status = 422 if more or (form is not None and form.errors) else 200
    return render(request, "kernel/currencies/currencies.html", context, status=status)


def parse_date_or_none(said: str) -> Any:  # Any: a date or None
    try:
        return parse_date(said[:10])
    except ValueError:
        return None


def _address(code: str = "") -> str:
    return reverse("currencies") + ("?" + urlencode({"currency": code}) if code else "")


@page("settings/currencies/", name="currencies", methods=("GET", "HEAD", "POST"))
@administrators
def currencies(request: UserRequest) -> HttpResponse:
    """The newest rate of each currency, and all rates of one; POST adds one."""
    if request.method != "POST":
        return _shown(request)
    form = RateForm(request.POST, base=Company.current().currency)
    if not form.is_valid():
        return _shown(request, form)
    rate = form.as_rate()
    store.keep([rate])
    notice(request, gettext("Kept: %(rate)s") % {"rate": rate})
    return redirect(_address(rate.currency))


@page("settings/currencies/file/", name="currencies_file", methods=("POST",))
@administrators
def currencies_file(request: UserRequest) -> HttpResponse:
    """Take over the rates of a file; what cannot be read is told, the rest is kept."""
    form = RatesFile(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, file_problem=gettext("Choose a file with rates."))
    upload: UploadedFile[bytes] = form.cleaned_data["file"]
    if (upload.size or 0) > LARGEST_FILE:
        return _shown(
            request, file_problem=gettext("This file is too large. A file of rates has up to 20 MB.")
        )
    try:
        found = _read(upload, Company.current().currency, is_of_base=form.cleaned_data["of_base"])
    except ImportProblem as problem:
        return _shown(request, file_problem=str(problem))
    kept = store.keep(found.rates)
    if found.wrong:
        return _shown(request, found=found, kept=kept)
    said = ngettext("%(num)s rate is new", "%(num)s rates are new", kept.new) % {"num": kept.new}
    changed = ngettext("%(num)s was changed", "%(num)s were changed", kept.changed) % {"num": kept.changed}
    notice(request, f"{said}, {changed}.")
    return redirect("currencies")


def _read(upload: "UploadedFile[bytes]", base: str, *, is_of_base: bool | None) -> ReadRates:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rates"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        return read_rates(path, base, is_of_base=is_of_base)


@page("settings/currencies/remove/", name="rate_remove", methods=("POST",))
@administrators
def rate_remove(request: UserRequest) -> HttpResponse:
    """Take a rate away: the one before it counts longer."""
    said = request.POST.get("rate", "")
    rate = Rate.objects.filter(pk=int(said)).first() if said.isdigit() and len(said) < 19 else None
    if rate is None:
        notice(request, gettext("This rate is gone already."))
        return redirect("currencies")
    rate.delete()
    notice(request, gettext("Removed: %(rate)s") % {"rate": rate})
    return redirect(_address(rate.currency))
