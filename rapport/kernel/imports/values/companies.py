"""Whether a name is that of an organization: legal forms and words that no person is called."""

import re

from rapport.kernel.imports.words import words

_FORMS = (
    r"gmbh(?:\s*&\s*co\.?\s*(?:kg|ohg|kgaa))?|ggmbh|mbh|ag|kgaa|kg|ohg|gbr|ug|e\.?\s?k\.?|e\.\s?v\.|ev|eg|e\.g\.|"
    r"ltd|limited|llc|llp|lp|plc|inc|incorporated|corp|corporation|co|company|"
    r"s\.?a\.?r\.?l|sarl|s\.a\.s?|sas|sasu|eurl|s\.?r\.?l|srl|s\.?p\.?a|spa|s\.l|slu?|lda|ltda|"
    r"b\.v|bv|n\.v|nv|v\.o\.f|vof|a/s|aps|asa|oy|oyj|ab|hb|sp\.?\s?z\.?\s?o\.?\s?o|s\.r\.o|sro|d\.o\.o|doo|kft|zrt|"
    r"pty\s+ltd|pvt\s+ltd|se|gesmbh|ges\.?m\.?b\.?h|stiftung|foundation|verein|genossenschaft"
)
_LEGAL = re.compile(rf"(?:^|[\s,(&-])(?:{_FORMS})\.?(?=$|[\s,)&])", re.IGNORECASE)
_CASED_FORMS = frozenset({"AG", "AB", "SE", "CO", "LP", "AS", "SA", "SL", "EG", "EV", "SPA", "UG"})
_SHORT_FORM = re.compile(r"(?:^|[\s,(])(AG|AB|SE|AS|SA|SL|LP|UG|eG|eV|SpA|Co)\.?(?=$|[\s,)])")
_WORDS = words(
    "group gruppe holding universität university hochschule klinik klinikum krankenhaus hospital gemeinde gemeente "
    "stadtwerke landkreis ministerium amt bundesamt museum schule school gymnasium institut institute verlag praxis "
    "apotheke kanzlei partner partners consulting solutions services software systems technologies international "
    "industries logistics logistik bank sparkasse versicherung insurance hotel restaurant autohaus werkstatt studio "
    "agentur agency bros brothers gebrüder gebr söhne sons associates club shop store team vertrieb einkauf "
    "buchhaltung redaktion sekretariat & +"
)
_ENDINGS = (
    "werke technik bau handel vertrieb verwaltung verband verein gesellschaft betrieb zentrum dienst service software "
    "systeme druckerei bäckerei metzgerei tischlerei schreinerei"
)
_ENDING = tuple(words(_ENDINGS))
_LONGER = 3  # letters before the ending: "Bau" is also a family name, "Hochbau" is none


def legal_form_of(name: str) -> str:
    """Return the legal form in `name` ("GmbH & Co. KG"), empty if there is none."""
    for found in _LEGAL.finditer(name):
        form = found[0].strip(" ,(&-.")
        if form.upper().replace(".", "") not in _CASED_FORMS:
            return form
    found_short = _SHORT_FORM.search(name)
    return found_short[1] if found_short else ""


def looks_like_company(name: str) -> bool:
    """Whether this is the name of an organization rather than of a person."""
    for word in name.casefold().split():
        bare = word.strip(".,;:()\"'")
        if bare in _WORDS or ("-" in bare and not _WORDS.isdisjoint(bare.split("-"))):
            return True
        if bare.endswith(_ENDING) and any(
            bare.endswith(end) for end in _ENDING if len(bare) >= len(end) + _LONGER
        ):
            return True
    return bool(legal_form_of(name))
