// The cursor is never lost: where the element that had it goes away (an answer was swapped in, a line was removed, a part
// of the page came anew), it goes to the same element of the new markup, to the first mistake in it, or to what is next.
import { $$ } from "./basics.js";

const HOLDERS =
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), select, textarea";
const TRAITS = ["id", "name", "href", "hx-get", "hx-post", "data-deed", "aria-label"];

let last = null;

const canHold = (element) => element.matches(HOLDERS) && !element.disabled && element.checkVisibility();
const holders = (root) => (root.matches?.(HOLDERS) ? [root, ...$$(HOLDERS, root)] : $$(HOLDERS, root)).filter(canHold);
const isAfter = (element, place) =>
  Boolean(place.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) || place.contains(element);

/** Is it the same thing, drawn anew? */
function isSame(one, other) {
  if (one.tagName !== other.tagName || one.type !== other.type) return false;
  const trait = TRAITS.find((name) => other.hasAttribute(name));
  if (!trait) return one.textContent.trim() !== "" && one.textContent === other.textContent;
  const isRadio = other.type === "radio" || other.type === "checkbox";
  return one.getAttribute(trait) === other.getAttribute(trait) && (!isRadio || one.value === other.value);
}

/** What takes the cursor instead of `gone`, which stood in `parent` before `next`. */
function heir(gone, parent, next, added) {
  const fresh = added.filter((node) => node.nodeType === 1 && node.isConnected).flatMap(holders);
  const found =
    fresh.find((one) => one.matches('[aria-invalid="true"]')) ??
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

export function keepCursor() {
  last = document.activeElement === document.body ? null : document.activeElement;
  document.addEventListener("focusin", ({ target }) => (last = target));
  // who clicks beside everything has let go of it himself: the element is still there
  document.addEventListener("focusout", ({ target }) =>
    setTimeout(() => {
      if (last === target && target.isConnected && document.activeElement !== target) last = null;
    }),
  );
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
