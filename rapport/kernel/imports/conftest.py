"""A browser and a folder for the tests of imports."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.pairs import fingerprint_all
from rapport.kernel.imports import jobs
from rapport.kernel.imports.models import Import, State
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing.make import make
from rapport.parties.models import Organization, Person


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:  # Any: pytest-django's own
    settings.MEDIA_ROOT = tmp_path


class Importer:
    """Does what a person does on the pages, and the jobs that a worker would do."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def upload(self, content: bytes | str, name: str = "people.csv", type: str = "people") -> Import:
        data = content.encode() if isinstance(content, str) else content
        answer = self.client.post("/import/", {"type": type, "file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 303, answer.content.decode()
        one = Import.objects.latest("created_at")
        assert self.client.get(f"/import/{one.pk}/columns/").status_code == 200
        return one

    def check(self, one: Import, **said: str) -> Import:
        answer = self.client.post(f"/import/{one.pk}/columns/", {"then": "check", **said})
        assert answer.status_code == 303, answer.content.decode()
        assert self.client.get(f"/import/{one.pk}/rows/").status_code == 200
        jobs.check_file(import_id=str(one.pk))
        assert self.client.get(f"/import/{one.pk}/rows/").status_code == 200
        one.refresh_from_db()
        return one

    def finish(self, one: Import) -> Import:
        assert self.client.post(f"/import/{one.pk}/rows/").status_code == 303
        assert self.client.get(f"/import/{one.pk}/").status_code == 200
        jobs.run_file(import_id=str(one.pk))
        one.refresh_from_db()
        assert one.state == State.DONE, one.message
        assert self.client.get(f"/import/{one.pk}/").status_code == 200
        return one

    def bring(
        self, content: bytes | str, name: str = "people.csv", type: str = "people", **said: str
    ) -> Import:
        """Upload, check and import with the columns as guessed."""
        return self.finish(self.check(self.upload(content, name, type), **said))


@pytest.fixture
def importer(client: Client, member: User) -> Importer:
    client.force_login(member)
    return Importer(client)


@pytest.fixture
def importer_of(member: User) -> Callable[[User], Importer]:
    """The same in the name of somebody else."""

    def sign_in(user: User) -> Importer:
        client = Client()
        client.force_login(user)
        return Importer(client)

    return sign_in


def prints() -> None:
    """What the job does that keeps fingerprints."""
    for key in ("people", "organizations"):
        kind = type_by_key(key)
        comparison = comparison_of(kind) if kind is not None else None
        assert comparison is not None
        fingerprint_all(comparison)


@pytest.fixture
def robert(member: User) -> Any:  # Any: a person
    """Somebody whom a file calls Bob."""
    nord = make(Organization, owner=member, name="Nord AG")
    found = make(
        Person, owner=member, name="Robert Klein", birthday="1970-02-03", organization=nord, position="Head"
    )
    prints()
    return found
