// The cursor is never lost: where the element that had it goes away (an answer was swapped in, a line was removed, a part
// of the page came anew), it goes to the same element of the new markup, to the first mistake in it, or to what is next.
// Where a deed of somebody who works with keys brings the same page again, it is where it was.
import { $, $$, speak } from "./core.js";

const HOLDERS =
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1']), [data-card]";
const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), select, textarea";
const TRAITS = ["id", "name", "href", "hx-get", "hx-post", "data-deed", "aria-label"];
const WRITTEN = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea"; // takes single keys
const AGAIN = "cursor-again";

let said = ""; // what [data-say] told last
let last = null;
let outside = null; // the last one that was in no dialog: what opened the dialog that is open
let hasKeys = false; // the last thing that was used was the keyboard

const canHold = (element) => element.matches(HOLDERS) && !element.disabled && element.checkVisibility();
const holders = (root) => (root.matches?.(HOLDERS) ? [root, ...$$(HOLDERS, root)] : $$(HOLDERS, root)).filter(canHold);
const isAfter = (element, place) =>
  Boolean(place.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) || place.contains(element);

/** Is it the same thing, drawn anew? */
function isSame(one, other) {
  if (one.tagName !== other.tagName || one.type !== other.type) return false;
  const trait = TRAITS.find((name) => other.hasAttribute(name));
  if (!trait) return one.textContent.trim() !== "" && one.textContent === other.textContent;
  const isOneOfMany = /^(radio|checkbox|submit)$/.test(other.type);
  return one.getAttribute(trait) === other.getAttribute(trait) && (!isOneOfMany || one.value === other.value);
}

/** What takes the cursor instead of `gone`, which stood in `parent` before `next`. */
function heir(gone, parent, next, added) {
  const fresh = added.filter((node) => node.nodeType === 1 && node.isConnected).flatMap(holders);
  const found =
    fresh.find((one) => one.matches('[aria-invalid="true"]')) ??
    fresh.find((one) => one.closest("[data-cursor-here]")) ??
    fresh.find((one) => isSame(one, gone)) ??
    fresh.find((one) => !one.matches(TYPED));
  if (found) return found;
  for (let place = next, home = parent; home; place = home.nextSibling, home = home.parentElement) {
    if (!home.isConnected) continue;
    // a field would bring up the keyboard of a phone, where somebody has only ticked something off
    const all = holders(home).filter((one) => gone.matches(TYPED) || !one.matches(TYPED));
    const later = place?.isConnected ? all.find((one) => isAfter(one, place)) : null;
    if (later ?? all.at(-1)) return later ?? all.at(-1);
    if (home.matches("dialog, main")) return home;
  }
  return null;
}

function look(records) {
  if (!last || last.isConnected) return;
  const record = records.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(last)));
  if (!record) return;
  const gone = last;
  last = null;
  const added = records.filter(({ target }) => target === record.target).flatMap(({ addedNodes }) => [...addedNodes]);
  // whoever removed it may put the cursor somewhere himself
  setTimeout(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    heir(gone, record.target, record.nextSibling, added)?.focus({ preventScroll: true });
  }, 30);
}

/** What matters in an answer is told to who does not see it: [data-say], once. */
function sayNew() {
  const text = $$("[data-say]").map((one) => one.textContent.trim().replace(/\s+/g, " ")).join(" ");
  if (text && text !== said) speak(text);
  said = text;
}

const inPage = () => holders($("#main") ?? document.body);
const reached = () => inPage().filter((one) => one.tabIndex >= 0);

/** The page goes: where the cursor was, for the same page; of what stood in a dialog or a menu, what opened that. */
function keepForNext() {
  if (!hasKeys || !last) return;
  const held = last.closest("dialog") ? outside : last;
  const menu = held?.closest("[popover]");
  const opener = menu && `[popovertarget="${CSS.escape(menu.id)}"]`;
  const holder = held?.closest("[data-bulk]") ? $("[data-cursor] a") : opener ? $(opener) : held;
  const all = reached();
  const place = all.indexOf(holder);
  if (place < 0 || holder.matches(WRITTEN)) return;
  const twins = inPage().filter((one) => isSame(one, holder));
  const hasTrait = TRAITS.some((name) => holder.hasAttribute(name));
  // What scrolls holds half the page, and has a name; how something lies is no sign of it, and is not read again.
  const html = holder.cloneNode(!hasTrait).outerHTML.replace(/ style="[^"]*"/g, "");
  const rows = $$("[data-row]");
  const at = rows.indexOf(holder.closest("[data-row]"));
  // where the row goes with what was done, so do the ticked ones above it
  const row = at < 0 ? at : rows.slice(0, at).filter((one) => !one.matches("[aria-selected]")).length;
  const kept = { path: location.pathname, html, place, row, twin: twins.indexOf(holder) };
  sessionStorage.setItem(AGAIN, JSON.stringify(kept));
}

/** The page came: a mistake in it first, then the same element as before, else what stands at its place now. */
function takeFromBefore() {
  const kept = JSON.parse(sessionStorage.getItem(AGAIN) ?? "null");
  sessionStorage.removeItem(AGAIN);
  const all = reached();
  const wrong = all.find((one) => one.matches('[aria-invalid="true"]'));
  if (wrong && document.activeElement.matches("body, [autofocus]")) return void wrong.focus();
  if (kept?.path !== location.pathname || location.hash || document.activeElement !== document.body) return;
  const before = new DOMParser().parseFromString(kept.html, "text/html").body.firstElementChild;
  const twins = before ? inPage().filter((one) => isSame(one, before)) : [];
  const rows = kept.row < 0 ? [] : $$("[data-row]");
  const inRow = $("a[href]", rows[Math.min(kept.row, rows.length - 1)] ?? document.createElement("i"));
  const found = twins[kept.twin] ?? twins.at(-1) ?? inRow ?? all[Math.min(kept.place, all.length - 1)];
  if (found && !found.matches(WRITTEN)) found.focus();
}

export function keepCursor() {
  last = document.activeElement === document.body ? null : document.activeElement;
  document.addEventListener("focusin", ({ target }) => {
    last = target;
    if (!target.closest("dialog")) outside = target;
  });
  // who clicks beside everything has let go of it himself: the element is still there
  document.addEventListener("focusout", ({ target }) =>
    setTimeout(() => {
      if (last === target && target.isConnected && document.activeElement !== target) last = null;
    }),
  );
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  for (const answer of ["htmx:after:swap", "dialog-filled"]) document.addEventListener(answer, sayNew);
  addEventListener("keydown", () => (hasKeys = true), true);
  addEventListener("pointerdown", () => (hasKeys = false), true);
  addEventListener("submit", ({ submitter }) => submitter?.checkVisibility() && (last = submitter), true);
  addEventListener("pagehide", keepForNext);
  takeFromBefore();
}
