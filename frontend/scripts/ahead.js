// Who knows his way types on while what he asked for is still coming: a dialog, the editor of a cell, the form behind a
// tab, the form that is saved and comes back empty. Those keys are meant for that, and never for the page behind it, where
// one letter can win a deal, nor for the form that is about to go.
import { $ } from "./core.js";

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const TEXTS = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea";
const PRESSED = "a[href], button, summary, input";
const LONGEST = 5000; // ms: where nothing comes for so long, keys are the page's again
const PASSING = /^(Tab|Shift|Dead|Process|Unidentified)$/; // goes on, or is composed by the device
const OPENS = "[data-compose], [data-cell], [data-edit-url]"; // what they load has a field that takes the cursor

/** Keep the keys that are pressed from now on, in fields only in those of `part`; what comes back ends it and tells them. */
export function catchKeys(part = null) {
  const end = new AbortController();
  const keys = [];
  const hear = (event) => {
    const { key, code, shiftKey, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || PASSING.test(key)) return;
    if (target.closest?.(FIELDS) && !part?.contains(target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keys.push({ key, code, shiftKey, bubbles: true, cancelable: true });
  };
  addEventListener("keydown", hear, { capture: true, signal: end.signal });
  setTimeout(() => end.abort(), LONGEST);
  return () => {
    end.abort();
    return keys;
  };
}

/** Press them again, where the cursor is by now. */
export function pressAgain(keys) {
  for (const one of keys) {
    const element = document.activeElement;
    if (element.dispatchEvent(new KeyboardEvent("keydown", one))) act(element, one.key);
  }
}

/** What the browser would do by itself; as if typed: it can be undone. */
function act(element, key) {
  const isText = element.matches(TEXTS);
  if (isText && key.length === 1) document.execCommand("insertText", false, key);
  else if (isText && key === "Backspace") document.execCommand("delete");
  else if (element.matches("textarea") && key === "Enter") document.execCommand("insertLineBreak");
  else if (isText && key === "Enter") element.form?.requestSubmit();
  else if (element.matches(PRESSED) && /^(Enter| )$/.test(key)) element.click();
}

const waiting = new Map(); // context of a request -> ends the catching of keys

function begin({ detail: { ctx } }) {
  const { sourceElement: source, request, target } = ctx;
  const isOpening = request.method === "GET";
  const part = isOpening ? document : [target, source].find((one) => one?.contains?.(document.activeElement));
  if (isOpening ? source.matches?.(OPENS) : part) waiting.set(ctx, catchKeys(part));
}

function finish({ detail: { ctx } }) {
  const caught = waiting.get(ctx);
  waiting.delete(ctx);
  // whoever puts the cursor into what came does so at once, and cursor.js for the others a moment later
  if (caught) setTimeout(() => pressAgain(caught()), $(":focus") ? 0 : 50);
}

document.addEventListener("htmx:before:request", begin);
document.addEventListener("htmx:finally:request", finish);
