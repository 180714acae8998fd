"""What the change log says of one thing: a sentence, and its pieces for a table."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass
class Line:
    """One thing that changed: a whole sentence (`said`), and its parts for a table of several lines."""

    said: Markup
    label: str = ""
    old: str = ""
    new: str = ""
    icon: str = ""


def said(template: str, **values: str) -> Markup:
    """A translated sentence with its values in bold; what people wrote is escaped."""
    bold = Markup('<b class="med">{}</b>')
    return Markup(template) % {name: bold.format(value) for name, value in values.items()}  # noqa: S704 - our sentence
