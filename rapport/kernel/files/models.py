"""Files that belong to records."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


def stored_path(stored: "StoredFile", _name: str) -> str:
    """Where the content lies below the file storage: never under a name that somebody chose."""
    key = stored.pk.hex
    return f"files/{key[-2:]}/{key}"


class StoredFile(models.Model):
    """One uploaded file; seen by those who see its record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("kernel.AnyRecord", null=True, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("Name"), max_length=250)
    content = models.FileField(upload_to=stored_path, max_length=200)
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.BigIntegerField(_("Size"), default=0)
    sha256 = models.CharField(max_length=64, default="")
    uploaded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("Uploaded"), default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_file"
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return self.name
