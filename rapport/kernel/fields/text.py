"""Text in one line and in many."""

from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.fields.base import (
    CONTAINS,
    EMPTY,
    FILLED,
    IS,
    IS_NOT,
    STARTS,
    Context,
    FieldType,
    Operator,
)

# They turn the direction of all that follows, also of what stands beside the text.
OVERRIDES = dict.fromkeys(range(0x202A, 0x202F))


def without_nulls(said: Any) -> str:  # Any: whatever a form, file or API delivers
    """Text as PostgreSQL can keep it: no null bytes, no lone surrogates, no overridden direction, line ends as \\n."""
    text = str(said).replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(OVERRIDES).encode("utf-8", "replace").decode("utf-8")


class Text(FieldType, models.TextField):
    """One line of text, by default up to 250 characters."""

    kind: ClassVar[str] = "text"
    control: ClassVar[str] = "text"
    operators: ClassVar[tuple[Operator, ...]] = (CONTAINS, IS, IS_NOT, STARTS, EMPTY, FILLED)
    null_by_default = False
    plain = models.TextField
    longest: ClassVar[int] = 250

    def __init__(self, *args: Any, longest: int | None = None, **options: Any) -> None:
        self.limit = longest or self.longest
        options.setdefault("default", "")
        super().__init__(*args, **options)

    def parse(self, said: Any, context: Context) -> str:
        text = " ".join(without_nulls(said if said is not None else "").split())
        return self.checked(text)

    def checked(self, text: str) -> str:
        if len(text) > self.limit:
            raise ValidationError(
                _(
                    "This text has %(length)s characters; %(limit)s fit here. Shorten it or write it into a note."
                ),
                params={"length": len(text), "limit": self.limit},
            )
        return text

    def clean(self, value: Any, model_instance: Any) -> Any:
        if type(value) is str and value and value.isprintable() and self.is_plain:
            return self.checked(value)  # what most texts are: nothing in them has to be replaced
        return super().clean(self.checked(without_nulls(value or "")), model_instance)

    @cached_property
    def is_plain(self) -> bool:
        """Whether Django itself has nothing to check."""
        return not self.choices and not self.validators

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.limit}

    def sample(self, number: int) -> str:
        return f"{self.name} {number}"


class LongText(Text):
    """Text of several lines, as people write it. With `mentions` colleagues are named in it and told."""

    kind = "longtext"
    control = "longtext"
    operators: ClassVar[tuple[Operator, ...]] = (CONTAINS, EMPTY, FILLED)
    sortable = False
    longest = 100_000

    def __init__(self, *args: Any, mentions: bool = False, **options: Any) -> None:
        self.mentions = mentions
        super().__init__(*args, **options)

    def parse(self, said: Any, context: Context) -> str:
        return self.checked(without_nulls(said if said is not None else "").strip())
