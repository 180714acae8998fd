"""Collects the texts of code and templates into the catalogs of all languages: `make messages`."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rapport"
LANGUAGES = ("de",)
METHODS = [
    ("**/test_*.py", "ignore"), ("**/migrations/**", "ignore"),
    ("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"),
]  # fmt: skip
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
JINJA = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
OPTIONS = dict.fromkeys(("**.html", "**.txt"), JINJA)


def collect() -> Catalog:
    """Return every text with the places that say it."""
    found = Catalog(project="Rapport", fuzzy=False)
    texts = extract_from_dir(
        str(PACKAGE), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for name, _line, message, comments, context in texts:
        found.add(message, None, [(f"rapport/{name}", 0)], auto_comments=comments, context=context)
    return found


def main() -> int:
    """Bring each catalog up to date; what is not translated yet stays empty and shows in English."""
    template = collect()
    for language in LANGUAGES:
        path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=language, project="Rapport", fuzzy=False)
        if path.exists():
            with open(path, "rb") as text:
                catalog = read_po(text, locale=language)
        catalog.update(template, no_fuzzy_matching=True)
        with open(path, "wb") as text:
            write_po(text, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        missing = sum(1 for message in catalog if message.id and not message.string)
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {missing} not translated\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
