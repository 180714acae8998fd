"""Lists of a record type that an administrator made, beside those of a built-in one with the same rows and columns."""

import statistics
from typing import Any

from django.db import connection

from bench import generate
from bench.clock import timed
from bench.pages import viewer
from rapport.accounts.models import User
from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.record_types.define import TypeDraft, add_type
from rapport.kernel.registry import RecordType

FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("link", {"to": "organizations"}), ("date", {}), ("money", {"decimals": 2}), ("text", {}),
    ("choice", {"choices": [{"key": key, "label": key.title()} for key in ("open", "won", "lost")]}),
]  # fmt: skip
MACHINES = """
insert into kernel_custom_machines (id, name, owner_id, team_id, tags, source, origin, origin_detail, created_at,
    changed_at, version, custom)
select kernel_uuid7(), name, owner_id, team_id, tags, source, origin, origin_detail, created_at, changed_at, 1,
    jsonb_build_object('x_link', organization_id, 'x_date', expected_on, 'x_money', amount, 'x_money_currency', 'EUR',
        'x_text', next_step, 'x_choice', outcome)
from sales_deal
"""
PAGES = {
    "as it opens": ("", ""),
    "by name": ("?sort=name", "?sort=name"),
    "by amount": ("?sort=-amount", "?sort=-x_money"),
    "one choice of three": ("?f=outcome.any.won", "?f=x_choice.any.won"),
    "a month, by date": (
        "?sort=expected_on&f=expected_on.in.this_month",
        "?sort=x_date&f=x_date.in.this_month",
    ),
}


def measure_made_types(size: int) -> str:
    """Fill a fresh database with `size` deals and as many machines; milliseconds of both lists, and their ratio."""
    user = _fill(size)
    see = viewer(user)
    lines = [f"{'lists of ' + format(size, ',') + ' records':34} {'built in':>10} {'made':>8} {'ratio':>6}"]
    for name, (declared, made) in PAGES.items():
        both = timed([see(f"/deals/{declared}"), see(f"/machines/{made}")], 50)
        one, other = map(statistics.median, both)
        lines.append(f"{name:34} {one:10.1f} {other:8.1f} {other / one:6.2f}")
    return "\n".join(lines)


def _fill(size: int) -> User:
    user = generate._people()
    kind = _machines(user)
    counts = {"parties": size, "organizations": size // 10, "users": generate.USERS, "given": len(generate.GIVEN),
              "city": len(generate.CITIES), "family": len(generate._families()), "open_one_in": 3}  # fmt: skip
    generate._triggers("disable")
    for sql, count in ((generate.PARTIES, size), (generate.DEALS, size)):
        generate._fill(sql, count, {**counts, "is_organization": True}, lambda what: None)
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {kind.table} disable trigger user")
        cursor.execute(MACHINES)
        cursor.execute(f"alter table {kind.table} enable trigger user")
        cursor.execute("vacuum analyze")
    generate._triggers("enable")
    return user


def _machines(user: User) -> RecordType:
    words = {"label": {"": "Machine"}, "plural": {"": "Machines"}}
    kind = add_type(TypeDraft(words), by=user)
    for what, options in FIELDS:
        add_field(
            kind, Draft(what, {"label": {"": what}}, options=options, key=what, is_listed=True), by=user
        )
    return kind
