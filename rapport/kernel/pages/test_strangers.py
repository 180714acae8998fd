"""A stranger tries every address and every write of a record: not found, and nothing changed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.comments.models import Comment
from rapport.kernel.comments.store import add_comment
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import store_file
from rapport.kernel.records import save_record
from rapport.kernel.registry import types
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.testing import make
from rapport.kernel.timeline.models import TimelineEntry
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def everything() -> tuple[int, ...]:
    return tuple(
        one.objects.count() for one in (Change, ChangeSet, Comment, StoredFile, Relationship, TimelineEntry)
    )


@pytest.mark.parametrize("kind", types(), ids=lambda kind: kind.key)
def test_a_stranger_finds_no_address_of_a_record(kind, client: Client, member: User, stranger: User) -> None:
    record = make(kind.model, owner=member)
    entry = record.entry
    comment = add_comment(record, "Ours", by=member)
    stored = store_file(SimpleUploadedFile("a.txt", b"ours"), by=member, record=entry)
    other = make(Person, owner=member)
    edge = Relationship.objects.create(
        type=RelationshipType.objects.first(), source=entry, target=other.entry
    )
    base = f"/{kind.key}/{record.pk}/"
    pages = [
        "",
        "edit/",
        "peek/",
        "timeline/",
        "delete/",
        "relationships/new/",
        f"relationships/{edge.pk}/",
        "compose/comment/",
    ]
    pages += [f"field/{name}/" for name in kind.editable_fields()] + [f"parts/{key}/" for key in kind.parts]
    pages += [f"do/{key}/" for key in kind.actions]
    writes = [one for one in pages if one not in ("", "peek/", "timeline/", "compose/comment/")]
    writes += ["comments/", "files/", f"relationships/{edge.pk}/remove/"]
    elsewhere = [
        f"/comments/{comment.pk}/delete/",
        f"/comments/{comment.pk}/edit/",
        f"/files/{stored.pk}/delete/",
    ]
    before, version = everything(), record.version
    client.force_login(stranger)
    for address in [*(base + one for one in pages), f"/files/{stored.pk}/", f"/comments/{comment.pk}/edit/"]:
        assert client.get(address).status_code == 404, address
    sent = {"text": "mine", "name": "mine", "value": "x", "type": "works_at:out", "other": str(other.pk)}
    for address in [*(base + one for one in writes), *elsewhere]:
        files = (
            {"files": SimpleUploadedFile("b.txt", b"mine")} if address.endswith(f"{record.pk}/files/") else {}
        )
        assert client.post(address, {**sent, **files}).status_code == 404, address
    assert everything() == before
    assert kind.model.objects.get(pk=record.pk).version == version
    assert kind.model.objects.get(pk=record.pk).deleted_at is None


def test_nobody_gets_in_without_signing_in(client: Client, member: User) -> None:
    person = make(Person, owner=member)
    stored = store_file(SimpleUploadedFile("a.txt", b"ours"), by=member, record=person.entry)
    for address in (person.get_absolute_url(), f"/files/{stored.pk}/", "/people/new/", "/options/?q=a"):
        assert client.get(address).status_code == 302, address


def test_who_may_only_read_is_told_so_and_changes_nothing(
    client: Client, member: User, restricted: User
) -> None:
    role = restricted.roles.get()
    role.grants = {"*": {"read": "all", "create": "none", "edit": "own", "delete": "none"}}
    role.save()
    person = make(Person, owner=member, name="Ada")
    client.force_login(restricted)
    html = client.get(person.get_absolute_url()).content.decode()
    assert "Ada" in html and "data-edit-url" not in html and "/edit/" not in html
    for address in ("edit/", "field/name/", "delete/"):
        assert client.post(f"{person.get_absolute_url()}{address}", {"name": "Eve"}).status_code == 403
    assert client.get("/people/new/").status_code == 403
    person.refresh_from_db()
    assert (person.name, person.deleted_at) == ("Ada", None)


def test_a_deleted_record_is_gone_and_comes_back_by_undo(client: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada")
    client.force_login(member)
    assert "Delete Ada?" in client.get(f"{person.get_absolute_url()}delete/").content.decode()
    assert client.post(f"{person.get_absolute_url()}delete/").headers["Location"] == "/people/"
    assert client.get(person.get_absolute_url()).status_code == 410
    done = ChangeSet.objects.filter(actor=member).latest("at")
    assert client.post(f"/undo/{done.pk}/").status_code == 200
    assert client.get(person.get_absolute_url()).status_code == 200


def test_undo_says_what_it_put_back_and_what_it_kept(client: Client, member: User) -> None:
    person = make(Person, owner=member, name="Ada", position="Engineer", source="Fair")
    save_record(person, {"position": "Boss", "source": "Web"}, by=member)
    done = ChangeSet.objects.filter(actor=member).latest("at")
    save_record(Person.objects.get(pk=person.pk), {"source": "Phone"}, by=member)
    client.force_login(member)
    assert client.post(f"/undo/{done.pk}/").status_code == 200
    told = (
        client.get("/settings/profile/").content.decode()
        + client.get(person.get_absolute_url()).content.decode()
    )
    assert "Kept, because it was changed since: Source of Ada." in told
    person.refresh_from_db()
    assert (person.position, person.source) == ("Engineer", "Phone")
    again = client.post(f"/undo/{done.pk}/", headers={"Accept": "application/json"})
    assert (again.status_code, again.json()["error"]) == (422, "This was already undone.")


def test_only_the_actor_and_administrators_undo(
    client: Client, member: User, stranger: User, administrator: User
) -> None:
    person = make(Person, owner=member, name="Ada")
    save_record(person, {"name": "Eve"}, by=member)
    done = ChangeSet.objects.filter(actor=member).latest("at")
    client.force_login(stranger)
    assert client.post(f"/undo/{done.pk}/").status_code == 404
    person.refresh_from_db()
    assert person.name == "Eve"
    client.force_login(administrator)
    assert client.post(f"/undo/{done.pk}/").status_code == 200
    assert client.post(f"/undo/{person.pk}/").status_code == 404
