"""A seeded, set-based generator: parties, deals, and three times as many activities as parties.

It fills the product's own tables with its triggers off and then writes what the triggers would have written, each
with one statement per batch: the result is the same, in minutes instead of an hour.
"""

from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from rapport.accounts.models import Company, Role, Team, User
from rapport.demo import words

BATCH = 50_000
USERS, TEAMS = 20, 5
GIVEN = sorted({name for names in words.GIVEN.values() for name in names.split()})
FAMILY = sorted({name for names in words.FAMILY.values() for name in names.split()})
ENDINGS = [
    "er",
    "mann",
    "berg",
    "feld",
    "stein",
    "wald",
    "hof",
    "bach",
    "dorf",
    "thal",
    "au",
    "ing",
    "hauser",
    "brink",
    "kamp",
    "horst",
    "moor",
    "see",
    "burg",
]
CITIES = sorted({city for cities in words.CITIES.values() for city, _postcode in cities})

FUNCTIONS = """
create or replace function bench_random(n bigint, salt int) returns float8 language sql immutable parallel safe as $$
    select (hashint8extended(n, salt) & 1048575) / 1048576.0::float8
$$;
create or replace function bench_id(kind int, n bigint) returns uuid language sql immutable parallel safe as $$
    select ('0190' || lpad(to_hex(n / 65536), 4, '0') || '-' || lpad(to_hex(n & 65535), 4, '0') || '-7000-8'
        || lpad(to_hex(kind), 3, '0') || '-' || substr(md5(n::text), 1, 12))::uuid
$$;
create unlogged table if not exists bench_user (place int primary key, id uuid, team_id uuid);
create unlogged table if not exists bench_word (kind text, place int, word text, primary key (kind, place));
"""

PARTIES = """
insert into parties_party (id, kind, name, is_name_guessed, salutation, academic_title, given_name, family_name,
    organization_id, position, stage, stage_since, email, phone, mobile, website, postcode, city, country,
    language, industry, legal_form, vat_number, about,
    owner_id, team_id, tags, source, origin, origin_detail, created_at, changed_at, version, custom)
select bench_id(1, n), p.kind,
    case p.kind when 'person' then g.word || ' ' || f.word else f.word || ' ' || c.word || ' ' || n end,
    false, '', '', case p.kind when 'person' then g.word else '' end,
    case p.kind when 'person' then f.word else '' end,
    case when p.kind = 'person' and mod(n, 5) <> 0
        then bench_id(1, (p.r * (%(organizations)s - 1))::bigint * 10 + 1) end,
    case p.kind when 'person' then 'Purchasing' else '' end,
    (array['suspect','prospect','lead','customer','valued','at_risk','lost','won_back'])
        [1 + mod((p.r2 * p.r2 * 8)::int, 8)],
    current_date - (p.r2 * 700)::int,
    case p.kind when 'person' then lower(kernel_unaccent(g.word || '.' || f.word)) || n else 'info' || n end
        || '@' || lower(kernel_unaccent(f.word)) || (n / 50) || '.example',
    '+4930' || lpad((10000000 + n)::text, 8, '0'), case when mod(n, 3) = 0 then '+49170' || lpad(n::text, 8, '0')
        else '' end,
    '', lpad(mod(n::bigint * 7919, 99999)::text, 5, '0'), c.word, 'DE', 'de',
    case p.kind when 'organization' then 'Crafts' else '' end, '', '', '',
    u.id, u.team_id, case when mod(n, 20) = 0 then array['fleet'] else '{}'::text[] end, 'Trade fair', 'page', '',
    now() - (p.r2 * interval '700 days'), now() - (p.r * interval '300 days'), 1, '{}'
from generate_series(%(first)s, %(last)s) as n
cross join lateral (select case when mod(n, 10) = 1 then 'organization' else 'person' end as kind,
    bench_random(n, 4) as r, bench_random(n, 5) as r2) as p
join bench_word g on g.kind = 'given' and g.place = (bench_random(n, 1) * (%(given)s - 1))::int
join bench_word f on f.kind = 'family' and f.place = (bench_random(n, 2) * (%(family)s - 1))::int
join bench_word c on c.kind = 'city' and c.place = (bench_random(n, 3) * (%(city)s - 1))::int
join bench_user u on u.place = (bench_random(n, 6) * (%(users)s - 1))::int
where (mod(n, 10) = 1) = %(is_organization)s
"""

DEALS = """
insert into sales_deal (id, name, organization_id, person_id, pipeline_id, stage_id, amount, amount_currency,
    expected_on, next_step, about, outcome, closed_on, loss_reason_id, competitor, loss_note, stage_since, position,
    owner_id, team_id, tags, source, origin, origin_detail, created_at, changed_at, version, custom)
select bench_id(2, n), 'Fleet ' || n, bench_id(1, (d.r * (%(organizations)s - 1))::bigint * 10 + 1), null,
    s.pipeline_id, s.id, (d.r * 90000)::numeric(18, 2), 'EUR', current_date + (d.r * 90)::int, '', '', d.outcome,
    case when d.outcome <> 'open' then current_date - (d.r * 600)::int end,
    case when d.outcome = 'lost' then (select id from sales_lossreason order by position limit 1) end, '', '',
    now() - d.r * interval '60 days', n, u.id, u.team_id, '{}', '', 'page', '',
    now() - d.r * interval '700 days', now() - d.r * interval '600 days', 1, '{}'
from generate_series(%(first)s, %(last)s) as n
cross join lateral (select bench_random(n, 7) as r,
    case when mod(n, %(open_one_in)s) = 0 then 'open' when mod(n, 2) = 0 then 'won' else 'lost' end as outcome) as d
join (select id, pipeline_id, row_number() over (order by position) - 1 as place from sales_stage) s
    on s.place = mod(n / 7, 5)
join bench_user u on u.place = (bench_random(n, 8) * (%(users)s - 1))::int
"""

ACTIVITIES = """
insert into activities_activity (id, type, subject, body, due_at, duration, done_at, outcome, direction, at,
    place, reminder, owner_id, team_id, tags, source, origin, origin_detail, created_at, changed_at, version, custom)
select bench_id(3, n), a.type, 'Talk ' || n, '', case when a.is_open then now() + a.r * interval '20 days' end, 12,
    case when not a.is_open then now() - a.r * a.r * interval '700 days' end,
    case when a.type = 'call' and not a.is_open then 'reached' else '' end,
    case when mod(n, 3) = 0 then 'in' else 'out' end,
    case when a.is_open then now() + a.r * interval '20 days' else now() - a.r * a.r * interval '700 days' end,
    '', '', u.id, u.team_id, '{}', '', 'page', '',
    now() - a.r * interval '700 days', now() - a.r * a.r * interval '700 days', 1, '{}'
from generate_series(%(first)s, %(last)s) as n
cross join lateral (select bench_random(n, 9) as r, mod(n, 40) = 0 as is_open,
    case when mod(n, 40) = 0 then 'task' else (array['call','meeting','note','task'])[1 + mod(n, 4)] end as type) as a
join bench_user u on u.place = (bench_random(n, 10) * (%(users)s - 1))::int
"""

PARTICIPANTS = """
insert into activities_participant (id, activity_id, record_id)
select bench_id(4, n), bench_id(3, n), bench_id(1, 1 + (bench_random(n, 11) * (%(parties)s - 1))::bigint)
from generate_series(%(first)s, %(last)s) as n
"""


# What the triggers write for a new party, deal and activity.
FOLLOWING = {
    "contact points": """
insert into parties_contactpoint (id, party_id, kind, value, normalized, purpose, is_primary)
select kernel_uuid7(), p.id, c.kind, c.value, parties_normalized(c.kind, c.value), 'work', true
from parties_party p
cross join lateral (values ('email', p.email), ('phone', p.phone), ('mobile', p.mobile)) as c (kind, value)
where c.value <> ''""",
    "places of work": """
insert into kernel_relationship (id, type_id, source_id, target_id, role, note, is_primary)
select kernel_uuid7(), parties_works_at(), id, organization_id, position, '', true
from parties_party where organization_id is not null""",
    "stage moves": """
insert into sales_stagemove (id, deal_id, at, to_stage_id, outcome)
select kernel_uuid7(), id, created_at, stage_id, outcome from sales_deal""",
    "change log": """
insert into kernel_change (at, record_id, type, act, version, cause, transaction)
select created_at, id, type, 'create', 1, 'page', 1 from (
    select created_at, id, case kind when 'person' then 'people' else 'organizations' end as type from parties_party
    union all select created_at, id, 'deals' from sales_deal
    union all select created_at, id, 'activities' from activities_activity) as r""",
    "timelines": "select activities_rebuild_timeline()",
    "stage moves in timelines": "select sales_show_moves(array(select id from sales_deal))",
}
RECORDS = {
    "parties_party": "case r.kind when 'person' then 'people' else 'organizations' end, r.name",
    "sales_deal": "'deals', r.name",
    "activities_activity": "'activities', r.subject",
}
TABLES = ("parties_party", "parties_contactpoint", "kernel_relationship", "sales_deal", "activities_activity",
          "activities_participant")  # fmt: skip


def generate(parties: int, say: Callable[[str], None]) -> User:
    """Fill an empty, migrated database; return the administrator who looks at it. Nothing is random but the seed."""
    user = _people()
    size = {
        "parties": parties,
        "organizations": parties // 10,
        "users": USERS,
        "given": len(GIVEN),
        "city": len(CITIES),
    }
    size["family"] = len(_families())
    deals, activities = parties // 2, parties * 3
    # A pipeline has some thousand open deals, however old the company.
    size["open_one_in"] = max(2, deals // 2000)
    _triggers("disable")
    for is_organization in (True, False):
        _fill(PARTIES, parties, {**size, "is_organization": is_organization}, say)
    _fill(DEALS, deals, size, say)
    _fill(ACTIVITIES, activities, size, say)
    _run("select kernel_change_partitions((now() - interval '26 months')::date, now()::date)")
    with connection.cursor() as cursor:
        cursor.execute("drop index kernel_record_lexemes")
    for table, columns in RECORDS.items():
        say(f"search rows of {table}")
        _run(
            "insert into kernel_record (id, type, title, owner_id, team_id, rank_at, lexemes)"
            f" select r.id, {columns}, r.owner_id, r.team_id, r.changed_at, {table}_words(r) from {table} r"
        )
    _fill(PARTICIPANTS, activities, size, say)
    for what, sql in FOLLOWING.items():
        say(what)
        _run(sql)
    _triggers("enable")
    say("words, search index and statistics")
    _run(
        "insert into kernel_word (word) select distinct left(w, 60) from kernel_record r,"
        " unnest(kernel_words(r.title)) w where length(w) between 3 and 60 and w !~ '[0-9]' on conflict do nothing"
    )
    _run("create index kernel_record_lexemes on kernel_record using gin (lexemes)")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return user


def _triggers(how: str) -> None:
    for table in TABLES:
        _run(f"alter table {table} {how} trigger user")


def _run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select set_config('rapport.quiet', 'on', true), set_config('work_mem', '256MB', true)"
        )
        cursor.execute(sql)


def _families() -> list[str]:
    """Family names, some thousand of them, as a real register has."""
    return [*FAMILY, *(f"{name[:-1]}{ending}" for name in FAMILY for ending in ENDINGS)]


def _people() -> User:
    Company.objects.create(id=1, name="Bench")
    password = make_password(None)
    teams = [Team.objects.create(name=f"Team {number}") for number in range(TEAMS)]
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        for kind, values in (("given", GIVEN), ("family", _families()), ("city", CITIES)):
            cursor.executemany(
                "insert into bench_word values (%s, %s, %s)", [(kind, n, w) for n, w in enumerate(values)]
            )
        for number in range(USERS):
            team = teams[number % TEAMS]
            role = ("administrator", "member", "restricted")[min(number, 2)]
            user = User.objects.create(email=f"user{number}@bench.example", name=f"User {number}", password=password,
                                       team=team)  # fmt: skip
            user.roles.set([Role.objects.get(key=role)])
            cursor.execute("insert into bench_user values (%s, %s, %s)", [number, user.pk, team.pk])
    return User.objects.get(email="user0@bench.example")


def _fill(sql: str, count: int, size: dict[str, object], say: Callable[[str], None]) -> None:
    what = sql.split()[2]
    for first in range(1, count + 1, BATCH):
        last = min(first + BATCH - 1, count)
        if first % (BATCH * 5) == 1:
            say(f"{what}: {first - 1:,} of {count:,}")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, {**size, "first": first, "last": last})


def bench_ids(kind: int, number: int) -> str:
    """The id of the numbered row: kind 1 are parties, 2 deals, 3 activities."""
    with connection.cursor() as cursor:
        cursor.execute("select bench_id(%s, %s)::text", [kind, number])
        return str(cursor.fetchone()[0])
