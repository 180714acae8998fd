"""Words at the end of a company's name that say in what legal form it stands, not who it is."""

from rapport.kernel.imports.words import words

LEGAL_FORMS = words(
    "gmbh mbh ggmbh ag se kg kgaa ohg gbr ug eg ek ev eu inh inhaber haftungsbeschrankt co cie compagnie "
    "company corp corporation inc incorporated ltd limited llc llp lp plc pty pte sa sarl sas sasu sca scs "
    "snc spa srl sl slu bv nv vof cv ab as asa aps oy oyj hf ehf sp zoo spzoo sro kft zrt doo dd ood ead "
    "group gruppe holding holdings international deutschland germany gesellschaft mit beschrankter haftung "
    "und and the die der das et"
)
_GLUED = (
    "g m b h",
    "s a r l",
    "s r l",
    "s p a",
    "b v",
    "n v",
    "e v",
    "e k",
    "a g",
    "k g",
    "s a",
    "l l c",
    "u g",
)


def without_legal_form(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a company's name (as texts.words_of gives them) that tell it from others, never none."""
    text = f" {' '.join(words)} "
    for glued in _GLUED:
        text = text.replace(f" {glued} ", " ")
    kept = tuple(word for word in text.split() if word not in LEGAL_FORMS)
    return kept or words
