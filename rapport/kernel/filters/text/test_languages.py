"""What somebody types in his language means the same to everybody who opens the view."""

from typing import Any

import pytest
from django.utils.translation import override

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, Node, compile_filter
from rapport.kernel.filters.text import TextError, parse_text, text_of
from rapport.kernel.testing.known import kind_of

pytestmark = pytest.mark.django_db
C = Condition
TYPED: dict[tuple[str, str], Node] = {
    ("en", "amount > 3,900"): C("amount", "over", "3900"),
    ("de", "Betrag > 3.900"): C("amount", "over", "3900"),
    ("de", "Betrag > 3900,50"): C("amount", "over", "3900.5"),
    ("de", "Betrag <= 1.234,5 CHF"): C("amount", "max", "1234.5 CHF"),
    ("en", "amount between 3,900 and 8,600"): C("amount", "between", "3900..8600"),
    ("de", "Betrag between * and 8.600,25"): C("amount", "between", "..8600.25"),
    ("de", "created_at = heute"): C("created_at", "in", "today"),
    ("de", "created_at < gestern"): C("created_at", "before", "yesterday"),
    ("de", "expected_on = morgen"): C("expected_on", "is", "tomorrow"),
    ("de", "expected_on in diesen Monat"): C("expected_on", "in", "this_month"),
    ("de", "expected_on in diesem Monat"): C("expected_on", "in", "this_month"),
    ("de", "expected_on = nächster Monat"): C("expected_on", "in", "next_month"),
    ("de", "expected_on in März 2026"): C("expected_on", "in", "2026-03"),
    ("en", "created_at = May 2026"): C("created_at", "in", "2026-05"),
    ("en", "expected_on in Q2 2026"): C("expected_on", "in", "2026-Q2"),
    ("de", "created_at = letztes Jahr"): C("created_at", "in", "last_year"),
    ("de", "created_at > 24.12.2026"): C("created_at", "later", "2026-12-24"),
    ("de", "created_at > 24.12.2026 14:30"): C("created_at", "later", "2026-12-24 14:30"),
    ("de", "created_at > 01.05.2026 00:00"): C("created_at", "later", "2026-05-01 00:00"),
    ("de", "created_at > 01.05.0999"): C("created_at", "later", "0999-05-01"),
    ("de", "created_at > 01.05.0999 14:30"): C("created_at", "later", "0999-05-01 14:30"),
    ("en", "created_at < 2026-05-01T14:30:45Z"): C("created_at", "before", "2026-05-01T14:30:45Z"),
    ("en", "created_at >= 2026-05-01 14:30:45.123456"): C("created_at", "after", "2026-05-01 14:30:45.123456"),
    ("de", "created_at <= 2026-05-01T00:00:00+02:00"): C("created_at", "until", "2026-05-01T00:00:00+02:00"),
    ("de", "created_at < 20260501T143045Z"): C("created_at", "before", "20260501T143045Z"),
    ("en", "created_at between 2026-10-25T01:30:00Z and *"): C("created_at", "between", "2026-10-25T01:30:00Z.."),
    ("en", "created_at between 1 Dec 2026 and today"): C("created_at", "between", "2026-12-01..today"),
    ("en", "owner != me"): Group("not", (C("owner", "me"),)),
    ("en", "team is not my team"): Group("not", (C("team", "my_team"),)),
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), TYPED)
def test_a_value_is_kept_as_everybody_reads_it(language: str, text: str, administrator: User) -> None:
    kind, context = kind_of("deals"), Context(administrator)
    with override(language):
        tree = parse_text(text, kind, context)
    expected = TYPED[language, text]
    assert tree == (expected if isinstance(expected, Group) else Group("all", (expected,)))
    said: list[Any] = []
    for reader in ("en", "de"):
        with override(reader):
            assert parse_text(text_of(tree, kind, context), kind, context) == tree
            compiled = compile_filter(tree, kind, context)
            assert not compiled.problems
            said.append(str(compiled.condition))
    assert said[0] == said[1]


def test_between_texts_a_comma_parts_values(administrator: User) -> None:
    with pytest.raises(TextError, match="instead of"):
        parse_text("name = 3,900", kind_of("deals"), Context(administrator))
    with pytest.raises(TextError, match="instead of"):
        parse_text("amount = 3, 900", kind_of("deals"), Context(administrator))
