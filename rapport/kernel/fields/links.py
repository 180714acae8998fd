"""Links to other records, to users and to teams."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.kernel.fields.base import (
    EMPTY,
    FILLED,
    IS_ANY,
    IS_NONE,
    MINE,
    MY_TEAM,
    Context,
    FieldType,
    Operator,
)
from rapport.kernel.fields.text import without_nulls
from rapport.ui import components


def parse_id(said: Any) -> UUID | None:
    """Return the id in `said` (an id, its text or a model instance), or None."""
    if isinstance(said, models.Model):
        said = said.pk
    if isinstance(said, UUID):
        return said
    try:
        return UUID(str(said).strip())
    except ValueError:
        return None


class LinkBase(FieldType, models.ForeignKey):
    """What links share: the value is the linked object or None; in `values` its id is as good."""

    operators: ClassVar[tuple[Operator, ...]] = (IS_ANY, IS_NONE, EMPTY, FILLED)
    plain = models.ForeignKey
    sortable = False

    def __init__(self, label: Any = "", to: Any = None, **options: Any) -> None:
        options.setdefault("on_delete", models.PROTECT if options.get("required") else models.SET_NULL)
        options.setdefault("related_name", "+")
        options["to"] = to if to is not None else options.get("to")
        super().__init__(label, **options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs

    def write(self, record: Any, value: Any) -> None:
        if isinstance(value, models.Model):
            setattr(record, self.name, value)
        elif getattr(record, self.attname) != value:
            setattr(record, self.attname, value)

    def candidates(self, context: Context) -> "models.QuerySet[Any]":
        """What may be linked: what the user can see."""
        raise NotImplementedError

    def by_words(self, said: str, context: Context) -> "models.QuerySet[Any]":
        """The candidates with exactly that name."""
        raise NotImplementedError

    def parse(self, said: Any, context: Context) -> Any:
        name = "" if said is None else without_nulls(said).strip()
        key = parse_id(said)
        if not name and not key:
            return None
        found = self.candidates(context).filter(pk=key) if key else self.by_words(name, context)
        matches = list(found[:2])
        if len(matches) == 1:
            return matches[0]
        words = name[:60]
        if matches:
            raise ValidationError(_("“%(said)s” fits more than one; choose one."), params={"said": words})
        raise ValidationError(_("“%(said)s” was not found."), params={"said": words})

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        if operator.operand == "values":
            return [key for part in said.split("|") if (key := parse_id(part))]
        return super().parse_operand(operator, said, context)

    def input(self, value: Any) -> str:
        return "" if value is None else str(value.pk)

    def json(self, value: Any) -> Any:
        return None if value is None else str(value.pk)

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "uuid"}


class Link(LinkBase):
    """A link to one record of another type, e.g. the organization of a deal."""

    kind: ClassVar[str] = "link"
    control: ClassVar[str] = "link"

    def candidates(self, context: Context) -> "models.QuerySet[Any]":
        model: Any = self.related_model
        if context.is_trusted:
            every: models.QuerySet[Any] = model.objects.filter(deleted_at=None)
            return every
        seen: models.QuerySet[Any] = model.objects.visible_to(context.user)
        return seen

    def by_words(self, said: str, context: Context) -> "models.QuerySet[Any]":
        from rapport.kernel.registry import type_of_model

        title = type_of_model(self.related_model).title
        return self.candidates(context).filter(**{f"{title}__iexact": said})

    def html(self, value: Any, context: Context) -> Markup:
        """The linked record's title as a link; nothing when it is in the trash, or the user may not see it."""
        from rapport.kernel.permissions import can

        if value is None or value.deleted_at is not None:
            return Markup("")
        if context.user is not None and not can(context.user, "read", value):
            return Markup("")
        return Markup('<a href="{}">{}</a>').format(value.get_absolute_url(), str(value))

    def search_sql(self, row: str) -> str:
        title = f'(select title from kernel_record where id = {row}."{self.column}")'
        return f"kernel_words({title})"


class UserLink(LinkBase):
    """A user, e.g. the owner."""

    kind: ClassVar[str] = "user"
    control: ClassVar[str] = "user"
    operators: ClassVar[tuple[Operator, ...]] = (MINE, IS_ANY, IS_NONE, EMPTY, FILLED)

    def __init__(self, label: Any = "", **options: Any) -> None:
        options.setdefault("to", "accounts.User")
        super().__init__(label, **options)

    def candidates(self, context: Context) -> "models.QuerySet[Any]":
        from rapport.accounts.models import User

        return User.objects.filter(is_active=True)

    def by_words(self, said: str, context: Context) -> "models.QuerySet[Any]":
        return self.candidates(context).filter(_called(said))

    def parse_asked(self, said: Any, context: Context) -> Any:
        """Who works here no more is found by what is still his."""
        from rapport.accounts.models import User

        try:
            return self.parse(said, context)
        except ValidationError:
            key, name = parse_id(said), without_nulls(said).strip()
            left = User.objects.filter(Q(pk=key) if key else _called(name), is_active=False)[:2]
            if len(left) != 1:
                raise
            return left[0]

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        if operator.key == "me":
            return Q(**{self.name: context.user}) if context.user is not None else Q(pk__in=[])
        return super().condition(operator, operand, context)

    def html(self, value: Any, context: Context) -> Markup:
        return components.user_avatar(value.name) if value is not None else Markup("")

    def text(self, value: Any) -> str:
        return "" if value is None else value.name


def _called(name: str) -> Q:
    return Q(email__iexact=name) | Q(name__iexact=name)


class TeamLink(LinkBase):
    """A team, e.g. the one whose members see the record."""

    kind: ClassVar[str] = "team"
    control: ClassVar[str] = "team"
    operators: ClassVar[tuple[Operator, ...]] = (MY_TEAM, IS_ANY, IS_NONE, EMPTY, FILLED)

    def __init__(self, label: Any = "", **options: Any) -> None:
        options.setdefault("to", "accounts.Team")
        super().__init__(label, **options)

    def candidates(self, context: Context) -> "models.QuerySet[Any]":
        from rapport.accounts.models import Team

        return Team.objects.all()

    def by_words(self, said: str, context: Context) -> "models.QuerySet[Any]":
        return self.candidates(context).filter(name__iexact=said)

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        if operator.key == "my_team":
            mine = context.user.team if context.user else None
            return Q(**{self.name: mine}) if mine is not None else Q(pk__in=[])  # no team is nobody's team
        return super().condition(operator, operand, context)


class OptionLink(LinkBase):
    """A link to a row of a list that administrators keep, e.g. a stage or a reason for losing."""

    kind: ClassVar[str] = "option"
    control: ClassVar[str] = "choice"
    sortable = True

    def candidates(self, context: Context) -> "models.QuerySet[Any]":
        return self.related_model._default_manager.all()

    def by_words(self, said: str, context: Context) -> "models.QuerySet[Any]":
        return self.candidates(context).filter(name__iexact=said)

    def options(self) -> list[tuple[str, str]]:
        return [(str(row.pk), str(row)) for row in self.candidates(Context())]

    def html(self, value: Any, context: Context) -> Markup:
        if value is None:
            return Markup("")
        return components.tag(str(value), getattr(value, "hue", "grey"), "dot")
