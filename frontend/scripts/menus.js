// Menus (popovers) beside their button, and what opens or closes dialogs; the dialogs themselves load when needed.
import { $, $$, on, openLater } from "./basics.js";

const dialogs = () => import("./dialogs.js");

const anchored = CSS.supports("position-area: block-end");

function walkMenu(event, menu) {
  const items = $$(".mi:not([disabled])", menu).filter((item) => item.checkVisibility());
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined || !items.length || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  items.at(next % items.length).focus();
}

export function start() {
  on("click", "[data-dialog]", (event, element) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    element.closest("[popover]")?.hidePopover();
    openLater(element.dataset.url ?? element.getAttribute("href"));
  });
  on("click", "[data-close]", (_event, element) => {
    element.closest("dialog")?.close();
    element.closest("[popover]")?.hidePopover();
  });
  document.addEventListener("close-dialog", () => $$("dialog[open]").at(-1)?.close());
  document.addEventListener("toggle", opened, true);
  on("keydown", "[data-menu]", walkMenu);
  on("click", "[data-menu] .mi", (_event, item) => {
    if (!item.matches("[popovertarget], [data-keep-open]")) item.closest("[popover]").hidePopover();
  });
  document.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (!ctx.confirm) return;
    event.preventDefault();
    const source = ctx.sourceElement;
    dialogs()
      .then(({ ask }) =>
        ask(
          ctx.confirm,
          source.dataset?.confirmVerb ?? source.textContent.trim(),
          source.matches(".danger, .bad"),
        ),
      )
      .then((yes) => (yes ? issueRequest() : dropRequest()));
  });
}

function opened(event) {
  const menu = event.target;
  if (!menu.matches?.("[data-menu]")) return;
  for (const button of $$(`[popovertarget="${CSS.escape(menu.id)}"]`)) {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
  }
  if (event.newState !== "open") return;
  if (!anchored) import("./unanchored.js").then(({ place }) => place(menu));
  $("[autofocus], .mi, input, select", menu)?.focus({ preventScroll: true });
}
