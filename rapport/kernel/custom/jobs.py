"""What takes long: indexes on large tables, values of fields that were removed long ago."""

import logging
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from rapport.kernel.changes.models import Cause
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import dead_links, indexes, numbering, schema, searching
from rapport.kernel.custom.models import CustomField, IndexState
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.registry import type_by_key
from rapport.runtime.jobs import job

KEPT = timedelta(days=30)  # so long a removed field can be taken back
BATCH = 5_000
log = logging.getLogger(__name__)


@job(one_at_a_time=True)
def prepare_indexes(*, field_id: str) -> None:
    """Give a field its indexes without locking the table; again from the start when it was interrupted."""
    one = CustomField.objects.filter(pk=field_id).first()
    kind = type_by_key(one.type) if one is not None else None
    if one is None or kind is None:
        return
    try:
        indexes.build(one, concurrently=not connection.in_atomic_block)
    except DatabaseError:
        log.exception("The index of %s of %s could not be built.", one.name, one.type)
        state = IndexState.FAILED
    else:
        state = IndexState.READY if indexes.wanted(one) else IndexState.NONE
        with connection.cursor() as cursor:
            cursor.execute(f'analyze "{kind.table}"')
    with transaction.atomic():
        CustomField.objects.filter(pk=one.pk).update(index_state=state)
        schema.raise_version()


@job(one_at_a_time=True, every="23 2 * * *")
def strip_removed_fields() -> None:
    """Take the values of fields that were removed a month ago out of the records, then forget the fields."""
    for one in CustomField.objects.filter(removed_at__lt=timezone.now() - KEPT):
        strip(one)


@job(one_at_a_time=True, every="43 2 * * *")
def empty_dead_links() -> None:
    """Empty custom links that lead to nothing: no foreign key guards them, so nobody relies on every door."""
    dead_links.look_through()


def strip(one: CustomField) -> None:
    """Some thousand records at a time, each piece logged; an interrupted run goes on where it stopped."""
    kind = type_by_key(one.type)

    def label() -> str:
        return gettext("Removed field: %(field)s") % {"field": one.label}

    kinds = f" and kind = '{kind.kind}'" if kind is not None and kind.kind else ""
    while kind is not None:
        with change_set(by=None, cause=Cause.JOB, label=label), connection.cursor() as cursor:
            cursor.execute(
                f'update "{kind.table}" set custom = custom - %s - %s where id in'  # noqa: S608 - names of ours
                f' (select id from "{kind.table}" where custom ? %s{kinds} limit %s)',
                [one.name, one.name + CURRENCY, one.name, BATCH],
            )
            if cursor.rowcount < BATCH:
                break
    with transaction.atomic():
        indexes.follow(one)
        numbering.end(one)
        one.delete()
        schema.raise_version()


@job(one_at_a_time=True)
def renew_words(*, type_key: str, after: str) -> None:
    """Bring what search knows of a type's records up to date, after a field began or ceased to be searched."""
    kind = type_by_key(type_key)
    if kind is not None:
        searching.renew_all(kind, after)


@job(one_at_a_time=True)
def convert(*, field_id: str, kind: str, by: str) -> None:
    """Give a field with many values another kind; done already when it has that kind."""
    from rapport.accounts.models import Company, User
    from rapport.kernel.custom import conversion

    one = CustomField.objects.filter(pk=field_id, removed_at=None).first()
    user = User.objects.filter(pk=by, is_active=True).first()
    if one is not None and user is not None and one.kind != kind:
        with translation.override(user.language or Company.current().language):
            conversion.convert_later(one, kind, by=user)


@job(one_at_a_time=True)
def number_existing(*, field_id: str, by: str) -> None:
    """Number what was there before the field; what has a number keeps it."""
    from rapport.accounts.models import User

    one = CustomField.objects.filter(pk=field_id, removed_at=None).first()
    kind = type_by_key(one.type) if one is not None else None
    if one is not None and kind is not None:
        numbering.number_existing(kind, one, by=User.objects.filter(pk=by).first())
