"""Sentences of the import: said in the language of whoever reads them, also when they were made elsewhere."""

from django.utils.functional import Promise


class Sentence:
    """A translatable sentence with its values; `str()` says it in the active language."""

    def __init__(self, message: str | Promise, **values: object) -> None:
        self.message, self.values = message, values

    def __str__(self) -> str:
        return str(self.message % self.values) if self.values else str(self.message)

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"


class ImportProblem(ValueError):
    """Something cannot be read; the sentence says what is wrong and what to do."""

    def __init__(self, message: str | Promise, **values: object) -> None:
        super().__init__(message)
        self.sentence = Sentence(message, **values)

    def __str__(self) -> str:
        return str(self.sentence)


def shortened(text: str, length: int = 60) -> str:
    """Return `text` fit for a sentence: one line, not longer than `length`."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else line[: length - 1] + "…"
