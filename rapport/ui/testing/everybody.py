"""Whether everybody can use a page: what axe finds, and what it does not look for; one load serves many windows."""

from playwright.sync_api import Page

from rapport.ui.testing.browser import axe

# WCAG 2.2: everything is there in a window of 320 pixels (1.4.10) and at 200 % of 1440 by 900.
WINDOWS = [("a window at 200 %", 720, 450), ("a window of 320 pixels", 320, 640)]

# Nothing is wider than the window. A phone zooms into a field whose letters are smaller than 16 pixels, and leaves the
# rest of the page outside. A contrast theme takes backgrounds and shadows away, so that controls need a border.
SEEN = """
() => {
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const told = (what) => (one) => `${what}: ${one.outerHTML.slice(0, 120)}`;
  const style = (one) => getComputedStyle(one);
  const boxes = document.querySelectorAll("html, #main"); // what is wider than the latter is cut off
  const over = Math.max(...[...boxes].map((one) => one.scrollWidth - one.clientWidth));
  const found = over > 0 ? [`${over} pixels too wide`] : [];
  const layer = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const levels = shown("h1, h2, h3, h4, h5").filter((one) => layer.contains(one));
  if (levels[0]?.matches(":not(h1)")) found.push(told("not under the heading of the page")(levels[0]));
  found.push(...levels.filter((one, at) => at && one.tagName > `H${Number(levels[at - 1].tagName[1]) + 1}`)
    .map(told("a level is left out before it")));
  if (matchMedia("(pointer: coarse)").matches)
    found.push(...shown("input:not([type=checkbox], [type=radio], [type=file]), select, textarea")
      .filter((one) => parseFloat(style(one).fontSize) < 16).map(told("a phone zooms into it")));
  if (matchMedia("(forced-colors: active)").matches)
    found.push(...shown(".btn:not(.ghost), .in:not(.bare), .ck, .sw, .tag, .pop, .dlg, .toast")
      .filter((one) => !parseFloat(style(one).borderTopWidth)).map(told("not seen in a contrast theme")));
  return found;
}
"""


def faults(page: Page) -> list[str]:
    """Return everything that keeps somebody from using the page as it stands, one line each."""
    found = axe(page)
    size = page.viewport_size
    assert size
    for name, width, height in [("its own window", size["width"], size["height"]), *WINDOWS]:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{one} in {name}" for one in page.evaluate(SEEN)]
    page.set_viewport_size(size)
    page.emulate_media(forced_colors="active")
    found += page.evaluate(SEEN)
    page.emulate_media(forced_colors="none")
    return found


def faults_of_main(page: Page) -> list[str]:
    """The same for the main part of a page, in the window and the colors that it has now; contrast is not looked at."""
    return axe(page, "#main", without=["color-contrast"]) + list(page.evaluate(SEEN))


# Another page without loading one: the frame and axe stay, its own part comes from its own address, with its styles.
SHOW = """
async (path) => {
  const leave = new AbortController();
  const answer = await fetch(path, { headers: { Accept: "text/html" }, redirect: "manual", signal: leave.signal });
  const isPage = answer.ok && (answer.headers.get("Content-Type") ?? "").startsWith("text/html");
  const page = isPage ? new DOMParser().parseFromString(await answer.text(), "text/html") : leave.abort();
  const fresh = page?.querySelector("main#main");
  if (!fresh) return false;
  const seen = (window.seen ??= {});
  const text = (fresh.querySelector(".setc") ?? fresh).outerHTML.replace(/(csrfmiddlewaretoken" value=")[^"]*/g, "$1");
  if (seen[path] === text) return false;
  seen[path] = text;
  const here = [...document.styleSheets].map((one) => one.href);
  for (const sheet of page.querySelectorAll("link[rel=stylesheet]")) {
    if (here.includes(sheet.href)) continue;
    const loaded = new Promise((resolve) => (sheet.onload = resolve));
    document.head.append(document.adoptNode(sheet));
    await loaded;
  }
  document.querySelector("main#main").replaceWith(document.adoptNode(fresh));
  return true;
}
"""


def show(page: Page, path: str) -> bool:
    """Put the main part of that page into the one that is open.

    False where the address answers no page of ours, or the same that it answered before.
    """
    shown: bool = page.evaluate(SHOW, path)
    return shown
