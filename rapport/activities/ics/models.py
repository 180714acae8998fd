"""The secret address under which a user's calendar can be subscribed to."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from rapport.runtime.secrets import SealedText


class Feed(models.Model):
    """One user's address: found by its digest, shown to him again from the sealed secret."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True)
    secret = SealedText()
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}"
