"""Keeping rates."""

from dataclasses import dataclass

from rapport.kernel.currencies.models import Rate

AT_ONCE = 5_000


@dataclass(frozen=True)
class Kept:
    """How many rates are new, and how many days had another one."""

    new: int
    changed: int


def keep(rates: list[Rate]) -> Kept:
    """Keep these rates; of two for one day the last one counts, also against what was kept before."""
    last = {(one.base, one.currency, one.day): one for one in rates}
    there = {
        (base, currency, day): rate
        for base, currency, day, rate in Rate.objects.filter(
            base__in={key[0] for key in last}, currency__in={key[1] for key in last},
            day__range=(min(key[2] for key in last), max(key[2] for key in last)),
        ).values_list("base", "currency", "day", "rate")
    } if last else {}  # fmt: skip
    Rate.objects.bulk_create(
        last.values(), batch_size=AT_ONCE, update_conflicts=True, update_fields=["rate"],
        unique_fields=["base", "currency", "day"],
    )  # fmt: skip
    changed = sum(1 for key, one in last.items() if key in there and there[key] != one.rate)
    return Kept(sum(1 for key in last if key not in there), changed)


def latest(base: str) -> list[Rate]:
    """The newest rate of each currency, by currency."""
    return list(Rate.objects.filter(base=base).order_by("currency", "-day").distinct("currency"))


def history(base: str, currency: str, *, before: str, most: int) -> list[Rate]:
    """The rates of a pair, newest first; behind the day `before` (ISO) when one is given."""
    rows = Rate.objects.filter(base=base, currency=currency).order_by("-day")
    return list((rows.filter(day__lt=before) if before else rows)[:most])
