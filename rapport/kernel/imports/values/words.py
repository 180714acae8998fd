"""Values that are words: yes or no, countries, languages, and what stands for nothing."""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale
from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, shortened
from rapport.kernel.imports.words import words

NAMES_FROM = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "da", "sv", "cs")

YES = words(
    "1 1.0 true t yes y on x xx ✓ ✔ ✅ ☑ ja j wahr richtig checked si sí oui o tak sim active aktiv"
) | {"opt-in", "opted in", "subscribed", "angemeldet", "-1"}
NO = words(
    "0 0.0 false f no n off nein falsch unchecked non nie não ✗ ✘ ❌ ☐ inactive inaktiv"
) | {
    "opt-out", "opted out", "unsubscribed", "abgemeldet",
}  # fmt: skip
BLANK = frozenset(
    {"", "-", "--", "---", "–", "—", ".", "?", "n/a", "#n/a", "#nv", "n.a.", "n. a.", "k.a.", "k. a.", "null",
    "(null)",
     "none", "nil", "(leer)", "(blank)", "leer", "keine angabe", "unbekannt", "unknown", "[null]", "\\n",
     "nan", "#wert!",
     "#value!", "#ref!", "#bezug!", "00.00.0000", "0000-00-00", "0000-00-00 00:00:00"}
)  # fmt: skip

_ALPHA3 = dict(
    pair.split(":")
    for pair in words(
        "AFG:AF ALB:AL DZA:DZ AND:AD ARE:AE ARG:AR ARM:AM AUS:AU AUT:AT AZE:AZ BEL:BE BGD:BD BGR:BG BHR:BH "
        "BIH:BA BLR:BY BOL:BO BRA:BR CAN:CA CHE:CH CHL:CL CHN:CN COL:CO CRI:CR CUB:CU CYP:CY CZE:CZ DEU:DE "
        "DNK:DK DOM:DO ECU:EC EGY:EG ESP:ES EST:EE ETH:ET FIN:FI FRA:FR GBR:GB GEO:GE GHA:GH GRC:GR GTM:GT "
        "HKG:HK HND:HN HRV:HR HUN:HU IDN:ID IND:IN IRL:IE IRN:IR IRQ:IQ ISL:IS ISR:IL ITA:IT JAM:JM JOR:JO "
        "JPN:JP KAZ:KZ KEN:KE KHM:KH KOR:KR KWT:KW LBN:LB LIE:LI LKA:LK LTU:LT LUX:LU LVA:LV MAR:MA MCO:MC "
        "MDA:MD MEX:MX MKD:MK MLT:MT MMR:MM MNE:ME MNG:MN MYS:MY NAM:NA NGA:NG NLD:NL NOR:NO NPL:NP NZL:NZ "
        "OMN:OM PAK:PK PAN:PA PER:PE PHL:PH POL:PL PRI:PR PRT:PT PRY:PY QAT:QA ROU:RO RUS:RU SAU:SA SGP:SG "
        "SLV:SV SMR:SM SRB:RS SVK:SK SVN:SI SWE:SE SYR:SY THA:TH TUN:TN TUR:TR TWN:TW TZA:TZ UGA:UG UKR:UA "
        "URY:UY USA:US UZB:UZ VAT:VA VEN:VE VNM:VN XKX:XK YEM:YE ZAF:ZA ZMB:ZM ZWE:ZW"
    )
)
_ALSO_COUNTRIES = {
    "d": "DE", "a": "AT", "f": "FR", "i": "IT", "b": "BE", "e": "ES", "s": "SE", "p": "PT", "h": "HU",
    "l": "LU", "n": "NO",
    "brd": "DE", "ger": "DE", "bundesrepublik deutschland": "DE", "deutschl.": "DE", "dtl.": "DE", "dtl": "DE",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "großbritannien": "GB", "grossbritannien": "GB", "schottland": "GB", "u.s.a.": "US",
    "u.s.": "US", "usa": "US", "united states of america": "US", "vereinigte staaten von amerika": "US",
    "amerika": "US",
    "america": "US", "holland": "NL", "the netherlands": "NL", "oesterreich": "AT", "austria": "AT", "ö": "AT",
    "el": "GR", "czech republic": "CZ", "tschechische republik": "CZ", "slowakische republik": "SK", "russia": "RU",
    "russian federation": "RU", "russische föderation": "RU", "turkey": "TR", "south korea": "KR", "korea": "KR",
    "korea, republic of": "KR", "viet nam": "VN", "republic of ireland": "IE", "people's republic of china": "CN",
    "uae": "AE", "vae": "AE", "macedonia": "MK", "mazedonien": "MK", "weißrussland": "BY", "fl": "LI",
    "schweizerische eidgenossenschaft": "CH", "confoederatio helvetica": "CH", "sui": "CH",
    "principality of monaco": "MC",
    "republic of austria": "AT", "hong kong": "HK", "hongkong": "HK", "macau": "MO",
    "taiwan, province of china": "TW",
}  # fmt: skip
_ALSO_LANGUAGES = {
    "ger": "de", "deu": "de", "eng": "en", "fre": "fr", "fra": "fr", "spa": "es", "ita": "it", "dut": "nl",
    "nld": "nl",
    "pol": "pl", "por": "pt", "rus": "ru", "tur": "tr", "swe": "sv", "dan": "da", "nor": "no", "fin": "fi",
    "cze": "cs",
    "ces": "cs", "hun": "hu", "gre": "el", "ell": "el", "jpn": "ja", "chi": "zh", "zho": "zh", "ara": "ar",
    "ukr": "uk",
    "chinese": "zh", "mandarin": "zh", "flemish": "nl", "flämisch": "nl", "castellano": "es", "greek": "el",
}  # fmt: skip


def _names(what: str, language: str) -> dict[str, str]:
    """Babel's names of territories or languages by code."""
    return {str(code): str(name) for code, name in getattr(Locale.parse(language), what).items()}


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, "n/a", "NULL" and the like."""
    return not text or text.strip().casefold() in BLANK


def parse_yes_no(text: str) -> bool:
    """Return yes or no in the words of several languages and programs."""
    word = text.strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ImportProblem(_("“%(text)s” is neither yes nor no. Write yes or no."), text=shortened(text))


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    codes = {code for code in _names("territories", "en") if len(code) == 2 and code.isalpha()}
    codes -= {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    found: dict[str, str] = {}
    for language in NAMES_FROM:
        names = _names("territories", language)
        for code in codes:
            if name := names.get(code):
                found.setdefault(name.casefold(), code)
    found.update({code.casefold(): code for code in codes})
    found.update({code.casefold(): short for code, short in _ALPHA3.items()})
    found.update(_ALSO_COUNTRIES)
    return found


@lru_cache(maxsize=5_000)
def parse_country(text: str) -> str:
    """Return the ISO 3166 code of a country named or coded in English, German and some other languages."""
    word = " ".join(text.split()).casefold().strip("-/() ")
    known = _countries()
    code = known.get(word) or known.get(word.removeprefix("the ")) or known.get(word.replace(".", ""))
    if code is None and (bracket := word.find("(")) > 0:
        code = known.get(word[:bracket].strip()) or known.get(word[bracket + 1 :].strip())
    if code is None:
        message = _("“%(text)s” is not a country that we know. Write its name or its two letters, like DE.")
        raise ImportProblem(message, text=shortened(text))
    return code


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for language in NAMES_FROM:
        for code, name in _names("languages", language).items():
            if len(code) in (2, 3):
                found.setdefault(name.casefold(), code)
    for code, own in (
        (code, Locale.parse(code).get_language_name(code)) for code in (*NAMES_FROM, "tr", "ru", "hu")
    ):
        found.setdefault((own or code).casefold(), code)
    found.update({code: code for code in _names("languages", "en") if len(code) == 2})
    found.update(_ALSO_LANGUAGES)
    return found


@lru_cache(maxsize=2_000)
def parse_language(text: str) -> str:
    """Return the two-letter code (ISO 639) of a language named or coded in some languages."""
    word = " ".join(text.split()).casefold()
    known = _languages()
    code = known.get(word) or known.get(word.replace("_", "-").partition("-")[0])
    if code is None:
        code = known.get(word.partition("(")[0].strip())
    if code is None:
        message = _("“%(text)s” is not a language that we know. Write its name or its two letters, like de.")
        raise ImportProblem(message, text=shortened(text))
    return code


def parse_choice(text: str, options: Mapping[str, str]) -> str:
    """Return the key of a choice; `options` has labels and keys in lower case as keys."""
    word = " ".join(text.split()).casefold()
    key = options.get(word)
    if key is None:
        labels = {
            key: [one for one in options if options[one] == key and one != key] for key in options.values()
        }
        named = [one for key, others in labels.items() for one in others or [key]]
        known = ", ".join(named[:8])
        message = _("“%(text)s” is none of the choices. Write one of: %(known)s.")
        raise ImportProblem(message, text=shortened(text), known=shortened(known, 200))
    return key
