"""The trash: who sees what, restoring, deleting for good with all that hangs on it, and emptying by night."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import Team, User
from rapport.accounts.users.actions import delete_team
from rapport.kernel.changes import jobs as change_jobs
from rapport.kernel.changes.models import AnyRecord, Change, ChangeSet, Run
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.comments.store import add_comment
from rapport.kernel.custom import dead_links
from rapport.kernel.custom.jobs import empty_dead_links
from rapport.kernel.fields import Context
from rapport.kernel.fields.base import FILLED
from rapport.kernel.files.store import store_file
from rapport.kernel.records import Refused, delete_record, save_record
from rapport.kernel.records.purge import purge_records
from rapport.kernel.registry import type_of
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.trash import emptying, jobs, views
from rapport.kernel.trash.models import TrashRule
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:  # Any: pytest-django's own
    settings.MEDIA_ROOT = tmp_path


def gone(model: Any, by: User, **values: Any) -> Any:
    record = make(model, by=by, owner=by, **values)
    delete_record(record, by=by)
    return record


def page(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return str(answer.content.decode())


def test_everybody_sees_what_he_could_see_before(
    client: Client, administrator: User, member: User, stranger: User
) -> None:
    person = gone(Person, administrator, name="Ada Gone")
    gone(Organization, stranger, name="Mine Gone")
    assert "Ada Gone" in page(client, member, "/settings/trash/")
    assert "Ada Administrator" in page(client, member, "/settings/trash/")
    text = page(client, stranger, "/settings/trash/")
    assert "Ada Gone" not in text
    assert "Mine Gone" in text
    page(client, stranger, f"/people/{person.pk}/", 404)
    client.force_login(stranger)
    assert client.post("/settings/trash/restore/", {"ids": [str(person.pk)]}).status_code == 404
    assert Person.objects.get(pk=person.pk).is_deleted


def test_it_is_searched_and_filtered_and_goes_on_behind_its_last_line(client: Client, member: User) -> None:
    gone(Person, member, name="Ada Lovelace")
    gone(Organization, member, name="Lovelace Works")
    with change_set(by=member):
        for number in range(60):
            gone(Person, member, name=f"Number {number}")
    assert "Lovelace Works" in page(client, member, "/settings/trash/?q=lovel")
    text = page(client, member, "/settings/trash/?q=lovel&type=people")
    assert "Ada Lovelace" in text
    assert "Lovelace Works" not in text
    from django.http import QueryDict

    from rapport.kernel.trash.reader import Filter, read_trash

    first, more = read_trash(member, Filter.read(QueryDict("")))
    second, end = read_trash(member, Filter.read(QueryDict(more)))
    assert (len(first), len(second), end) == (50, 12, "")
    assert len({line.row.pk for line in [*first, *second]}) == 62
    page(client, member, "/settings/trash/?before=x|y&type=no&q=%00")


def test_a_linked_name_finds_nothing_in_the_trash(member: User, stranger: User) -> None:
    from django.http import QueryDict

    from rapport.kernel.trash.reader import Filter, read_trash

    firm = make(Organization, by=member, owner=member, name="Quarz Works")
    person = make(Person, by=member, owner=stranger, name="Mine", organization=firm)
    delete_record(Person.objects.get(pk=person.pk), by=stranger)
    assert len(read_trash(stranger, Filter.read(QueryDict("q=mine")))[0]) == 1
    assert read_trash(stranger, Filter.read(QueryDict("q=quarz")))[0] == []


def test_the_address_of_a_deleted_record_says_so_and_offers_to_restore_it(
    client: Client, member: User
) -> None:
    person = gone(Person, member, name="Ada")
    text = page(client, member, f"/people/{person.pk}/", 410)
    assert "“Ada” is in the trash" in text
    assert "Restore" in text
    answer = client.post("/settings/trash/restore/", {"ids": [str(person.pk)], "then": "record"})
    assert (answer.status_code, answer["Location"]) == (303, f"/people/{person.pk}/")
    page(client, member, f"/people/{person.pk}/")
    page(client, member, f"/organizations/{gone(Person, member).pk}/", 404)


def test_several_are_restored_as_one_set(client: Client, member: User) -> None:
    rows = [gone(Person, member), gone(Organization, member), gone(Deal, member)]
    client.force_login(member)
    answer = client.post("/settings/trash/restore/", {"ids": [str(row.pk) for row in rows]})
    assert answer.status_code == 303
    assert not AnyRecord.objects.filter(pk__in=[row.pk for row in rows], deleted_at__isnull=False).exists()
    newest = ChangeSet.objects.latest("at")
    assert newest.types == ["deals", "organizations", "people"]
    assert client.post("/settings/trash/restore/", {"ids": [str(rows[0].pk)]}).status_code == 404
    assert client.post("/settings/trash/restore/", {}).status_code == 404


def mentions(word: str) -> list[str]:
    """In which tables that word still stands."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
            " and relname not in ('accounts_session', 'kernel_word')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_deleting_for_good_leaves_nothing_of_the_record(
    client: Client, administrator: User, member: User, django_capture_on_commit_callbacks: Any
) -> None:
    person = make(Person, by=member, owner=member, name="Quarzblatt", email="q@quarzblatt.example")
    firm = make(Organization, by=member, owner=member, name="Acme")
    save_record(person, {"position": "Quarzblatt boss"}, by=member, parts={
        "contact_points": [{"kind": "web", "value": "https://quarzblatt.example"}]})  # fmt: skip
    add_comment(person, "Quarzblatt said", by=member)
    stored = store_file(ContentFile(b"%PDF- x", name="Quarzblatt.pdf"), by=member, record=person.entry)  # type: ignore[arg-type]
    path = Path(stored.content.path)
    kind = RelationshipType.objects.get(key="works_at")
    edge = Relationship(type=kind, source=person.entry, target=firm.entry)
    save_relationship(edge, {"role": "Quarzblatt role"}, by=member)
    delete_record(Person.objects.get(pk=person.pk), by=member)
    address = f"/settings/trash/purge/?ids={person.pk}"
    page(client, member, address, 404)
    text = page(client, administrator, address)
    assert "Delete Quarzblatt for good?" in text
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).status_code == 303
    assert mentions("uarzblatt") == []
    assert not path.exists()
    assert Change.objects.filter(record_id=person.pk, act="remove", part="").count() == 1
    assert Organization.objects.filter(pk=firm.pk).exists()
    page(client, administrator, f"/people/{person.pk}/", 404)
    for done in ChangeSet.objects.all():
        page(client, administrator, f"/changes/{done.pk}/")
    page(client, administrator, "/settings/changes/")


def test_only_what_is_in_the_trash_is_deleted_for_good(administrator: User, member: User) -> None:
    alive = make(Person, by=member)
    assert purge_records(type_of(alive), [alive.pk], by=administrator).records == 0
    assert Person.objects.filter(pk=alive.pk).exists()
    with pytest.raises(Refused):
        purge_records(type_of(alive), [gone(Person, member).pk], by=member)


def test_more_than_one_asks_for_their_number(client: Client, administrator: User) -> None:
    rows = [gone(Person, administrator) for _turn in range(3)]
    client.force_login(administrator)
    address = f"/settings/trash/purge/?ids={','.join(str(row.pk) for row in rows)}"
    assert client.post(address).status_code == 422
    assert client.post(address, {"typed": "2"}).status_code == 422
    assert client.post(address, {"typed": "3"}).status_code == 303
    assert not Person.objects.exists()


def test_very_many_are_deleted_in_the_background(
    client: Client, administrator: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 4)
    monkeypatch.setattr(emptying, "BATCH", 3)
    for _turn in range(8):
        gone(Person, administrator)
    client.force_login(administrator)
    answer = client.post("/settings/trash/purge/?all=1&type=people", {"typed": "8"})
    run = Run.objects.get()
    assert answer["Location"] == f"/changes/{run.change_set_id}/"
    change_jobs.go_on(run_id=str(run.pk))
    assert not Person.objects.exists()
    assert "8 people deleted for good" in page(client, administrator, answer["Location"])


def test_by_night_goes_what_has_lain_longer_than_is_set(
    client: Client, administrator: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(emptying, "BATCH", 2)
    old = [gone(Person, administrator) for _turn in range(5)]
    young = gone(Person, administrator)
    moment = timezone.now() - timedelta(days=11)
    Person.objects.filter(pk__in=[one.pk for one in old]).update(deleted_at=moment)
    jobs.empty_trash()
    assert Person.objects.count() == 6
    client.force_login(administrator)
    assert client.post("/settings/trash/keep/", {"days": "-1"}).status_code == 303
    assert TrashRule.kept_days() == 30
    client.post("/settings/trash/keep/", {"days": "10"})
    jobs.empty_trash()
    assert list(Person.objects.all()) == [young]
    done = ChangeSet.objects.filter(cause="job").get()
    assert done.label == "Trash emptied: 5 records"
    assert done.label in page(client, administrator, "/settings/changes/?cause=job")
    client.post("/settings/trash/keep/", {"days": "0"})
    Person.objects.update(deleted_at=timezone.now() - timedelta(days=1000))
    jobs.empty_trash()
    assert Person.objects.count() == 1


def test_members_do_not_set_how_long_it_keeps(client: Client, member: User) -> None:
    client.force_login(member)
    assert client.post("/settings/trash/keep/", {"days": "1"}).status_code == 404
    assert TrashRule.kept_days() == 30


def test_what_is_gone_for_good_is_no_link_any_more_and_comes_back_by_no_undo(administrator: User) -> None:
    kind = type_of(Person())
    link = add_custom_field(kind, "link", by=administrator, key="mentor")
    mentor = make(Person, by=administrator, owner=administrator, name="Mentor")
    pupil = make(Person, by=administrator, owner=administrator, name="Pupil", **{link.name: mentor})
    with change_set(by=administrator) as opened:
        save_record(pupil, {link.name: None, "position": "Clerk"}, by=administrator)
    before = make(Person, by=administrator, owner=administrator, name="Other", **{link.name: mentor})
    delete_record(mentor, by=administrator)
    purge_records(kind, [mentor.pk], by=administrator)
    is_filled = link.condition(FILLED, None, Context())
    assert not kind.visible_to(administrator).filter(is_filled).exists()
    assert Change.objects.filter(record_id=before.pk, diff__has_key=link.name, act="update").count() == 1
    revert(opened.row, by=administrator)
    pupil = Person.objects.get(pk=pupil.pk)
    assert (pupil.position, pupil.custom) == ("", {})
    Person.objects.filter(pk=pupil.pk).update(custom={link.name: str(mentor.pk)})  # as it was left once
    empty_dead_links()
    assert Person.objects.get(pk=pupil.pk).custom == {} and dead_links.look_through() == 0


def test_a_team_that_is_deleted_is_no_value_any_more_and_comes_back_by_no_undo(administrator: User) -> None:
    field = add_custom_field(type_of(Person()), "team", by=administrator, key="care")
    team = Team.objects.create(name="Care")
    mine: dict[str, Any] = {"owner": administrator, field.name: team}  # Any: values of fields
    person = make(Person, by=administrator, name="Cared For", **mine)
    with change_set(by=administrator) as opened:
        save_record(person, {field.name: None, "position": "Clerk"}, by=administrator)
    other = make(Person, by=administrator, name="Other", team=team, **mine)
    delete_team(team, move_to=None, by=administrator)
    other = Person.objects.get(pk=other.pk)
    assert (other.team, other.custom) == (None, {})
    sets = Change.objects.filter(record_id=other.pk, act="update").values("change_set_id")
    told = ChangeSet.objects.filter(pk__in=sets)
    assert [(one.label, one.actor_id) for one in told] == [("Team Care is deleted.", administrator.pk)]
    revert(opened.row, by=administrator)
    person = Person.objects.get(pk=person.pk)
    assert (person.position, person.custom) == ("", {})
