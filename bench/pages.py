"""What people wait for, through the whole of Django (middleware, session, rights, template), beside bare SQL."""

from collections.abc import Callable
from typing import Any

from django.test import Client, RequestFactory
from django.urls import reverse

from bench.clock import Figure, bare, figure
from bench.generate import bench_ids
from rapport.accounts.models import Role, Territory, User
from rapport.api.testing import Program
from rapport.kernel.lists.cursors import Cursor, write_cursor
from rapport.kernel.lists.sorting import read_sort
from rapport.kernel.permissions.jobs import prepare_indexes
from rapport.kernel.permissions.rules import read_rule
from rapport.kernel.registry import type_by_key
from rapport.parties.models import ContactPoint, Person
from rapport.runtime.handler import OneThread
from rapport.sales.models import Stage

COLUMNS = """select p.id, p.name, p.stage, p.last_contact_at, p.email, p.phone, p.city, p.version,
    o.id, o.name, u.id, u.name
from parties_party p left join parties_party o on o.id = p.organization_id
left join accounts_user u on u.id = p.owner_id
where p.kind = 'person' and p.deleted_at is null"""


See = Callable[..., Callable[[], Any]]  # what `viewer` returns


def measure_pages(parties: int) -> list[Figure]:
    """All pages for an administrator, and the list for a member with narrow rights."""
    administrator = User.objects.get(email="user0@bench.example")
    restricted = User.objects.get(email="user5@bench.example")
    see, narrow = viewer(administrator), viewer(restricted)
    return [
        *_lists(parties, administrator, restricted, see, narrow),
        *_other_pages(administrator, see),
        *_searches(parties, see, narrow),
    ]


def _lists(parties: int, administrator: User, restricted: User, see: See, narrow: See) -> list[Figure]:
    people = reverse("list", args=["people"])
    middle = Person.objects.exclude(last_contact_at=None).order_by("-last_contact_at", "-id")[parties // 3]
    first = "and p.last_contact_at is not null order by p.last_contact_at desc, p.id desc limit 61"
    deep = "and (p.last_contact_at, p.id) < (%s, %s) order by p.last_contact_at desc, p.id desc limit 101"
    team = "and (p.owner_id = %s or p.team_id = %s)"
    wanted = "and p.stage = 'customer' and p.city = 'Berlin'"
    own = [restricted.pk, restricted.team_id]
    return [
        figure("list", see(people), bare(f"{COLUMNS} {first}")),
        figure(
            "list, by name", see(f"{people}?sort=name"), bare(f"{COLUMNS} order by p.name, p.id limit 61")
        ),
        figure(
            "list, filtered",
            see(f"{people}?f=stage.any.customer&f=city.is.Berlin"),
            bare(f"{COLUMNS} {wanted} {first}"),
        ),
        figure(
            "list, a third of the way down",
            see(f"{people}?cursor={cursor_at(middle)}", part=True),
            bare(f"{COLUMNS} {deep}", [middle.last_contact_at, middle.pk]),
        ),
        figure("list, narrow rights", narrow(people), bare(f"{COLUMNS} {team} {first}", own)),
        *measure_rules(people, first, restricted),
        figure(
            "API, list of 100",
            program(administrator, "people?limit=100&sort=-last_contact_at"),
            bare(f"{COLUMNS} {first.replace('61', '101')}"),
        ),
        figure(
            "list, count and sums", see(f"{people}figures/"), bare("select reltuples from pg_class limit 1")
        ),
        figure("list, searched", see(f"{people}?q=mull"), bare(SEARCH, ["mull:*"])),
    ]


def _other_pages(administrator: User, see: See) -> list[Figure]:
    people, deals = reverse("list", args=["people"]), reverse("board", args=["deals"])
    record = bench_ids(1, 2)
    return [
        figure("my day", see(reverse("home")), bare(OPEN, [administrator.pk])),
        figure("record page", see(reverse("record", args=["people", record])), bare(RECORD, [record])),
        figure(
            "timeline, next part",
            see(reverse("record_timeline", args=["people", record])),
            bare(TIMELINE, [record]),
        ),
        figure("board", see(deals), bare(BOARD, [Stage.objects.count()])),
        figure("board of people by stage", see(reverse("board", args=["people"]) + "?by=stage"), bare(LANES)),
        figure("people in groups by stage", see(f"{people}?by=stage"), bare(GROUPS)),
        figure(
            "calendar of deals, a month",
            see(reverse("calendar", args=["deals"]) + "?by=expected_on"),
            bare(MONTH),
        ),
        figure(
            "organizations with columns of deals and people",
            see(
                reverse("list", args=["organizations"])
                + "?columns=name,deals:organization,works_at:in:people"
            ),
            bare(RELATED),
        ),
    ]


def _searches(parties: int, see: See, narrow: See) -> list[Figure]:
    phone = ContactPoint.objects.filter(kind="phone").order_by("id")[parties // 2].value
    return [
        *[
            figure(
                f"search “{said}”", see(f"{reverse('search_palette')}?q={said}"), bare(SEARCH, [f"{said}:*"])
            )
            for said in ("a", "mu", "mul", "mull", "anna")
        ],
        figure(
            "search “mull”, narrow rights",
            narrow(f"{reverse('search_palette')}?q=mull"),
            bare(SEARCH, ["mull:*"]),
        ),
        figure(
            "search first and last name",
            see(f"{reverse('search_palette')}?q=anna+mul"),
            bare(SEARCH, ["anna & mul:*"]),
        ),
        figure(
            "search with a typing error",
            see(f"{reverse('search_palette')}?q=Solbreg"),
            bare(SEARCH, ["solbreg:*"]),
        ),
        figure(
            "phone lookup",
            see(f"{reverse('search_palette')}?q={phone[1:]}"),
            bare(PHONE, [phone.lstrip("+")]),
        ),
    ]


def measure_rules(people: str, first: str, like: User) -> list[Figure]:
    """The list for those who reach by a rule or by territories what others own: many records, few, and over links."""
    berlin, leads = "p.city = 'Berlin' and p.stage = 'lead'", "p.stage = 'lead'"
    few, none = "p.city = 'Aarhus' and p.stage = 'at_risk'", "p.country = 'AT'"
    linked = "o.city = 'Wien'"
    mine = "p.owner_id = %s"
    found = []
    for name, filters, sql in (
        ("rule for many", {"rule": "stage = lead"}, leads),
        ("rule for few", {"rule": "city = Aarhus and stage = at_risk"}, few),
        ("rule for none", {"rule": "country = AT"}, none),
        ("a territory", {"north": "city = Berlin and stage = lead"}, berlin),
        ("a territory over links", {"north": "organization.city = Wien"}, linked),
        ("a tree of 12 territories", {f"{number}": f"city = {city}" for number, city in enumerate(CITIES)},
         f"p.city in {CITIES}"),
    ):  # fmt: skip
        user = reaching(like, filters)
        bare_list = bare(f"{COLUMNS} and ({mine} or {sql}) {first}", [user.pk])
        found.append(figure(f"list, {name}", viewer(user)(people), bare_list))
    return found


CITIES = (
    "Berlin", "Hamburg", "Wien", "Odense", "Graz", "Bern", "Basel", "Leipzig", "Dresden", "Aarhus", "Essen", "Bonn",
)  # fmt: skip


def reaching(like: User, filters: dict[str, str]) -> User:
    """A user who reaches people by that rule, or by a tree of territories with these filters; made anew each time."""
    kind, administrator = type_by_key("people"), User.objects.filter(roles__is_administrator=True).first()
    assert kind is not None
    assert administrator is not None
    user = User.objects.get_or_create(email="reaching@bench.example", defaults={"name": "Reaching"})[0]
    trees = {name: read_rule(said, kind, administrator) for name, said in filters.items()}
    role, _made = Role.objects.update_or_create(
        {
            "grants": {"*": {"read": "own" if "rule" in trees else "territory"}},
            "rules": {"people": {"read": trees["rule"]}} if "rule" in trees else {},
        },
        key="reaching",
    )
    user.roles.set([role])
    Territory.objects.filter(parent__isnull=False).delete()
    Territory.objects.all().delete()
    top = Territory.objects.create(name="All")
    top.users.add(user)
    for name, tree in trees.items():
        Territory.objects.create(name=name, parent=top, filters={"people": tree})
    prepare_indexes()
    return User.objects.get(pk=user.pk)


RECORD = """select p.*, o.name, u.name from parties_party p left join parties_party o on o.id = p.organization_id
left join accounts_user u on u.id = p.owner_id where p.id = %s"""
TIMELINE = """select t.*, a.* from kernel_timeline t join activities_activity a on a.id = t.item_id
where t.record_id = %s order by t.at desc, t.id desc limit 31"""
OPEN = """select a.* from activities_activity a where a.owner_id = %s and a.done_at is null and a.deleted_at is null
order by a.due_at limit 60"""
BOARD = """select d.id, d.name, d.amount, d.amount_currency, d.expected_on, d.next_step, d.stage_id, o.name, u.name
from (select d.*, row_number() over (partition by stage_id order by position, id) as place from sales_deal d
      where outcome = 'open' and deleted_at is null) as d
left join parties_party o on o.id = d.organization_id left join accounts_user u on u.id = d.owner_id
where d.place <= 50 and %s > 0"""
LANES = """select l.stage, l.n, c.* from (select stage, count(*) as n from parties_party
      where kind = 'person' and deleted_at is null group by stage) as l
cross join lateral (select * from parties_party p where p.kind = 'person' and p.deleted_at is null
                    and p.stage = l.stage order by p.id desc limit 30) as c"""
GROUPS = """select l.stage, l.n, c.* from (select stage, count(*) as n from parties_party
      where kind = 'person' and deleted_at is null group by stage order by stage limit 3) as l
cross join lateral (select * from parties_party p where p.kind = 'person' and p.deleted_at is null
                    and p.stage = l.stage order by p.last_contact_at desc nulls last limit 60) as c"""
MONTH = """select d.* from (select d.*, row_number() over (partition by expected_on order by id) as place
      from sales_deal d where deleted_at is null and expected_on >= date_trunc('month', now())::date
      and expected_on < (date_trunc('month', now()) + interval '1 month')::date) as d where d.place <= 4"""
RELATED = """select o.id, o.name,
    array(select d.id from sales_deal d where d.organization_id = o.id and d.deleted_at is null
          order by d.id desc limit 4),
    array(select r.source_id from kernel_relationship r where r.target_id = o.id limit 4)
from parties_party o where o.kind = 'organization' and o.deleted_at is null and o.last_contact_at is not null
order by o.last_contact_at desc, o.id desc limit 61"""
SEARCH = """select id, type, title from kernel_record where lexemes @@ %s::tsquery and deleted_at is null
order by rank_at desc limit 10"""
PHONE = """select p.id, p.name from parties_contactpoint c join parties_party p on p.id = c.party_id
where c.normalized = %s limit 10"""


def viewer(user: User) -> See:
    """Returns a function of an address that gives a function that gets it, signed in as that user.

    What runs is what the web server runs in the thread of a request: the whole of our Django, without HTTP.
    """
    client, handler = Client(), OneThread()
    client.force_login(user)
    requests = RequestFactory()
    requests.cookies = client.cookies

    def see(address: str, *, part: bool = False) -> Callable[[], Any]:
        headers = {"HX-Request": "true"} if part else {}

        def get() -> Any:
            answer = handler.get_response(requests.get(address, headers=headers))
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")
            return answer

        return get

    return see


def program(user: User, path: str) -> Callable[[], Any]:
    """A function that reads that address of the API with a token of the user."""
    asking = Program(user, name="bench", may_write=False, per_minute=10**6)

    def get() -> Any:
        answer = asking.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer

    return get


def cursor_at(record: Any) -> str:
    kind = type_by_key("people")
    assert kind is not None
    sort = read_sort(kind.default_sort, kind)
    return write_cursor(kind, sort, Cursor(sort.segments[0], record.last_contact_at, record.pk))
