"""Mails as HTML: a mail program gets no style sheet of ours, so each mail carries its few rules itself."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from markupsafe import Markup


def html_of(template: str, values: Mapping[str, object]) -> str:
    """The mail of a template that extends ui/mail.html. Needs `company` among the values."""
    return render_to_string(template, {**values, "rules": _rules()})


def html_of_text(text: str, company: str, heading: str, link: str = "", label: str = "") -> str:
    """A mail that was written as text; a paragraph that is only the link becomes a button with that label."""
    paragraphs = [" ".join(one.split()) for one in text.split("\n\n") if one.strip()]
    values = {"company": company, "heading": heading, "paragraphs": paragraphs, "link": link, "label": label}
    return html_of("ui/mail_text.html", values)


@cache
def _rules() -> Markup:
    text = (Path(__file__).parent / "mail.css").read_text(encoding="utf-8")
    return Markup(f"<style>{' '.join(text.split())}</style>")  # noqa: S704 - a file of ours, no values in it
