"""Makes records and users for tests: required fields are filled from the field types, so new fields break nothing."""

from itertools import count
from typing import Any, TypeVar

from django.db import models

from rapport.accounts.grants import ACTS
from rapport.accounts.install import install
from rapport.accounts.models import Role, Team, Territory, User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields import Context, Link, LinkBase, OptionLink
from rapport.kernel.records import Record, save_record
from rapport.kernel.registry import type_of_model, types

M = TypeVar("M", bound=models.Model)
_numbers = count(1)


def make_user(name: str = "", *, role: str = "member", team: Team | str | None = None, **values: Any) -> User:
    """A user with that role ("administrator", "member", "restricted") in that team (made by its name)."""
    number = next(_numbers)
    install()  # a test with real transactions may have emptied the database before
    if isinstance(team, str):
        team = Team.objects.get_or_create(name=team)[0]
    name = name or f"User {number}"
    user = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}.{number}@example.com", None, name=name, team=team, **values
    )
    user.roles.set([Role.objects.get(key=role)])
    return User.objects.get(pk=user.pk)


def make_stranger(name: str = "Sven Stranger", *, team: str = "Elsewhere") -> User:
    """Somebody with every narrow reach, by team, territory and rule, who finds no record of others in any of them."""
    user, number = make_user(name, role="restricted", team=team), next(_numbers)
    nothing = {
        kind.key: {"all": [{"field": kind.title, "is": "is", "value": "Nothing is called so"}]}
        for kind in types()
    }
    role = Role.objects.create(
        key=f"narrow-{number}",
        grants={"*": dict.fromkeys(ACTS, "territory")},
        rules={key: dict.fromkeys(ACTS, said) for key, said in nothing.items()},
    )
    user.roles.add(role)
    Territory.objects.create(name=f"Nowhere {number}", filters=nothing).users.add(user)
    return User.objects.get(pk=user.pk)


def make(model: type[M], *, by: User | None = None, owner: User | None = None, **values: Any) -> M:
    """Make a record through the door, as `by` (else its owner, else a new administrator); other models are created."""
    if not issubclass(model, Record):
        number = next(_numbers)
        for field in model._meta.concrete_fields:
            if field.name == "name" and "name" not in values:
                values["name"] = f"{model.__name__} {number}"
            elif isinstance(field, models.ForeignKey) and not field.null and field.name not in values:
                target: Any = field.related_model
                values[field.name] = target.objects.first() or make(target)
        return model._default_manager.create(**values)
    kind = type_of_model(model)
    actor = by or owner or make_user(role="administrator")
    hidden = {
        name: values.pop(name)
        for name in list(values)
        if name in kind.fields and not kind.fields[name].editable
    }
    values.setdefault("owner", owner or actor)
    for name, field in kind.editable_fields().items():
        needed = name == kind.title or (field.required and not field.has_default())
        if needed and name not in values:
            values[name] = sample_of(field, next(_numbers), actor)
    with change_set(by=actor) as opened:
        record: Any = save_record(kind.new(), values, by=actor)
        if hidden:
            opened.in_action += 1
            record = save_record(record, hidden, by=actor)
            opened.in_action -= 1
    made: M = record
    return made


def sample_of(field: Any, number: int, user: User) -> Any:
    """A valid value for a field; links get a record of their type."""
    if isinstance(field, OptionLink):
        return field.candidates(Context(user)).first() or make(field.related_model)
    if isinstance(field, Link):
        return make(field.related_model, by=user)
    if isinstance(field, LinkBase):
        return user if field.related_model is User else None
    return field.sample(number)
