"""The words that stand in titles, to propose what was meant."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Word(models.Model):
    """One distinct word of a record's title."""

    word = models.TextField(primary_key=True)

    class Meta:
        db_table = "kernel_word"
        indexes: ClassVar = [
            GinIndex(fields=["word"], name="kernel_word_similar", opclasses=["gin_trgm_ops"])
        ]

    def __str__(self) -> str:
        return self.word
