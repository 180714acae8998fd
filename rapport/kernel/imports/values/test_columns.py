"""Words, and whatever a cell may say."""

import pytest

from rapport.kernel.imports.values import ColumnFormat, ImportProblem, parser_for
from rapport.kernel.imports.values.words import is_blank, parse_country, parse_language, parse_yes_no
from rapport.kernel.imports.words import words

HOSTILE = [
    "",
    " ",
    "\0",
    "x" * 100_000,
    "9" * 100_000,
    "1." * 5000,
    "@" * 1000,
    "a@" * 500,
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "‮abc",
    "🤷🏽‍♀️",
    "١٢٣",
    "²",
    "½",
    "1²",
    "NaN",
    "Infinity",
    "1e999999",
    "--",
    "99999999-99-99",
    "0/0/0",
    "%s %(x)s {0}",
    "\ud800",
]


@pytest.mark.parametrize("text", ["yes", "Ja", "TRUE", "WAHR", "x", "1", "✓", "y", "on", " JA "])
def test_yes(text):
    assert parse_yes_no(text) is True


@pytest.mark.parametrize("text", ["no", "Nein", "FALSE", "FALSCH", "0", "n", "off"])
def test_no(text):
    assert parse_yes_no(text) is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("D", "DE"),
        ("Deutschland", "DE"),
        ("GERMANY", "DE"),
        ("DEU", "DE"),
        ("Bundesrepublik Deutschland", "DE"),
        ("Deutschland (DE)", "DE"),
        ("Österreich", "AT"),
        ("Oesterreich", "AT"),
        ("Schweiz", "CH"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("The Netherlands", "NL"),
        ("Holland", "NL"),
        ("España", "ES"),
        ("Türkei", "TR"),
        ("Turkey", "TR"),
        ("Czech Republic", "CZ"),
        ("Korea, Republic of", "KR"),
        ("Hong Kong", "HK"),
    ],
)
def test_countries_by_name_and_code(text, code):
    assert parse_country(text) == code


def test_an_unknown_country_says_what_to_write():
    with pytest.raises(ImportProblem, match="two letters"):
        parse_country("Narnia")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "de"),
        ("Deutsch", "de"),
        ("German", "de"),
        ("de-DE", "de"),
        ("en_US", "en"),
        ("français", "fr"),
        ("ger", "de"),
    ],
)
def test_languages_by_name_and_code(text, code):
    assert parse_language(text) == code


def test_what_says_nothing_is_blank():
    assert all(is_blank(text) for text in ("", " ", "-", "n/a", "#NV", "NULL", "k. A.", "0000-00-00"))
    assert not any(is_blank(text) for text in ("0", "no", "x", "NA"))


KINDS = sorted(
    words(
        "text longtext name link user number money percent date moment yesno choice choices email phone web address "
        "postcode country language tags"
    )
)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_cell_says_the_answer_is_a_value_or_a_sentence(kind):
    read = parser_for(kind, ColumnFormat(region="DE", options={"lead": "lead"}))
    for text in HOSTILE:
        try:
            read(text)
        except ImportProblem as problem:
            assert 5 < len(str(problem)) < 400


def test_blank_cells_are_none_but_a_name_may_be_null():
    how = ColumnFormat(options={"lead": "lead"})
    for kind in KINDS:
        assert parser_for(kind, how)("  ") is None
    assert parser_for("date", how)("n/a") is None
    assert parser_for("text", how)("Null") == "Null"


def test_choices_are_compared_by_label_and_key():
    read = parser_for("choice", ColumnFormat(options={"new": "new", "in contact": "lead", "lead": "lead"}))
    assert read(" In  Contact ") == read("LEAD") == "lead"
    with pytest.raises(ImportProblem, match=r"none of the choices\. Write one of: new, in contact\."):
        read("maybe")
    several = parser_for("choices", ColumnFormat(options={"a": "a", "b": "b"}, separator=";"))
    assert several("a; b") == ["a", "b"]


def test_a_problem_is_said_in_the_language_of_the_reader():
    problem = ImportProblem("%(count)s of 100 %%", count=3)
    assert str(problem) == "3 of 100 %"
