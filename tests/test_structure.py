"""The house rules, checked on every file; each rule is itself tested with a good and a bad example."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from rapport.kernel.registry import types
from tests import rules
from tests.test_strangers import PUBLIC

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rapport"
KEYS = {kind.key for kind in types()}
MODELS = {kind.model.__name__ for kind in types()} | {"Record", "Party"}

# Where a rule does not hold, and why: {"path below rapport/: what is found": reason}. Unneeded ones fail, too.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "writes": {
        "kernel/boards/moves.py: kind.model.objects.filter": "the place of a card in its lane is no field",
        "sales/deals/actions.py: Deal.objects.filter(pk=deal.pk).update": "as above",
        "sales/pipelines/actions.py: Deal.objects.filter(stage=stage).update": (
            "a stage leaves with all its deals, also those that the administrator's filter does not show; the log"
            " is written by triggers, in the change set of the act"
        ),
    },
    "signals": {
        "runtime/health.py: signal got_request_exception": "for one line in the log, no rule of the business",
    },
    "types": {
        "kernel/search/views.py: names the type 'people'": "the sign @ in the palette means people, as everywhere",
        "kernel/timeline/reader.py: names the type 'activities'": "the name of a tab of the timeline, not of a type",
    },
    "markup": {
        "kernel/changes/sentences.py: Markup of template": "a sentence of ours, its values are escaped",
        "sales/deals/timeline.py: Markup of template": "as above",
        "kernel/lists/rows.py: Markup of ''.join(out)": "rows are joined from pieces that are escaped one by one",
        "kernel/pages/pieces.py: Markup of text": "what a template has rendered, and templates escape",
    },
    "functions": {
        "kernel/changes/triggers.py: record_triggers": "one SQL text that is easier to read whole",
        "ui/jinja.py: environment": "a list of the names that templates know",
        "kernel/imports/readers/excel.py: _row_handlers": "the handlers of one parser share its state",
    },
    "files": {},
    "safe": {
        "ui/gallery_record.html: | safe": "fixed markup of the gallery, no data",
    },
}


def python_files(*, tests: bool = False, migrations: bool = False) -> list[Path]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        of_tests = (
            path.name.startswith(("test_", "conftest"))
            or "testing" in path.parts
            or path.name == "testing.py"
        )
        if (tests or not of_tests) and (migrations or "migrations" not in path.parts):
            found.append(path)
    return found


def templates() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.html")) if "testing" not in path.parts]


def broken(
    rule: Callable[[str], Iterable[rules.Problem]], files: Iterable[Path], exceptions: str = ""
) -> list[str]:
    """What breaks the rule in these files, less the listed exceptions; exceptions that nothing needs count, too."""
    allowed = dict(EXCEPTIONS.get(exceptions, {}))
    unused, found = set(allowed), []
    for path in files:
        name = str(path.relative_to(PACKAGE))
        for line, what in rule(path.read_text()):
            excuse = next((one for one in allowed if f"{name}: {what}".startswith(one)), None)
            unused.discard(excuse or "")
            if excuse is None:
                found.append(f"{name}:{line}: {what}")
    return found + [f"not needed any more: {one}" for one in sorted(unused)]


# -- Python -------------------------------------------------------------------------------------------------------
def test_records_are_written_through_the_door_only() -> None:
    inside = ("records", "testing", "demo")
    files = [path for path in python_files() if not set(inside) & set(path.relative_to(PACKAGE).parts)]
    assert not broken(lambda source: rules.writes_past_the_door(source, MODELS), files, "writes")


@pytest.mark.parametrize(
    "bad",
    [
        "Deal.objects.create(name='x')",
        "Deal.objects.filter(pk=1).update(name='x')",
        "def f(deal: Deal):\n    deal.save()",
        "def f(deal: 'Deal | None'):\n    deal.delete()",
        "deal = Deal(name='x')\ndeal.save()",
        "for one in Deal.objects.all():\n    one.delete()",
        "rows = Deal.objects.visible_to(user)\nrows.filter(name='').update(name='x')",
        "kind.model.objects.bulk_create([])",
        "record = kind.new()\nrecord.save()",
        "def f(record: Record):\n    type(record).objects.filter(pk=1).update(name='x')",
    ],
)
def test_a_write_past_the_door_is_found(bad: str) -> None:
    assert rules.writes_past_the_door(bad, {"Deal", "Record"})


@pytest.mark.parametrize(
    "good",
    [
        "save_record(Deal(), {}, by=user)",
        "def f(deal: Deal):\n    deal.stage.save()",
        "Stage.objects.filter(pk=1).update(name='x')",
        "values = {}\nvalues.update(name='x')",
        "ids = list(Deal.objects.values_list('pk'))\nids.append(1)",
        "def f(form: RecordForm):\n    form.save()",
        "count = Deal.objects.count()",
    ],
)
def test_other_writes_are_left_alone(good: str) -> None:
    assert not rules.writes_past_the_door(good, {"Deal", "Record"})


def test_nothing_hangs_on_signals() -> None:
    assert not broken(rules.signals, python_files(), "signals")
    assert rules.signals("from django.db.models.signals import post_save")
    assert rules.signals("from django.dispatch import receiver")
    assert not rules.signals("from django.db.models.signals import post_migrate")


def test_post_migrate_is_heard_by_entries_of_areas_only() -> None:
    heard = [path.name for path in python_files() if "post_migrate" in path.read_text()]
    assert set(heard) <= {"apps.py"}


def test_the_kernel_names_no_record_type() -> None:
    kernel = [path for path in python_files() if path.relative_to(PACKAGE).parts[0] == "kernel"]
    assert not broken(lambda source: rules.named_types(source, KEYS), kernel, "types")
    pages = [path for path in templates() if path.relative_to(PACKAGE).parts[0] == "kernel"]
    assert not broken(lambda source: rules.types_in_template(source, KEYS), pages)
    assert rules.named_types("if kind.key == 'deals':\n    pass", {"deals"})
    assert not rules.named_types("'''About deals.'''\nx = 'all deals'", {"deals"})
    assert rules.types_in_template("{% if kind.key == 'deals' %}", {"deals"})
    assert not rules.types_in_template("<b class='deals'>", {"deals"})


def test_files_have_at_most_400_lines() -> None:
    def rule(source: str) -> list[rules.Problem]:
        lines = source.count("\n")
        return [(lines, f"{lines} lines")] if lines > 400 else []

    everything = python_files(tests=True)
    assert not broken(rule, everything, "files")
    assert rule("x = 1\n" * 401)
    assert not rule("x = 1\n" * 400)
    beside = [
        (ROOT / "tests").glob("*.py"),
        *((ROOT / "frontend").glob(one) for one in ("scripts/*.js", "styles/**/*.css")),
    ]
    assert not [path.name for paths in beside for path in paths if rule(path.read_text())]


def test_functions_have_at_most_50_lines() -> None:
    assert not broken(lambda source: rules.long_functions(source, 50), python_files(tests=True), "functions")
    body = "    x = 1\n"
    assert rules.long_functions("def f():\n" + body * 50, 50)
    assert not rules.long_functions("def f():\n" + body * 49, 50)


def test_markup_is_made_in_the_ui_only() -> None:
    outside = [path for path in python_files() if path.relative_to(PACKAGE).parts[0] != "ui"]
    assert not broken(rules.unsafe_markup, outside, "markup")
    assert rules.unsafe_markup("from django.utils.safestring import mark_safe")
    assert rules.unsafe_markup("x = Markup(name)")
    assert rules.unsafe_markup("x = Markup(f'<b>{name}</b>')")
    assert not rules.unsafe_markup("x = Markup('<b>{}</b>').format(name)")


def test_every_module_says_what_it_is() -> None:
    assert not broken(rules.missing_docstring, python_files(tests=True))
    assert rules.missing_docstring("import os")
    assert not rules.missing_docstring('"""What it is."""\nimport os')
    assert not rules.missing_docstring("")


def test_comments_break_no_lines() -> None:
    assert not broken(rules.comments_that_break_lines, python_files(tests=True))
    assert rules.comments_that_break_lines("most: int = (\n    3  # why\n)")
    assert rules.comments_that_break_lines("def f(\n    one: Any\n) -> None:  # Any: JSON")
    assert not rules.comments_that_break_lines("# why\nmost: int = 3")
    assert not rules.comments_that_break_lines("f(\n    [1],\n)  # why")


def test_imports_are_absolute() -> None:
    assert not broken(rules.relative_or_star_imports, python_files(tests=True, migrations=True))
    assert rules.relative_or_star_imports("from . import models")
    assert rules.relative_or_star_imports("from os import *")
    assert not rules.relative_or_star_imports("from rapport.kernel import models")


# -- the product as it is loaded --------------------------------------------------------------------------------------
def test_every_record_type_has_its_contract_test() -> None:
    tested = set[str]()
    for path in PACKAGE.rglob("test_*.py"):
        tested |= rules.classes_with_model(path.read_text(), "RecordContract")
    assert {kind.model.__name__ for kind in types()} <= tested
    good = "class TestDeal(RecordContract):\n    model = Deal"
    assert rules.classes_with_model(good, "RecordContract") == {"Deal"}
    assert not rules.classes_with_model("class TestDeal:\n    model = Deal", "RecordContract")


def is_guarded(view: Any) -> bool:
    """Does one of our guards (page, signed_in, administrators) stand around the view?"""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code is not None and code.co_name == "guarded":
            cells = dict(zip(code.co_freevars, view.__closure__ or (), strict=True))
            return "login" not in cells or bool(cells["login"].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return False


def views(patterns: list[Any]) -> Iterable[tuple[str, Any]]:
    for one in patterns:
        if isinstance(one, URLPattern):
            yield one.name or "", one.callback
        else:
            yield from views(one.url_patterns)


def test_every_address_is_protected_or_listed_as_public() -> None:
    every = dict(views(get_resolver().url_patterns))
    guarded = {
        name for name, view in every.items() if is_guarded(view) or getattr(view, "asks_for_token", False)
    }
    open_ones = set(every) - guarded
    assert open_ones == set(PUBLIC)
    assert not is_guarded(lambda request: None)
    assert is_guarded(every["record"])


# -- templates ----------------------------------------------------------------------------------------------------
def test_templates_hold_no_styles_scripts_or_handlers() -> None:
    assert not broken(rules.inline_code, templates())


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<button type="button" onclick="x()">',
        '<button hx-on:click="x()">',
        '<a href="javascript:x()">',
    ],
)
def test_what_the_browser_would_refuse_is_found(bad: str) -> None:
    assert rules.inline_code(bad)
    assert not rules.inline_code('<script src="/x.js"></script><p class="style" data-once="1">on = 1</p>')


def test_templates_escape_everything() -> None:
    assert not broken(rules.safe_filters, templates(), "safe")
    assert rules.safe_filters("{{ name | safe }}")
    assert not rules.safe_filters("{{ name | safer }}")


def test_words_in_templates_can_be_translated() -> None:
    """The gallery is exempt: it shows the components, with texts that only their makers read."""
    shown = [path for path in templates() if not path.name.startswith("gallery")]
    assert not broken(rules.untranslated, shown)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('<p>{{ _("Save") }}</p>', "<p>Save</p>"),
        ("<p>{% trans %}Save{% endtrans %}</p>", "<p>{% if x %}Save{% endif %}</p>"),
        ('<a title="{{ _("More") }}">', '<a title="More">'),
        ('<a class="btn" href="/deals/">{{ name }} · </a>', '<a class="btn">{{ name }} of</a>'),
        ("{# words #}<kbd>esc</kbd>", '<input placeholder="Search">'),
        ('{% macro tag() %} required id="{{ id }}"{% endmacro %}', "{% macro tag() %}Needed{% endmacro %}"),
    ],
)
def test_a_word_that_no_translation_reaches_is_found(good: str, bad: str) -> None:
    assert not rules.untranslated(good)
    assert rules.untranslated(bad)


def test_macros_are_imported_by_name() -> None:
    assert not broken(rules.imports_without_name, templates())
    assert not rules.imports_without_name('{% import "ui/parts.html" as ui %}')
    assert not rules.imports_without_name('{% from "ui/parts.html" import button, chip %}')
    assert rules.imports_without_name("{% import other as ui %}")
