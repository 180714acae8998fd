"""The Jinja2 environment of all pages: globals, filters, translations."""

import json
import sys
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from rapport.ui import components, formats
from rapport.ui.addresses import address
from rapport.ui.script_words import SCRIPT_WORDS


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of a named page."""
    return reverse(name, kwargs=kwargs) if kwargs else address(name, *args)


@lru_cache
def asset(name: str) -> str:
    """Return the address of a file of the frontend; it stays while the process runs."""
    return static(name)


def attributes(values: dict[str, object]) -> Markup:
    """Return further attributes of an element: hx_get="/x" becomes hx-get="/x", True a bare name, False nothing."""
    parts = []
    for name, value in values.items():
        written = name.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(Markup(" {}").format(written))
        elif value is not False and value is not None:
            parts.append(Markup(' {}="{}"').format(written, value))
    return Markup("").join(parts)


def local_input(value: datetime | str | None) -> str:
    """Return a moment the way a datetime-local input wants it, in the user's time zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    return value or ""


@lru_cache(maxsize=1)
def preloads() -> list[str]:
    """Return the addresses of the scripts that app.js imports at once."""
    listing = Path(__file__).parent / "static" / "dist" / "preload.json"
    return [static(f"dist/{name}") for name in json.loads(listing.read_text())] if listing.exists() else []


def words_for_scripts() -> Markup:
    """Return the sentences that scripts say, translated, as JSON for a script tag."""
    return _words(get_language() or "en")


@pass_eval_context
def say(context: EvalContext, text: str, /, **values: object) -> str:
    """Return the translation; a page asks for hundreds, and always the same, so it is kept.

    As Jinja's own `gettext` in the new style: values go into the translation, escaped where the template escapes.
    """
    said = _translated(text, get_language() or "en")
    if context.autoescape:
        return Markup(said) % values if values else _marked(said)  # noqa: S704 - our own texts
    return said % values


@lru_cache(maxsize=8192)
def _translated(text: str, _language: str) -> str:
    return gettext(text)


@lru_cache(maxsize=8192)
def _marked(said: str) -> Markup:
    return Markup(said % {})  # noqa: S704 - our own texts


@lru_cache
def _words(_language: str) -> Markup:
    said = {key: str(text) for key, text in SCRIPT_WORDS.items()}
    return Markup(json.dumps(said, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - our own texts


def merge(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    """Return both dictionaries as one; the second wins."""
    return first | second


def pick(thing: object, name: str, default: object = "") -> object:
    """Return an entry that macros may be given or not, of a dictionary or an object."""
    return thing.get(name, default) if isinstance(thing, dict) else getattr(thing, name, default)


class Macros:
    """The macros of a template as one global, so that blocks rendered alone for htmx have them too."""

    def __init__(self, jinja: Environment, template: str) -> None:
        self._jinja, self._template = jinja, template

    def __getattr__(self, name: str) -> object:
        macro = getattr(self._jinja.get_template(self._template).module, name)
        if not self._jinja.auto_reload:
            setattr(self, name, macro)
        return macro


def environment(**options: Any) -> Environment:  # Any: Django hands over whatever the settings say
    """Return the environment; Django calls this once with the loader and autoescape on."""
    if "pytest" in sys.modules:
        options["undefined"] = StrictUndefined
    options.setdefault("bytecode_cache", FileSystemBytecodeCache())
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    jinja = Environment(**options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])  # noqa: S701 - Django sets autoescape
    jinja.policies["ext.i18n.trimmed"] = True  # as tools/messages.py collects them
    jinja.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    jinja.globals["_"] = jinja.globals["gettext"] = say
    jinja.globals.update(
        attrs=attributes,
        pick=pick,
        language=lambda: get_language() or "en",
        preloads=preloads,
        words=words_for_scripts,
        url=url,
        static=asset,
        money_pattern=formats.money_pattern,
        now=timezone.localtime,
        today=timezone.localdate,
        icon=components.icon,
        avatar=components.avatar,
        user_avatar=components.user_avatar,
        mark=components.mark,
        tag=components.tag,
        pulse=components.pulse,
        meter=components.meter,
        health=components.health,
        donut=components.donut,
    )
    jinja.globals["ui"] = Macros(jinja, "ui/parts.html")
    jinja.filters.update(
        date=formats.format_date,
        day=components.day,
        moment=components.moment,
        stamp=formats.format_stamp,
        weekday=formats.format_weekday,
        clock=formats.format_time,
        duration=formats.format_duration,
        number=formats.format_number,
        percent=formats.format_percent,
        money=formats.format_money,
        filesize=formats.format_filesize,
        local_input=local_input,
        merge=merge,
        noun=formats.noun,
        initials=formats.initials,
        hue=formats.hue,
    )
    return jinja
