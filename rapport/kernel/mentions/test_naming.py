"""Colleagues are named in the text of an activity as in comments: told when they may see it, marked, offered."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from rapport.accounts.models import Role, User
from rapport.activities.actions import complete, log, plan
from rapport.kernel.changes.models import Change, Cursor
from rapport.kernel.mentions.watching import READER, tell_named
from rapport.kernel.notifications.following import followers_of
from rapport.kernel.notifications.models import Notification
from rapport.kernel.records import save_record
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


@contextmanager
def as_if_finished() -> Iterator[None]:
    """The log is read as far as no transaction runs, so the entries of this one are made older."""
    tell_named()
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from kernel_change")
        last = cursor.fetchone()[0]
    yield
    place = Cursor.objects.get(name=READER)
    Cursor.objects.filter(name=READER).update(transaction=place.transaction - 1)
    Change.objects.filter(pk__gt=last).update(transaction=place.transaction)
    Change.objects.filter(pk__lte=last).update(transaction=place.transaction - 2)  # these were read
    tell_named()


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind="mention").order_by("user__name", "id")
    return [(one.user.name, one.text) for one in rows.select_related("user")]


def test_who_is_named_in_a_note_is_told_once_if_she_may_see_it(member: User, stranger: User) -> None:
    vera = make_user("Vera Lind")
    blind = make_user("Bo Blind")
    role = Role.objects.create(
        key="blind", grants={"*": {"read": "all"}}, field_rights={"activities": {"body": "hidden"}}
    )
    blind.roles.set([role])
    ada = make(Person, owner=member, name="Ada")
    with as_if_finished():
        note = log([ada], "note", body="@Vera Lind, @Sven Stranger and @Bo Blind: look", by=member)
    assert told() == [("Vera Lind", "@Vera Lind, @Sven Stranger and @Bo Blind: look")]
    assert vera in followers_of(note.pk) and stranger not in followers_of(note.pk)
    # The writer learns of it, and no reason.
    [not_told] = Notification.objects.filter(kind="mention_not_told")
    names = sorted(not_told.values["names"].split(", "))
    assert (not_told.user, not_told.by, names) == (member, None, ["Bo Blind", "Sven Stranger"])
    with as_if_finished():
        save_record(note, {"body": "@Vera Lind and @Mara Member: look again"}, by=member)
    assert len(told()) == 1  # Vera knows, and who writes is not told of her own words


def test_who_names_somebody_that_cannot_sign_in_any_more_learns_that_nobody_was_told(member: User) -> None:
    User.objects.filter(pk__in=[make_user("Vera Lind").pk, make_user("Tom Rix").pk]).update(is_active=False)
    make_user("Vera Lind")  # she came back under another address
    ada = make(Person, owner=member, name="Ada")
    with as_if_finished():
        log([ada], "note", body="@Vera Lind and @Tom Rix: look", by=member)
    assert [name for name, _text in told()] == ["Vera Lind"]
    [not_told] = Notification.objects.filter(kind="mention_not_told")
    assert (not_told.user, not_told.values["names"]) == (member, "Tom Rix")

    call = plan([ada], "call", "Call", by=member)
    with as_if_finished():
        complete(call, by=member, note="She asks for @Vera Lind")
    assert told()[1] == ("Vera Lind", "She asks for @Vera Lind")


def test_names_are_marked_and_offered_where_activities_are_written(
    member: User, stranger: User, client: Client
) -> None:
    make_user("Vera Lind")
    ada = make(Person, owner=member, name="Ada")
    note = log([ada], "note", body="<b>@Vera Lind</b>, @mara member: look", by=member)
    client.force_login(member)
    for address in (ada.get_absolute_url(), note.get_absolute_url()):
        page = client.get(address).content.decode()
        assert '&lt;b&gt;<b class="mention">@Vera Lind</b>' in page
        assert '<b class="mention is-me">@mara member</b>' in page
    assert (
        f'data-mentions="/people/{ada.pk}/mentionable/"'
        in client.get(ada.get_absolute_url()).content.decode()
    )
    form = client.get(f"/activities/{note.pk}/edit/").content.decode()
    assert f'data-mentions="/activities/{note.pk}/mentionable/"' in form
    new = client.get("/activities/new/").content.decode()
    assert 'data-mentions="/activities/mentionable/"' in new
    assert b"Vera Lind" in client.get("/activities/mentionable/?q=ve").content
    while_typing = client.get(f"/people/{ada.pk}/mentionable/?q=sven s").content.decode()
    assert "Sven Stranger cannot see this record and would not be told." in while_typing
    assert "data-value" not in while_typing
    assert "Sven" not in client.get(f"/people/{ada.pk}/mentionable/?q=").content.decode()
