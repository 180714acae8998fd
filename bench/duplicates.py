"""How well and how fast duplicates are found among `bench/lookalikes.py`: `python -m bench duplicates 100000`.

Fills a database of its own, works the list out, compares it with what is known, and times the check while typing.
"""

import json
import random
import statistics
import sys
import time
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from bench.lookalikes import Someone, everybody
from rapport.accounts.models import Role, User
from rapport.kernel.duplicates.check import matches_of
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.models import DuplicatePair
from rapport.kernel.duplicates.pairs import compare_all, fingerprint_all
from rapport.kernel.duplicates.store import candidates
from rapport.kernel.registry import type_by_key


def measure_duplicates(size: int) -> str:
    """Fill, compare, time; say what was filled in how many seconds."""
    began = time.perf_counter()
    truth = fill(size)
    filled = time.perf_counter() - began
    for key, pairs in truth.items():
        measure(key, pairs)
    return f"{size:,} parties filled in {filled:.0f} s"


def fill(size: int) -> dict[str, set[tuple[UUID, UUID]]]:
    """Write them past the triggers, with what the triggers would have written; return the pairs that are the same."""
    truth: dict[str, set[tuple[UUID, UUID]]] = {"people": set(), "organizations": set()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica;"
                       " create temporary table made (like parties_party including defaults) on commit drop;"
                       " create temporary table place (party uuid, address jsonb) on commit drop")  # fmt: skip
        columns = ("id, kind, name, is_name_guessed, salutation, academic_title, given_name, family_name, position,"
                   " industry, stage, email, phone, mobile, website, postcode, city, country, language, legal_form,"
                   " vat_number, about, tags, source, origin, origin_detail, created_at, changed_at, version, custom,"
                   " organization_id, birthday")  # fmt: skip
        places = []
        with cursor.copy(f"copy parties_party ({columns}) from stdin") as copy:
            for one in everybody(size):
                copy.write_row(_line(one))
                if one.city:
                    places.append((one.id, json.dumps({"street": one.street, "postal_code": one.postcode,
                                                       "city": one.city, "country": "DE"})))  # fmt: skip
                if one.same is not None:
                    key = "people" if one.kind == "person" else "organizations"
                    truth[key].add((min(one.id, one.same), max(one.id, one.same)))
        with cursor.copy("copy place from stdin") as copy:
            for place in places:
                copy.write_row(place)
        cursor.execute(FOLLOWING)
    with connection.cursor() as cursor:
        cursor.execute("analyze parties_party; analyze parties_contactpoint; analyze parties_partyaddress;"
                       " analyze kernel_record")  # fmt: skip
    return truth


def _line(one: Someone) -> tuple[object, ...]:
    now = "2026-01-01 00:00:00+00"
    return (one.id, one.kind, one.called, False, "", "", one.given, one.family, "", "", "lead", one.email, one.phone,
            one.mobile, one.website, one.postcode, one.city, "DE", "de", "", one.vat, "", [], "", "page", "", now, now,
            1, "{}", one.organization, one.birthday)  # fmt: skip


FOLLOWING = """
insert into kernel_record (id, type, title, rank_at)
select id, case kind when 'person' then 'people' else 'organizations' end, name, created_at from parties_party;
insert into parties_contactpoint (id, party_id, kind, value, normalized, purpose, is_primary)
select kernel_uuid7(), p.id, c.kind, c.value, parties_normalized(c.kind, c.value), 'work', true
from parties_party p
cross join lateral (values ('email', p.email), ('phone', p.phone), ('mobile', p.mobile)) as c (kind, value)
where c.value <> '';
insert into parties_partyaddress (id, party_id, purpose, address, is_primary)
select kernel_uuid7(), party, 'work', address, true from place
"""


def measure(key: str, truth: set[tuple[UUID, UUID]]) -> None:
    kind = type_by_key(key)
    comparison = comparison_of(kind) if kind is not None else None
    if kind is None or comparison is None:
        return
    began = time.perf_counter()
    fingerprint_all(comparison)
    fingerprinted = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("analyze kernel_fingerprint")
    compare_all(comparison, timezone.now())
    took = time.perf_counter() - fingerprinted
    listed = set(DuplicatePair.objects.filter(type=key).values_list("first_id", "second_id"))
    hits = len(listed & truth)
    print(
        f"{key}: {kind.model.objects.count()} records, {len(truth)} disturbed copies, {len(listed)} pairs listed"
    )
    print(
        f"  recall {100 * hits / max(1, len(truth)):.1f} %, precision {100 * hits / max(1, len(listed)):.1f} %"
    )
    print(f"  fingerprints {fingerprinted - began:.0f} s, pairs {took:.0f} s", flush=True)
    _say_some("missed", truth - listed, comparison)
    _say_some("wrong", listed - truth, comparison)
    _time_checks(key, truth)


def _say_some(what: str, pairs: set[tuple[UUID, UUID]], comparison: Any) -> None:  # Any: of a type's area
    if "-v" not in sys.argv:
        return
    for one, other in sorted(pairs)[:400:20]:
        facts = comparison.facts_of([one, other])
        score = comparison.score(facts[one], facts[other])
        print(what, score.points, score.reasons, json.dumps(facts[one], ensure_ascii=False), "|",
              json.dumps(facts[other], ensure_ascii=False))  # fmt: skip


def _time_checks(key: str, truth: set[tuple[UUID, UUID]]) -> None:
    kind = type_by_key(key)
    comparison = comparison_of(kind) if kind is not None else None
    if comparison is None:
        return
    user = User.objects.filter(email="bench@example.com").first() or User.objects.create_user(
        "bench@example.com", None, name="Bench"
    )
    user.roles.set([Role.objects.get(key="administrator")])
    user = User.objects.get(pk=user.pk)
    times, found, looked = [], 0, []
    for one, other in random.Random(3).sample(sorted(truth), min(300, len(truth))):
        facts = comparison.facts_of([other])[other]
        began = time.perf_counter()
        matches = matches_of(comparison, facts, by=user, without=[other])
        times.append(1000 * (time.perf_counter() - began))
        found += one in [match.record.pk for match in matches]
        looked.append(len(candidates(comparison, facts)))
    times.sort()
    print(f"  check: median {statistics.median(times):.1f} ms, 95 % {times[int(len(times) * 0.95)]:.1f} ms,"
          f" longest {times[-1]:.1f} ms; {100 * found / len(times):.1f} % found among the first five;"
          f" {statistics.mean(looked):.0f} candidates on average")  # fmt: skip
