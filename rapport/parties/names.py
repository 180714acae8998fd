"""Names of people: taken apart, and guessed from e-mail addresses."""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from rapport.kernel.imports.values.companies import looks_like_company
from rapport.parties.name_words import (
    DOMAIN_ENDINGS,
    FEMALE_SALUTATIONS,
    GIVEN_NAMES,
    MALE_SALUTATIONS,
    NEUTRAL_SALUTATIONS,
    PARTICLES,
    PUBLIC_DOMAINS,
    ROLE_WORDS,
    SPANISH_FAMILY_NAMES,
    SUFFIXES,
    TITLES,
)

LONGEST = 300
_SPACES = re.compile(r"[\s\u00a0\u200b-\u200f\u2060\ufeff]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_BRACKETED = re.compile(r"[(\[\"“„«].*?[)\]\"”“»]")
_TWO_TITLES = re.compile(
    r"\b(Prof|Dr|Ing|Dipl|Mag|med|jur|phil|rer|nat|habil|pol|oec|univ)\.(?=\w)", re.IGNORECASE
)
_MAIDEN = re.compile(r"\s+(?:geb\.|geborene|née|born)\s.*$", re.IGNORECASE)
_MEANINGFUL = MALE_SALUTATIONS | FEMALE_SALUTATIONS | NEUTRAL_SALUTATIONS | TITLES | SUFFIXES | PARTICLES


@dataclass(frozen=True)
class Name:
    """The parts of a person's name; what is not known is empty."""

    salutation: str = ""  # "Mr", "Ms" or "Mx", whatever the language was
    title: str = ""
    given: str = ""
    family: str = ""
    suffix: str = ""
    is_company: bool = False  # it is the name of an organization, which stands in `family`
    is_guessed: bool = False

    @property
    def full(self) -> str:
        """Given and family name, as lists and pages show it."""
        return " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True)
class EmailGuess:
    """What an e-mail address tells: a person's name (or none) and the organization behind the domain (or none)."""

    name: Name | None
    organization: str = ""
    domain: str = ""  # empty for public mail services
    is_role: bool = False  # info@, sales@ and the like: nobody in person


@lru_cache(maxsize=50_000)
def split_name(full: str) -> Name:
    """Return the parts of a full name in the order that people of the West write, also "Family, Given"."""
    words = full.split()
    if len(words) == 2 and all(map(_is_plain, words)) and not looks_like_company(full):
        return Name(given=words[0], family=words[1])  # what most names are, without further ado
    text = _SPACES.sub(" ", _INVISIBLE.sub("", full[:LONGEST])).strip(" ,;-")
    if "<" in text:  # Anna Müller <anna@example.com>
        text = text.partition("<")[0].strip(" \"'") or text
    if "@" in text:
        guess = name_from_email(text)
        return guess.name or Name(family=text, is_guessed=True)
    if looks_like_company(_without_titles(text)):
        return Name(family=text, is_company=True)
    text = _TWO_TITLES.sub(r"\1. ", _MAIDEN.sub("", _BRACKETED.sub(" ", text))) or text
    if "," in text:
        return _from_comma(text)
    return _with_case(_from_words(text.split()))


def _is_plain(word: str) -> bool:
    """Whether this can only be a given or family name: one capital, letters, none of the words with a meaning."""
    return word.isalpha() and word.istitle() and word.casefold() not in _MEANINGFUL and len(word) < 40


def _without_titles(text: str) -> str:
    return " ".join(word for word in text.split() if _bare(word) not in TITLES)


def _from_comma(text: str) -> Name:
    """ "Müller, Anna", "Müller, Dr. Anna", "von der Heide, Karl" or "Karl Miller, Jr."."""
    first, *others = [part.strip() for part in text.split(",") if part.strip()]
    if not others:
        return _with_case(_from_words(first.split()))
    behind = [word for part in others for word in part.split()]
    if all(_is_suffix(word) or _bare(word) in TITLES for word in behind):
        name = _from_words(first.split())
        suffixes = [word for word in behind if _is_suffix(word)]
        titles = [word for word in behind if not _is_suffix(word)]
        return _with_case(
            replace(name, suffix=" ".join(suffixes), title=" ".join(filter(None, (name.title, *titles))))
        )
    before = _take_front(first.split())
    rest = _take_front(behind)
    given, suffix = _take_suffix(rest.words)
    family, family_suffix = _take_suffix(before.words)
    while len(given) > 1 and _bare(given[-1]) in PARTICLES and given[-1].islower():
        family.insert(0, given.pop())  # "Heide, Karl von der"
    name = Name(
        before.salutation or rest.salutation,
        " ".join(filter(None, (before.title, rest.title))),
        " ".join(given),
        " ".join(family),
        " ".join((*family_suffix, *suffix)),
    )
    return _with_case(name)


@dataclass
class _Front:
    """What stands before a name, and the words of the name."""

    salutation: str
    title: str
    words: list[str]


def _take_front(words: list[str]) -> _Front:
    """Take salutation and titles off the front of a name."""
    salutation, titles, rest = "", [], list(words)
    while rest:
        word = _bare(rest[0])
        is_last = len(rest) == 1
        if word in MALE_SALUTATIONS and not is_last:
            salutation = "Mr"
        elif word in FEMALE_SALUTATIONS and not is_last:
            salutation = "Ms"
        elif word in NEUTRAL_SALUTATIONS and not is_last:
            salutation = salutation or ("Mx" if word in ("mx", "divers") else "")
        elif word in TITLES and (rest[0].endswith(".") or len(word) > 3 or word == "dr") and not is_last:
            titles.append(rest[0])
        else:
            break
        rest.pop(0)
    return _Front(salutation, " ".join(titles), rest)


def _take_suffix(words: list[str]) -> tuple[list[str], list[str]]:
    words = list(words)
    suffix: list[str] = []
    while len(words) > 1 and _is_suffix(words[-1]):
        suffix.insert(0, words.pop())
    return words, suffix


def _from_words(words: list[str]) -> Name:
    front = _take_front(words)
    rest, suffix = _take_suffix(front.words)
    if not rest:
        return Name(front.salutation, front.title, suffix=" ".join(suffix))
    if len(rest) == 1:
        is_given = not front.salutation and not front.title and _bare(rest[0]) in GIVEN_NAMES
        given, family = (rest, []) if is_given else ([], rest)
    else:
        given, family = _divided(rest)
    return Name(front.salutation, front.title, " ".join(given), " ".join(family), " ".join(suffix))


def _divided(words: list[str]) -> tuple[list[str], list[str]]:
    """Divide the words of a name of at least two into given and family names."""
    if (words[0].islower() and words[0] in PARTICLES) or words[0] in (
        "Von",
        "Van",
        "De",
        "Del",
        "Di",
        "Della",
    ):
        if words[0].istitle() and len(words) > 2 and _plain(words[-1]) in GIVEN_NAMES:
            return words[-1:], words[:-1]  # De Smet Jan
        return [], words  # "von der Heide" without a given name
    for place, word in enumerate(words[1:], start=1):
        if _bare(word) in PARTICLES and place < len(words) - 1:
            if place > 1 and _plain(words[place - 1]) in SPANISH_FAMILY_NAMES:
                place -= 1  # Pérez de la Cruz
            return words[:place], words[place:]
    if _is_shouted_family(words):
        capitals = [word for word in words if word.isupper() and len(word) > 1]
        return [word for word in words if word not in capitals], capitals
    is_couple = any(word in ("und", "and", "&", "u.") for word in words[1:-1])
    has_two = len(words) >= 4 and not is_couple and _plain(words[-2]) not in GIVEN_NAMES
    if has_two or (len(words) == 3 and _is_spanish(words)):
        return words[:-2], words[-2:]
    return words[:-1], words[-1:]


def _is_spanish(words: list[str]) -> bool:
    """Two family names, as in Spain and Latin America: both of the last words are known as such."""
    return all(_plain(word) in SPANISH_FAMILY_NAMES for word in words[-2:])


def _is_shouted_family(words: list[str]) -> bool:
    """ "MÜLLER Anna" or "Anna MÜLLER": the family name is in capitals, the given name is not."""
    shouted = [word.isupper() and len(word) > 1 and "." not in word for word in words]
    return any(shouted) and not all(shouted) and (shouted[0] or shouted[-1])


def _with_case(name: Name) -> Name:
    """Give names that are written throughout in one case their capitals."""
    given, family = name.given, name.family
    letters = given + family
    if letters.islower() or (letters.isupper() and len(letters) > 3):
        given, family = capitalized(given), capitalized(family)
    elif family.isupper() and len(family) > 2 and given:
        family = capitalized(family)
    return replace(name, given=given, family=family)


def capitalized(text: str) -> str:
    """Return a name with capitals where they belong: "von der heide-meier" is "von der Heide-Meier"."""
    words = []
    for word in text.split():
        lower = word.lower()
        if lower in PARTICLES and len(text.split()) > 1:
            words.append(lower)
            continue
        parts = [part[:1].upper() + part[1:] for part in lower.split("-")]
        word = "-".join(parts)
        for prefix in ("O'", "D'", "O’", "D’", "Mc"):
            if word.startswith(prefix) and len(word) > len(prefix) + 1:
                word = prefix + word[len(prefix) :].capitalize()
        words.append(word)
    return " ".join(words)


def _bare(word: str) -> str:
    return word.strip(".,;:()").casefold()


def _is_suffix(word: str) -> bool:
    bare = _bare(word).replace(".", "")
    if bare in ("sen", "jun"):  # also family and given names
        return "." in word
    return bare in SUFFIXES and (len(bare) > 2 or bare in ("jr", "sr") or word.isupper() or "." in word)


def _plain(word: str) -> str:
    """The word in lower case and without accents."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


# -- from e-mail addresses --------------------------------------------------------------------------------------
@lru_cache(maxsize=20_000)
def name_from_email(address: str) -> EmailGuess:
    """Return what an e-mail address tells about the person and the organization; nothing is certain."""
    _local, _at, host = address.strip().lower().rpartition("@")
    domain = host.strip(".")
    is_public = domain in PUBLIC_DOMAINS or domain.partition(".")[0] in (
        "gmail",
        "googlemail",
        "yahoo",
        "hotmail",
    )
    organization = "" if is_public else organization_from_domain(domain)
    domain = "" if is_public else domain
    words = _local_words(address)
    if not words or _is_role(words):
        return EmailGuess(None, organization, domain, bool(words))
    return EmailGuess(_name_of_words(words), organization, domain)


def is_shared(address: str) -> bool:
    """Whether several people read this address (info@, sales@)."""
    words = _local_words(address)
    return bool(words) and _is_role(words)


def _local_words(address: str) -> list[str]:
    """The words before the @, without numbers and what stands behind a plus."""
    local = address.strip().lower().rpartition("@")[0]
    local = local.partition("+")[0] or local
    words = local.replace("_", ".").replace("-", ".").replace("+", ".").split(".")
    return [bare for word in words if (bare := word.strip("0123456789"))]


def _is_role(words: list[str]) -> bool:
    return (
        "".join(words) in ROLE_WORDS or words[0] in ROLE_WORDS or (len(words) > 1 and words[-1] in ROLE_WORDS)
    )


def _name_of_words(words: list[str]) -> Name | None:
    if any(not word.isalpha() for word in words) or sum(map(len, words)) < 3:
        return None
    if len(words) == 1:
        return _name_of_one(words[0])
    titles = [word for word in words[:-1] if word in ("dr", "prof")]
    words = [word for word in words if word not in titles] or words
    title = " ".join(f"{word.capitalize()}." for word in titles)
    given, family = _divided(words) if len(words) > 1 else ([], words)
    may_be_turned = len(given) == len(family) == 1 and given[0] not in GIVEN_NAMES
    if may_be_turned and (_plain(family[0]) in GIVEN_NAMES or len(family[0]) == 1):  # mueller.anna, mueller.a
        given, family = family, given
    return Name(
        title=title,
        given=" ".join(f"{word.upper()}." if len(word) == 1 else capitalized(word) for word in given),
        family=" ".join(_family(word) if word not in PARTICLES else word for word in family),
        is_guessed=True,
    )


def _name_of_one(word: str) -> Name | None:
    if _plain(word) in GIVEN_NAMES:
        return Name(given=word.capitalize(), is_guessed=True)
    glued = next((cut for cut in range(len(word) - 3, 2, -1) if word[:cut] in GIVEN_NAMES), 0)
    if glued:  # annamueller
        return Name(given=word[:glued].capitalize(), family=_family(word[glued:]), is_guessed=True)
    return Name(family=_family(word), is_guessed=True) if len(word) <= 20 else None


def _family(word: str) -> str:
    return f"{word.upper()}." if len(word) == 1 else capitalized(word)


def organization_from_domain(domain: str) -> str:
    """Return the name that an organization with this domain probably has: "halden-cycles.co.uk" is "Halden Cycles"."""
    labels = [label for label in domain.split(".") if label]
    while len(labels) > 1 and ".".join(labels[-2:]) in DOMAIN_ENDINGS:
        labels = labels[:-1]
    if len(labels) < 2:
        return ""
    label = labels[-2]
    if label.startswith("xn--"):
        try:
            label = label.encode("ascii").decode("idna")
        except UnicodeError:
            return ""
    words = [word for word in label.split("-") if word]
    return " ".join(
        word.upper() if len(word) <= 3 and len(words) == 1 else word.capitalize() for word in words
    )
