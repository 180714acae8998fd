"""What stands in the address of a bulk deed tells nothing about records that are not there for this user."""

from uuid import uuid4

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.comments.store import add_comment
from rapport.kernel.testing import make
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def test_foreign_rows_are_not_counted_before_deleting(client: Client, member: User, restricted: User) -> None:
    foreign, own = make(Person, owner=member), make(Person, owner=restricted)
    add_comment(foreign, "Ours", by=member)
    client.force_login(restricted)
    for key in (foreign.pk, uuid4()):
        for deed in ("delete", "assign", "tags", "set"):
            assert client.get(f"/people/bulk/{deed}/?ids={key}").status_code == 404, deed
            mixed = client.get(f"/people/bulk/{deed}/?ids={own.pk},{key}")  # as when somebody has deleted one
            assert (
                mixed.status_code == 422
                and "1 of the selected records is not there" in mixed.content.decode()
            )
    assert client.get(f"/people/bulk/delete/?ids={own.pk}").status_code == 200
