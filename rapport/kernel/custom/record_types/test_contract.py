"""A record type that an administrator adds keeps what every built-in one keeps."""

from collections.abc import Iterator
from typing import Any

import pytest

from rapport.kernel.custom import schema
from rapport.kernel.custom.record_types import define
from rapport.kernel.custom.record_types.made import model_of
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.testing.contract import RecordContract
from rapport.kernel.testing.make import make_user

WORDS = {"label": {"": "Machine", "de": "Maschine"}, "plural": {"": "Machines", "de": "Maschinen"}}


@pytest.fixture(scope="module")
def _machines(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The type is made once: its table takes longer than a test."""
    with django_db_blocker.unblock():
        admin = make_user(role="administrator")
        define.add_type(define.TypeDraft(WORDS), by=admin)
    yield
    with django_db_blocker.unblock():
        define.forget_type(CustomType.objects.get(key="machines"))
        admin.delete()
        schema.forget()


@pytest.mark.django_db
class TestACustomTypeIsARecord(RecordContract):
    model = model_of("machines")

    @pytest.fixture(autouse=True)
    def _known(self, _machines: None, db: None) -> None:
        schema.load()
