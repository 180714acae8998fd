"""One or several of a list of choices, and free tags."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.kernel.fields.base import EMPTY, FILLED, IS_ANY, IS_NONE, Context, FieldType, Operator
from rapport.kernel.fields.text import without_nulls
from rapport.ui import components, formats


class Choice(FieldType, models.TextField):
    """One of a list; `hues` gives each choice its color, `dotted` shows it as a stage with a dot."""

    kind: ClassVar[str] = "choice"
    control: ClassVar[str] = "choice"
    operators: ClassVar[tuple[Operator, ...]] = (IS_ANY, IS_NONE, EMPTY, FILLED)
    null_by_default = False
    plain = models.TextField

    def __init__(
        self, *args: Any, hues: dict[str, str] | None = None, dotted: bool = False, **options: Any
    ) -> None:
        self.hues, self.dotted = hues or {}, dotted
        options.setdefault("default", "")
        super().__init__(*args, **options)

    def options(self) -> list[tuple[str, str]]:
        """(value, label) in their order, without the empty one."""
        return [(str(value), str(label)) for value, label in self.flatchoices if value != ""]

    def parse(self, said: Any, context: Context) -> str:
        word = str(said if said is not None else "").strip()
        if not word:
            return ""
        folded = word.casefold()  # once: what was sent may be long, and there may be hundreds of options
        for value, label in self.options():
            if word == value or folded == label.casefold():
                return value
        raise ValidationError(_("“%(said)s” is not among the choices."), params={"said": word[:40]})

    def text(self, value: str | None) -> str:
        said = value or ""  # only its own label is translated: a list asks for each of them
        return next((str(label) for one, label in self.flatchoices if one == said != ""), said)

    def html(self, value: str | None, context: Context) -> Markup:
        if not value:
            return Markup("")
        return components.tag(self.text(value), self.hues.get(value, "grey"), "dot" if self.dotted else "")

    def input(self, value: str | None) -> str:
        return value or ""

    def schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "enum": [value for value, _label in self.options()] + ["" if self.blank else None],
        }

    def sample(self, number: int) -> str:
        options = self.options()
        return options[number % len(options)][0]


class ListOfText(FieldType, ArrayField):
    """What Choices and Tags share: a text[] column."""

    operators: ClassVar[tuple[Operator, ...]] = (IS_ANY, IS_NONE, EMPTY, FILLED)
    null_by_default = False
    is_multiple = True
    sortable = False
    plain = models.Field

    def __init__(self, *args: Any, **options: Any) -> None:
        options["base_field"] = models.TextField()
        options.setdefault("default", list)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs

    def words(self, said: Any) -> list[str]:
        parts = said if isinstance(said, list | tuple) else str(said or "").replace(";", ",").split(",")
        clean = (" ".join(without_nulls(part).split()) for part in parts)
        return list(dict.fromkeys(part for part in clean if part))

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        if operator.operand == "values":
            return self.parse([part for part in said.split("|") if part], context)
        return super().parse_operand(operator, said, context)

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        name = self.name
        match operator.key:
            case "any":
                return Q(**{f"{name}__overlap": operand})
            case "none":
                return ~Q(**{f"{name}__overlap": operand})
            case "empty":
                return Q(**{name: []})
            case "filled":
                return ~Q(**{name: []})
        return super().condition(operator, operand, context)

    def text(self, value: list[str] | None) -> str:
        return ", ".join(value or [])

    def json(self, value: list[str] | None) -> Any:
        return list(value or [])

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}

    def search_sql(self, row: str) -> str:
        return f"kernel_words(array_to_string({row}.\"{self.column}\", ' '))"


class Choices(ListOfText):
    """Several of a list."""

    kind: ClassVar[str] = "choices"
    control: ClassVar[str] = "choices"

    def __init__(
        self, *args: Any, among: Any = (), hues: dict[str, str] | None = None, **options: Any
    ) -> None:
        self.among, self.hues = among, hues or {}
        super().__init__(*args, **options)

    def options(self) -> list[tuple[str, str]]:
        pairs = self.among.choices if hasattr(self.among, "choices") else self.among
        return [(str(value), str(label)) for value, label in pairs if value != ""]

    def parse(self, said: Any, context: Context) -> list[str]:
        known = {key.casefold(): value for value, label in self.options() for key in (value, label)}
        try:
            return [known[word.casefold()] for word in self.words(said)]
        except KeyError as unknown:
            raise ValidationError(
                _("“%(said)s” is not among the choices."), params={"said": str(unknown.args[0])[:40]}
            ) from unknown

    def text(self, value: list[str] | None) -> str:
        labels = dict(self.options())
        return ", ".join(labels.get(one, one) for one in value or [])

    def html(self, value: list[str] | None, context: Context) -> Markup:
        labels = dict(self.options())
        return Markup(" ").join(
            components.tag(labels.get(one, one), self.hues.get(one, "grey")) for one in value or []
        )

    def sample(self, number: int) -> list[str]:
        return [self.options()[number % len(self.options())][0]]


class Tags(ListOfText):
    """Free words that people put on a record; the color comes from the word."""

    kind: ClassVar[str] = "tags"
    control: ClassVar[str] = "tags"
    longest: ClassVar[int] = 60
    most: ClassVar[int] = 50

    def parse(self, said: Any, context: Context) -> list[str]:
        words = self.words(said)
        if any(len(word) > self.longest for word in words) or len(words) > self.most:
            raise ValidationError(_("A record takes up to 50 tags of up to 60 characters."))
        return words

    def html(self, value: list[str] | None, context: Context) -> Markup:
        return Markup(" ").join(components.tag(one, formats.hue(one)) for one in value or [])

    def sample(self, number: int) -> list[str]:
        return [f"tag {number}"]
