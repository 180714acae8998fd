"""Collects the texts of code and templates into the catalogs of all languages: `make messages`; --check only looks."""

import ast
import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rapport"
LANGUAGES = ("de",)
METHODS = [
    ("**/test_*.py", "ignore"), ("**/testing/**", "ignore"), ("**/migrations/**", "ignore"), ("**/static/**", "ignore"),
    ("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"),
]  # fmt: skip
KEYWORDS = {
    "_": None, "_lazy": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
JINJA = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
OPTIONS = dict.fromkeys(("**.html", "**.txt"), JINJA)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
# Dates and names of programs would make a difference in every commit.
NOISE = (b'"POT-Creation-Date:', b'"PO-Revision-Date:', b'"Generated-By:', b'"Report-Msgid-Bugs-To:',
         b'"Last-Translator:', b'"Language-Team:', b'"Project-Id-Version:')  # fmt: skip


def collect() -> Catalog:
    """Return every text with the files that say it."""
    found = Catalog(project="Rapport", fuzzy=False)
    texts = extract_from_dir(
        str(PACKAGE),
        METHODS,
        OPTIONS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, _line, message, comments, context in texts:
        found.add(message, None, [(f"rapport/{name}", 0)], auto_comments=comments, context=context)
    for name, line in lines_of_record_types():
        found.add(line, None, [(name, 0)])
    return found


def lines_of_record_types() -> list[tuple[str, str]]:
    """[(file, text)]: the first line of each class of records is what users read about that type."""
    classes: dict[str, tuple[str, ast.ClassDef]] = {}
    for path in sorted(PACKAGE.glob("**/models.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] = (str(path.relative_to(ROOT)), node)

    def is_record(name: str) -> bool:
        bases = (
            [base.id for base in classes[name][1].bases if isinstance(base, ast.Name)]
            if name in classes
            else []
        )
        return name == "Record" or any(is_record(base) for base in bases)

    kinds = [one for name, one in classes.items() if is_record(name) and name != "Record"]
    return [(path, line.split("\n")[0]) for path, node in kinds if (line := ast.get_docstring(node))]


def path_of(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def updated(language: str, texts: Catalog) -> Catalog:
    """The catalog as it is on disk with the texts of today; new ones are empty, those nobody says any more are gone."""
    catalog = Catalog(locale=language)
    if path_of(language).exists():
        with open(path_of(language), "rb") as source:
            catalog = read_po(source, locale=language)
    catalog.header_comment = "# Texts of Rapport; see docs/how-to/translate.md."
    catalog.fuzzy = False
    catalog.update(texts, no_fuzzy_matching=True)
    return catalog


def problems(catalog: Catalog) -> list[str]:
    """What keeps the catalog from being complete, one line each."""
    return [f"{problem}: {_key(one)}" for one in catalog if one.id and (problem := _problem(one, catalog))]


def _problem(message: Message, catalog: Catalog) -> str:
    ids, said = _forms(message.id), _forms(message.string)
    if not all(said) or (len(ids) == 2 and len(said) != catalog.num_plurals):
        return "not translated"
    if message.fuzzy:
        return "fuzzy"
    known = _placeholders(" ".join(ids))
    # A singular may say "one" instead of the number.
    if _placeholders(said[-1]) != _placeholders(ids[-1]) or not _placeholders(" ".join(said)) <= known:
        return "other placeholders"
    return ""


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


def _key(message: Message) -> str:
    context = f"[{message.context}] " if message.context else ""
    places = ", ".join(dict.fromkeys(name for name, _line in message.locations))
    return f"{context}{_forms(message.id)[0]!r} ({places})"


def as_text(catalog: Catalog) -> bytes:
    """The catalog as it stands in git: sorted, without line numbers and dates, so that differences stay small."""
    text = io.BytesIO()
    write_po(text, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return b"\n".join(line for line in text.getvalue().split(b"\n") if not line.startswith(NOISE))


def write(language: str, catalog: Catalog) -> None:
    """Write and compile it; a file that would stay the same keeps its date, which `make` goes by."""
    path, text = path_of(language), as_text(catalog)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != text:
        path.write_bytes(text)
    with open(path.with_suffix(".mo"), "wb") as compiled:
        write_mo(compiled, catalog)


def main(arguments: list[str]) -> int:
    """Bring each catalog up to date, or only look; 1 when --check finds something to do."""
    only_look = arguments == ["--check"]
    texts, is_complete = collect(), True
    for language in LANGUAGES:
        catalog = updated(language, texts)
        lacking = problems(catalog)
        for line in lacking:
            sys.stdout.write(f"{language}: {line}\n")
        sys.stdout.write(f"{language}: {len(catalog)} texts, {len(lacking)} to do\n")
        if not only_look:
            write(language, catalog)
        is_complete = is_complete and not lacking
    return 1 if only_look and not is_complete else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
