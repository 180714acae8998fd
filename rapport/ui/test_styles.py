"""Which style sheet a page needs: what only settings and imports show stands in a sheet that only they link."""

import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
STYLES = PACKAGE.parent / "frontend" / "styles"
LINK = "dist/office.css"
EXTENDS = re.compile(r'{%\s*extends\s+"([^"]+)"')
TAKES_IN = re.compile(r'{%\s*(?:include|import|from)\s+"([^"]+)"')
CLASSES = re.compile(r'\b(?:class|cls)="([^"]*)"')


def templates() -> dict[str, str]:
    return {str(path.relative_to(PACKAGE)): path.read_text() for path in PACKAGE.rglob("*.html")}


def linking(all_of_them: dict[str, str]) -> set[str]:
    """Those that link the sheet, those that extend them, and what is taken in by no others."""
    found = {name for name, text in all_of_them.items() if LINK in text}
    takers: dict[str, set[str]] = {}
    for name, text in all_of_them.items():
        for part in TAKES_IN.findall(text):
            takers.setdefault(part, set()).add(name)
    # parts that are answered alone come into the pages beside them
    beside = {str(Path(name).parent) for name in found}
    parts = {name for name in all_of_them if name not in takers and str(Path(name).parent) in beside}
    while more := {
        name
        for name, text in all_of_them.items()
        if name not in found
        and (set(EXTENDS.findall(text)) & found or takers.get(name, {""}) <= found | parts)
    }:
        found |= more
    return found | {name for name in parts if not EXTENDS.search(all_of_them[name])}


def styled(names: list[str], rules: str = r"(.*)") -> set[str]:
    """Names of classes; `rules`: where in a line they stand."""
    texts = (re.sub(r"/\*.*?\*/", "", (STYLES / name).read_text(), flags=re.S) for name in names)
    return {
        one
        for text in texts
        for rule in re.findall(rf"^{rules}$", text, flags=re.M)
        for one in re.findall(r"\.([a-z][\w-]*)", rule)
    }


def test_classes_of_the_sheet_of_settings_and_imports_stand_only_on_pages_that_link_it():
    ours = re.findall(r'@import "\./([^"]+)"', (STYLES / "office.css").read_text())
    others = [
        str(path.relative_to(STYLES))
        for path in STYLES.rglob("*.css")
        if str(path.relative_to(STYLES)) not in ours
    ]
    only = styled(ours, rules=r"  (\.[a-z][\w-]*).*[{,]") - styled(others)
    every = templates()
    inside = linking(every)
    assert "mapt" in only and "kernel/imports/columns.html" in inside and "ui/shell.html" not in inside
    stray = {
        (name, one)
        for name, text in every.items()
        if name not in inside and name != "ui/parts.html"  # a macro stands where it is called
        for said in CLASSES.findall(text)
        for one in only & set(re.findall(r"[a-z][\w-]*", said))
    }
    assert not stray, sorted(stray)


def selectors(text: str) -> Iterator[tuple[str, str]]:
    """Each selector without what stands in brackets, with those around it: ".main .bar:has", "> .crumbs"."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    while (less := re.sub(r"\([^()]*\)", "", text)) != text:
        text = less
    around: list[str] = []
    for said, brace in re.findall(r"([^{};]*)([{};])", text):
        if brace == "{":
            yield from ((" ".join(around), one.strip()) for one in said.split(","))
            around.append("" if "@" in said else said.strip())
        elif brace == "}":
            around.pop()


def looks_at_everything(around: str, own: str) -> bool:
    """Whether browsers look at all elements anew with each letter that is typed: they ask what a `:has()` may have
    changed, and find everything where it belongs to any element, or what stands behind it has no name."""
    *before, last = re.split(r"[\s>+~]+", own) if own else [""]
    is_of_any = any(one.startswith(":has") for one in [*before, last])
    is_behind = ":has" in around or any(":has" in one for one in before)
    return is_of_any or (is_behind and not re.search(r"[.#\[&]", last))


def test_what_stands_behind_has_is_named():
    assert looks_at_everything("", ":has > .notices") and looks_at_everything(".form:has", "> *")
    assert looks_at_everything("", ".push:has span") and not looks_at_everything("", ".push:has .icon")
    first = re.findall(r'@import "\./([^"]+)"', (STYLES / "app.css").read_text())
    found = [
        (name, around, own)
        for name in [*first, "touch.css"]
        for around, own in selectors((STYLES / name).read_text())
        if looks_at_everything(around, own)
    ]
    assert not found, found
