"""A file or a picture as the value of a field."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.kernel.fields.base import EMPTY, FILLED, Context, Operator
from rapport.kernel.fields.links import LinkBase, parse_id


class File(LinkBase):
    """One uploaded file."""

    kind: ClassVar[str] = "file"
    control: ClassVar[str] = "file"
    operators: ClassVar[tuple[Operator, ...]] = (EMPTY, FILLED)

    def __init__(self, label: Any = "", **options: Any) -> None:
        options.setdefault("to", "kernel.StoredFile")
        super().__init__(label, **options)

    def parse(self, said: Any, context: Context) -> Any:
        from rapport.kernel.files.models import StoredFile

        if not said:
            return None
        key = parse_id(said)
        mine = StoredFile.objects.filter(uploaded_by=context.user, deleted_at=None)
        found = mine.filter(pk=key).first() if key else None
        if found is None:
            raise ValidationError(_("This file was not found. Upload it again."))
        return found

    def html(self, value: Any, context: Context) -> Markup:
        if value is None:
            return Markup("")
        return Markup('<a href="{}">{}</a>').format(reverse("file", args=[value.pk]), value.name)


class Picture(File):
    """One uploaded picture."""

    kind = "picture"
    control = "picture"

    def html(self, value: Any, context: Context) -> Markup:
        if value is None:
            return Markup("")
        return Markup('<img class="thumb" src="{}" alt="{}" loading="lazy">').format(
            reverse("file", args=[value.pk]), value.name
        )
