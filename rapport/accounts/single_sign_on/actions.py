"""What administrators do with the providers of the company sign-in."""

from typing import Any

from django.db import transaction

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.accounts.rights_log.writing import note_added, note_removed, noted
from rapport.accounts.single_sign_on.models import Provider


# Any: values of columns
@transaction.atomic
def save_provider(found: Provider | None, values: dict[str, Any], *, by: User) -> None:
    """Add a provider, or change this one; the log of rights says whom it lets in who is not here yet."""
    only_administrators(by)
    one = found or Provider(name=values["name"])
    if found is None:
        note_added(one, by=by)
    elif found.issuer != values["issuer"]:
        found.identities.all().delete()  # another issuer counts its people anew
    with noted(one, by=by):
        for name, said in values.items():
            setattr(one, name, said)
        one.save(update_fields=values if found else None)


@transaction.atomic
def delete_provider(one: Provider, *, by: User) -> None:
    """Nobody comes this way any more; the users stay."""
    only_administrators(by)
    note_removed(one, by=by)
    one.delete()
