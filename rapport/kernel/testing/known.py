"""What nearly every test asks for: the record type of a key, the client of somebody who is signed in."""

from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.registry import RecordType, type_by_key


def kind_of(key: str) -> RecordType:
    """Return the record type, which is there."""
    found = type_by_key(key)
    assert found is not None
    return found


def client_of(user: User) -> Client:
    """Return a client with the session of that user."""
    client = Client()
    client.force_login(user)
    return client
