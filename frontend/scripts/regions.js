// F6 goes to the next part of the page, Shift+F6 to the one before, also out of a field: the frame, the page, and what it
// says are its parts. A part is where Tab would come into it.
import { $, $$, key, words } from "./core.js";

const PARTS = ["nav", "aside", "section", "form", "[role=region]", "[role=search]", "[data-grid]"]
  .map((one) => `${one}:is([aria-label], [aria-labelledby]):not(.crumbs)`)
  .concat("main")
  .join();
const HOLDERS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

const canHold = (one) => one.matches(HOLDERS) && one.tabIndex >= 0 && !one.disabled && one.checkVisibility();
const holder = (part) => [part, ...$$(HOLDERS, part)].find(canHold);

/** Where F6 stops: not twice at the same control. */
function stops() {
  const parts = $$(PARTS).filter((one) => one.checkVisibility());
  return [...new Set(parts.map(holder).filter(Boolean))];
}

function jump(event) {
  if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey || $("dialog[open]")) return;
  const all = stops();
  if (!all.length) return;
  event.preventDefault();
  const here = document.activeElement;
  const isBefore = (one) => one === here || one.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING;
  const at = here === document.body ? -1 : all.findLastIndex(isBefore);
  const next = event.shiftKey ? (at < 0 ? all.length - 1 : at - 1) : at + 1;
  all.at(next % all.length).focus();
}

addEventListener("keydown", jump);
for (const name of ["F6", "Shift+F6"]) key(name, words("anywhere"), words("parts"), () => false);
