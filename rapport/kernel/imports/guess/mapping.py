"""Guesses for every column where it goes: by its name, by its content, and with regard to the other columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.guess.headers import HeaderMatch, is_type_column, match_header, normal
from rapport.kernel.imports.guess.looks import Look, look_at
from rapport.kernel.imports.guess.synonyms import FALLBACKS
from rapport.kernel.imports.guess.targets import Guess, Target
from rapport.kernel.imports.guess.wording import REASONS, what_happens, what_it_looks_like
from rapport.kernel.imports.problems import ImportProblem, Sentence
from rapport.kernel.imports.values import ColumnFormat, parser_for
from rapport.kernel.imports.values.dates import date_order
from rapport.kernel.imports.values.numbers import decimal_mark
from rapport.kernel.imports.values.words import is_blank
from rapport.kernel.imports.words import words

ACCEPTED = 0.45  # confidence from which on a column is matched without asking
SAMPLES = 3
MOST_TRIED = 150
_REGIONS = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "pl": "PL"}
_FREE = frozenset({"email", "phone", "web", "tags", "longtext"})  # several columns need no different purposes
_UNMISTAKABLE = frozenset({"email", "phone", "web", "iban"})
# What is told by several columns needs no further one that tells it at once.
_COVERED = {
    "full_name": ("first_name", "last_name"),
    "address": ("street", "city"),
    "postcode_city": ("postcode", "city"),
}
# What the content alone tells about where a column goes, and how far that is to be trusted.
_BY_CONTENT: dict[str, tuple[tuple[str, ...], float]] = {
    "email": (("email", "organization_email"), 0.8),
    "phone": (("phone", "mobile", "organization_phone"), 0.7),
    "web": (("website", "profile"), 0.7),
    "country": (("country", "organization_country"), 0.65),
    "postcode_city": (("postcode_city",), 0.7),
    "postcode": (("postcode", "organization_postcode"), 0.5),
    "street": (("street", "organization_street"), 0.65),
    "company": (("organization",), 0.7),
    "name": (("full_name",), 0.6),
    "longtext": (("notes",), 0.5),
    "iban": (("iban",), 0.8),
}
SALUTATIONS = words("herr frau herrn mr mrs ms miss mx monsieur madame señor señora sr sra")
_SETTLED = frozenset(map(normal, ("name", "title", "titel")))  # their meaning depends on the other columns
# Content that is no name, city or position, whatever the column is called.
_NOT_NAMES = ("email", "phone", "web", "date", "money", "number", "percent", "yesno", "range")


@dataclass
class _Column:
    """One column with everything that is known about it."""

    place: int
    header: str
    match: HeaderMatch | None
    look: Look
    cells: list[str]


@dataclass
class _Candidate:
    """A possible target of a column."""

    column: _Column
    target: Target
    confidence: float
    reason: str
    how: ColumnFormat
    fits: float | None
    is_ambiguous: bool
    misfits: list[str]


def guess_mapping(
    header: Sequence[str],
    sample_rows: Sequence[Sequence[str]],
    targets: Sequence[Target],
    language: str,
    *,
    region: str = "",
    currency: str = "EUR",
) -> list[Guess]:
    """Return a guess for each column, in their order.

    `region` is the country (ISO 3166) whose telephone numbers and date order are meant when the values leave
    it open; without it the language decides.
    """
    language = language.lower()
    region = (region or language.partition("-")[2] or _REGIONS.get(language[:2], "")).upper()
    basis = ColumnFormat(region=region, currency=currency)
    columns = [_column(place, name, sample_rows, region) for place, name in enumerate(header)]
    _settle_names(columns)
    own_names = _names_of_targets(targets)
    candidates: list[_Candidate] = []
    for column in columns:
        candidates += _candidates(column, targets, own_names, basis, language)
    chosen = _assign(candidates)
    return [_guess(column, chosen.get(column.place), candidates, targets) for column in columns]


def guess_for(
    place: int,
    name: str,
    rows: Sequence[Sequence[str]],
    target: Target,
    language: str,
    *,
    region: str = "",
    currency: str = "EUR",
) -> Guess:
    """Return what happens when the column goes to this target because a person said so."""
    language = language.lower()
    region = (region or language.partition("-")[2] or _REGIONS.get(language[:2], "")).upper()
    column = _column(place, name, rows, region)
    basis = ColumnFormat(region=region, currency=currency)
    chosen = _weighed(column, target, 1.0, "chosen", basis, language)
    return _guess(column, chosen, [chosen], [target])


def _column(place: int, name: str, rows: Sequence[Sequence[str]], region: str) -> _Column:
    cells = [row[place] for row in rows if place < len(row)]
    return _Column(place, name, match_header(name), look_at(cells, region), cells)


def _settle_names(columns: list[_Column]) -> None:
    """Decide what "Name" and "Titel" mean in the company of the other columns and by their content."""
    concepts = {column.match.concept for column in columns if column.match}
    for column in columns:
        match = column.match
        if match is None:
            continue
        if match.concept == "name":
            column.match = replace(match, concept=_meaning_of_name(column.look, concepts))
        elif match.concept == "title" and _is_salutation(column.look) and "salutation" not in concepts:
            column.match = replace(match, concept="salutation")
        elif match.concept == "title" and "job_title" not in concepts and _is_position(column.look):
            column.match = replace(match, concept="job_title")
        elif (
            match.concept == "full_name"
            and column.look.share("company") > 0.5
            and "organization" not in concepts
        ):
            column.match = replace(match, concept="organization", score=match.score * 0.9)
        elif (
            match.concept == "organization"
            and column.look.best == "name"
            and not concepts & {"full_name", "last_name"}
        ) or (match.concept == "owner" and column.look.best == "email" and "email" not in concepts):
            column.match = replace(match, score=0.6)


def _meaning_of_name(look: Look, concepts: set[str]) -> str:
    if "first_name" in concepts and "last_name" not in concepts and look.share("company") < 0.3:
        return "last_name"
    if look.share("company") > 0.3 and "organization" not in concepts:
        return "organization"
    return "full_name" if "full_name" not in concepts else "name"


def _is_position(look: Look) -> bool:
    """Whether "Title" holds positions ("Head of Sales") and not "Dr."."""
    academic = sum(
        value.rstrip(".").lower().startswith(("dr", "prof", "dipl", "mag", "ing")) for value in look.values
    )
    return not look.values or academic < len(look.values) * 0.5


def _is_salutation(look: Look) -> bool:
    """Whether what stands in front of names is "Herr" or "Mrs."."""
    return bool(look.values) and all(value.rstrip(".").casefold() in SALUTATIONS for value in look.values)


def _names_of_targets(targets: Sequence[Target]) -> dict[str, list[Target]]:
    found: dict[str, list[Target]] = {}
    for target in targets:
        for name in (str(target.label), *target.synonyms):
            found.setdefault(normal(name), []).append(target)
    return found


def _candidates(
    column: _Column,
    targets: Sequence[Target],
    own_names: dict[str, list[Target]],
    basis: ColumnFormat,
    language: str,
) -> list[_Candidate]:
    scored: dict[str, tuple[float, str]] = {}

    def propose(target: Target, score: float, reason: str) -> None:
        if score > scored.get(target.key, (0.0, ""))[0]:
            scored[target.key] = (score, reason)

    match = column.match
    concepts = _concepts_of(match) if match else []
    plain = normal(column.header)
    for target in own_names.get(plain, ()):
        is_settled = plain in _SETTLED and concepts and target.meaning != concepts[0][0]
        propose(target, 0.85 if is_settled else 1.0, "name")
    if match:
        for concept, weight in concepts:
            direct = [target for target in targets if target.meaning == concept]
            for target in direct:
                propose(target, match.score * weight, "similar" if match.is_loose else "known")
            if direct:
                break  # the other concepts are for when there is no field for this one
    concepts_by_content, trust = _BY_CONTENT.get(column.look.best, ((), 0.0))
    if match and not match.is_loose and column.look.best not in _UNMISTAKABLE:
        concepts_by_content = ()  # a department full of names is no name
    for rank, concept in enumerate(concepts_by_content):
        for target in targets:
            if target.meaning == concept:
                propose(target, trust * column.look.share(column.look.best) * 0.9**rank, "content")
    by_key = {target.key: target for target in targets}
    return [
        _weighed(column, by_key[key], score, reason, basis, language)
        for key, (score, reason) in scored.items()
    ]


def _concepts_of(match: HeaderMatch) -> list[tuple[str, float]]:
    """The concepts that a column name can mean, best first, with their weights."""
    concept = match.concept
    plain = concept.removeprefix("organization_")
    found = [(concept, 1.0), (plain, 0.88) if plain != concept else (f"organization_{concept}", 0.88)]
    return found + [(other, 0.85 - 0.05 * rank) for rank, other in enumerate(FALLBACKS.get(concept, ()))]


def _weighed(
    column: _Column, target: Target, score: float, reason: str, basis: ColumnFormat, language: str
) -> _Candidate:
    """Weigh the score of the name by how many values fit."""
    how, is_ambiguous = _format(column, target, basis, language)
    values = column.look.values[:MOST_TRIED]
    misfits = [value for value in values if not _fits(value, column, target, how)]
    fits = 1 - len(misfits) / len(values) if values else None
    if fits is None:
        confidence = score * 0.85
    else:
        confidence = score * (0.25 + 0.75 * min(1.0, fits * 1.1))
        if fits < 0.3:
            confidence *= 0.4
    return _Candidate(column, target, confidence, reason, how, fits, is_ambiguous, misfits[:SAMPLES])


def _format(column: _Column, target: Target, basis: ColumnFormat, language: str) -> tuple[ColumnFormat, bool]:
    """Decide from the values how the column writes dates, numbers and lists."""
    kind = target.field_kind
    cells = [cell for cell in column.cells if not is_blank(cell)]
    if kind in ("date", "moment"):
        order = date_order(cells, basis.region)
        return replace(basis, date_order="dmy" if order.order == "ymd" else order.order), not order.is_certain
    if kind in ("number", "money", "percent"):
        mark = decimal_mark(cells, language)
        is_share = (
            kind == "percent"
            and bool(cells)
            and all(cell.startswith(("0", "1.0")) or cell == "1" for cell in cells)
        )
        # Where no value proves the mark, "1.250" has thousands: three decimals are rare.
        return replace(basis, decimal=mark.mark if mark.is_certain else "", is_share=is_share), False
    if kind in ("tags", "choices"):
        marks = {mark: sum(mark in cell for cell in cells) for mark in (" ::: ", "\n", ";", "|", ",")}
        best = max(marks, key=lambda mark: marks[mark])
        return replace(basis, separator=best if marks[best] else "", options=target.options), False
    return replace(basis, options=target.options), False


def _fits(value: str, column: _Column, target: Target, how: ColumnFormat) -> bool:
    kind, look = target.field_kind, column.look
    if kind in ("text", "longtext", "name", "company", "link", "user"):
        if len(value) > 250 and kind != "longtext":
            return False
        concept = target.meaning.removeprefix("organization_")
        if concept in (
            "first_name",
            "last_name",
            "full_name",
            "city",
            "salutation",
            "job_title",
            "middle_name",
        ):
            return look.best not in _NOT_NAMES and "@" not in value and len(value) <= 120
        if concept == "organization":
            return look.best not in ("email", "phone", "date", "yesno", "web", "number")
        if concept == "street":
            return look.best not in ("email", "date", "yesno", "web", "money")
        return True
    try:
        parser_for(kind, how)(value)
    except ImportProblem:
        return False
    return True


def _assign(candidates: list[_Candidate]) -> dict[int, _Candidate]:
    """Give every column its best target; a target that takes one value goes to the surest column."""
    chosen: dict[int, _Candidate] = {}
    taken: dict[str, list[_Candidate]] = {}
    for one in sorted(candidates, key=lambda one: (-one.confidence, one.column.place)):
        if one.confidence < ACCEPTED or one.column.place in chosen:
            continue
        others = taken.setdefault(one.target.key, [])
        if others and not _may_share(one, others):
            continue
        chosen[one.column.place] = one
        others.append(one)
    for place, one in list(chosen.items()):
        if _is_covered(one, list(chosen.values())):
            del chosen[place]
    return chosen


def _is_covered(one: _Candidate, chosen: list[_Candidate]) -> bool:
    """Whether other columns tell in parts what this one tells as a whole."""
    parts = _COVERED.get(one.target.meaning)
    if parts is None:
        return False
    others = [
        other for other in chosen if _place_of(other) == _place_of(one) or one.target.meaning == "full_name"
    ]
    if not {other.target.meaning for other in others}.issuperset(parts):
        return False
    told = [other.column.cells for other in others if other.target.meaning in parts]
    rows = enumerate(one.column.cells)
    return not any(
        not is_blank(cell) and all(is_blank(cells[row]) for cells in told if row < len(cells))
        for row, cell in rows
    )


def _may_share(one: _Candidate, others: list[_Candidate]) -> bool:
    if not one.target.many:
        return False
    if one.target.field_kind in _FREE:
        return True
    return all(_place_of(one) != _place_of(other) for other in others)


def _place_of(one: _Candidate) -> tuple[str, int]:
    match = one.column.match
    return (match.purpose, match.number) if match else ("", 0)


def _guess(
    column: _Column, chosen: _Candidate | None, candidates: list[_Candidate], targets: Sequence[Target]
) -> Guess:
    mine = sorted((one for one in candidates if one.column is column), key=lambda one: -one.confidence)
    guess = Guess(
        column=column.place,
        header=column.header,
        target=None,
        confidence=0.0,
        reason=Sentence(_("Neither its name nor its content says where it goes.")),
        looks_like=column.look.best,
        concept=column.match.concept if column.match else "",
        samples=list(column.look.values[:SAMPLES]),
        purpose=column.match.purpose if column.match else "",
        number=column.match.number if column.match else 0,
        others=[one.target.key for one in mine if one is not chosen and one.confidence > 0.2][:5],
    )
    if chosen is None:
        _explain_none(guess, column, mine)
        return guess
    guess.target, guess.confidence = chosen.target.key, round(min(1.0, chosen.confidence), 2)
    guess.fits, guess.how, guess.misfits = chosen.fits, chosen.how, chosen.misfits
    guess.is_ambiguous = chosen.is_ambiguous
    guess.reason = Sentence(REASONS[chosen.reason], header=column.header, target=chosen.target.label)
    guess.happens = what_happens(chosen.target, column.look, chosen.how, chosen.is_ambiguous)
    return guess


def _explain_none(guess: Guess, column: _Column, mine: list[_Candidate]) -> None:
    """Say why a column was not matched."""
    guess.happens = what_it_looks_like(column.look)
    if not column.look.values:
        guess.reason = Sentence(_("The column is empty in all rows that were looked at."))
        return
    if is_type_column(column.header):
        guess.reason = Sentence(_("It only says of which kind another column is."))
    elif mine and mine[0].confidence >= ACCEPTED and mine[0].target.meaning in _COVERED:
        guess.reason = Sentence(_("Other columns tell the same in parts."))
    elif mine and mine[0].confidence >= ACCEPTED:
        guess.reason = Sentence(_("Another column fits better to “%(target)s”."), target=mine[0].target.label)
    elif not mine and column.match and not column.match.is_loose:
        guess.reason = Sentence(_("There is no field for “%(header)s” here."), header=column.header)
    elif mine and mine[0].fits is not None and mine[0].fits < 0.5:
        guess.fits, guess.misfits = mine[0].fits, mine[0].misfits
        guess.reason = Sentence(
            _("It is called like “%(target)s”, but only %(share)s %% of its values fit."),
            target=mine[0].target.label,
            share=round(100 * mine[0].fits),
        )
