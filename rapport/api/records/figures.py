"""Counts and sums over a list, in groups when asked: what people read at the foot of a list and on a report."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.accounts.models import Company
from rapport.api.endpoint import Call, answer
from rapport.api.problems import wrong_values
from rapport.api.records.filters import read_filter
from rapport.api.records.lists import search_said
from rapport.api.values import Json, plain
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.currencies.totals import total
from rapport.kernel.fields import FieldType, Link, LinkBase, OptionLink
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.filters.days import period_of
from rapport.kernel.filters.limits import bounded
from rapport.kernel.lists.reader import Source
from rapport.kernel.lists.sorting import read_sort
from rapport.kernel.registry import RecordType

MOST_GROUPS = 200
SUMMED = ("number", "money", "percent")
GROUPED = ("choice", "yesno", "country", "language", "user", "link", "text")
PERIODS = ("month", "quarter", "year")


def figures(call: Call, type_key: str) -> HttpResponseBase:
    """How many records, sums of number and money fields, in groups of a field when `group` names one."""
    kind = call.kind(type_key)
    query = call.query("filter", "f", "q", "group", "sum")
    names = [one for one in query.get("sum", "").split(",") if one]
    fields = [_known(call, kind, "sum", one, SUMMED) for one in dict.fromkeys(names)]
    group, period = _group(call, kind, query.get("group", ""))
    condition = read_filter(call, kind, call.request.GET) & search_said(call, kind, query.get("q", ""))
    rows = Source(kind, call.user, condition, read_sort("", kind)).rows().order_by()
    with bounded():
        body: dict[str, Json] = {"count": rows.count()}
        body["sums"] = {one.name: _sums(rows, one, {}).get((), None) for one in fields}
        if worth := {one.name: _worth(call, rows, one) for one in fields if one.kind == "money"}:
            body["worth"] = worth
        if group is not None:
            body["groups"], body["more"] = _groups(call, rows, group, period, fields)
    return answer(body)


def _known(call: Call, kind: RecordType, what: str, name: str, kinds: Sequence[str]) -> FieldType:
    field = call.scope.fields(kind).get(name)
    if field is None or field.is_multiple or not (field.kind in kinds or isinstance(field, OptionLink)):
        fitting = [
            key for key, one in call.scope.fields(kind).items() if one.kind in kinds and not one.is_multiple
        ]
        text = _("“%(name)s” does not fit here. Possible: %(names)s.")
        raise wrong_values({what: text % {"name": name[:60], "names": ", ".join(fitting)}})
    return field


def _group(call: Call, kind: RecordType, said: str) -> tuple[FieldType | None, str]:
    """The field of `group`, with the period of a day or moment: "stage", "close_date.month"."""
    if not said:
        return None, ""
    name, _dot, period = said.partition(".")
    if not period:
        return _known(call, kind, "group", name, GROUPED), ""
    if period not in PERIODS:
        sentence = _("Days are grouped by: %(names)s.") % {"names": ", ".join(PERIODS)}
        raise wrong_values({"group": sentence})
    return _known(call, kind, "group", name, ("date", "moment")), period


def _keyed(rows: Any, group: FieldType | None, period: str) -> tuple[Any, list[str]]:  # Any: a query set
    """The rows with the name of what they are grouped by."""
    if group is None:
        return rows, []
    if period:
        return rows.annotate(figures_period=period_of(group, period)), ["figures_period"]
    return rows, [group.name]


def _sums(rows: Any, one: FieldType, keyed: Mapping[str, Any]) -> dict[tuple[Any, ...], Json]:  # Any: values
    """The sum of one field for each group; money for each currency."""
    names = list(keyed)
    if one.kind != "money":
        if not names:
            return {(): plain(rows.aggregate(figures_sum=Sum(one.name))["figures_sum"])}
        found = rows.values(*names).annotate(figures_sum=Sum(one.name))
        return {tuple(row[name] for name in names): plain(row["figures_sum"]) for row in found}
    currency = f"{one.name}{CURRENCY}"
    money: dict[tuple[Any, ...], Json] = {}
    totals = rows.filter(**{f"{one.name}__isnull": False}).values(*names, currency)
    for row in totals.annotate(figures_sum=Sum(one.name)).order_by(currency):
        key = tuple(row[name] for name in names)
        money.setdefault(key, []).append({"amount": plain(row["figures_sum"]), "currency": row[currency]})
    return money


def _worth(call: Call, rows: Any, one: FieldType) -> Json:  # Any: a query set
    """All amounts in the company's currency at the rates of their days; those without a rate are left out, and told."""
    whole = total(rows, one, (call.user.company or Company()).currency)
    left_out = [{"amount": plain(number), "currency": code} for code, number in whole.others.items()]
    return {"amount": plain(whole.amount), "currency": whole.main, "left_out": left_out}


def _groups(
    call: Call, rows: Any, group: FieldType, period: str, fields: Sequence[FieldType]
) -> tuple[list[Json], bool]:
    keyed_rows, names = _keyed(rows, group, period)
    [name] = names
    counts = keyed_rows.values(name).annotate(figures_count=Count("pk")).order_by("-figures_count", name)
    found = list(counts[: MOST_GROUPS + 1])
    sums = {one.name: _sums(keyed_rows, one, {name: None}) for one in fields}
    shown = [
        {
            "value": row[name], "count": row["figures_count"],
            "sums": {key: by_group.get((row[name],)) for key, by_group in sums.items()},
        }
        for row in found[:MOST_GROUPS]
    ]  # fmt: skip
    _label(call, shown, group, period)
    return _without_hidden(call, shown, group), len(found) > MOST_GROUPS


def _label(call: Call, shown: list[Json], group: FieldType, period: str) -> None:
    """What people call each group; of linked records that the user may not see nothing is said."""
    if isinstance(group, LinkBase):
        keys = [one["value"] for one in shown if one["value"] is not None]
        if isinstance(group, Link) or group.related_model is AnyRecord:
            seen = AnyRecord.objects.visible_to(call.user).filter(pk__in=keys)
            names = {row.pk: row.title for row in seen.defer("lexemes")}
        else:
            names = {row.pk: str(row) for row in group.related_model._default_manager.filter(pk__in=keys)}
        for one in shown:
            one["label"] = names.get(one["value"])
    else:
        for one in shown:
            value = one["value"]
            one["label"] = (
                None if value is None else str(value) if period else group.text(value) or str(value)
            )
    for one in shown:
        value = one["value"]
        if period and value is not None:
            one["value"] = one["label"] = value.isoformat()[:10]
        one["value"] = plain(one["value"])


def _without_hidden(call: Call, shown: list[Json], group: FieldType) -> list[Json]:
    """Groups of hidden records have no name: how many of them there are is not told, either."""
    if not isinstance(group, Link):
        return shown
    return [one for one in shown if one["value"] is None or one["label"] is not None]
