// Who knows his way types on while what he asked for is still coming. Letters are kept for a dialog, the editor of a cell
// and the form behind a tab, and never act on the page behind, where one of them can win a deal. What is typed into a form
// while it is saved goes on in the form that comes instead of it.
import { $, $$ } from "./core.js";

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const TEXTS = "input:is([type=text], [type=search], [type=email], [type=tel], [type=url], :not([type])), textarea";
const LONGEST = 5000; // ms: where nothing comes for so long, keys are the page's again
const OPENS = "[data-compose], [data-cell], [data-edit-url]"; // what they load has a field that takes the cursor
const OPENED = "[data-composer], form[data-celledit]";

/**
 * Keep the letters that are typed from now on, those for fields of the page (not of dialogs) only `inFields`.
 *
 * What comes back ends it and tells them: a string, or null when Escape was pressed. Behind Enter or Tab nothing is kept:
 * for which field it is meant cannot be known.
 */
export function catchKeys(inFields = false) {
  const end = new AbortController();
  let typed = "";
  let isOver = false;
  const hear = (event) => {
    const { key, target } = event;
    const isLetter = key.length === 1 && (event.getModifierState("AltGraph") || (event.ctrlKey && event.altKey));
    if (!isLetter && (event.ctrlKey || event.metaKey || event.altKey || event.isComposing)) return;
    if (key.length > 1 && !/^(Enter|Tab|Backspace|Escape)$/.test(key)) return;
    if (target.closest?.(FIELDS) && (!inFields || target.closest("dialog"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    if (key === "Escape") ((typed = null), end.abort());
    else if (key === "Enter" || key === "Tab") isOver = true;
    else if (!isOver) typed = key === "Backspace" ? typed.slice(0, -1) : typed + key;
  };
  addEventListener("keydown", hear, { capture: true, signal: end.signal });
  const late = setTimeout(() => ((typed = typed && ""), end.abort()), LONGEST);
  return () => {
    clearTimeout(late);
    end.abort();
    return typed;
  };
}

/** Type it into the field, as if it was typed now: it can be undone. */
export function typeInto(field, typed) {
  if (typed && field?.matches(TEXTS) && field === document.activeElement) document.execCommand("insertText", false, typed);
}

// ---------- what opens a form in the page

const opening = new Map(); // context of the request -> ends the catching

function begin({ detail: { ctx } }) {
  const source = ctx.sourceElement;
  if (ctx.request.method === "GET" && source.matches?.(OPENS)) opening.set(ctx, catchKeys(true));
  if (ctx.sourceEvent?.type === "submit" && source.matches?.("form")) {
    sent.set(ctx, new Map($$(TEXTS, source).map((field) => [field, field.value])));
  }
}

function finish({ detail: { ctx } }) {
  const caught = opening.get(ctx);
  opening.delete(ctx);
  if (!caught) return;
  // whoever puts the cursor into what came does so at once
  setTimeout(() => {
    const [typed, field] = [caught(), document.activeElement];
    if (ctx.status === "swapped" && field.closest(OPENED)) typeInto(field, typed);
  });
}

// ---------- what is saved

const sent = new Map(); // context of the request -> its fields and what they said
const typedOn = new Map(); // context of the request -> what was typed since

/** What is in a field beyond what was sent of it. */
const beyond = (was, is) => (is.startsWith(was) ? is.slice(was.length) : is);

function leave({ detail: { ctx } }) {
  const fields = [...(sent.get(ctx) ?? [])].filter(([field, was]) => field.isConnected && field.value !== was);
  const action = ctx.sourceElement.getAttribute("hx-post");
  if (fields.length && action) typedOn.set(ctx, fields.map(([{ name, value }, was]) => ({ name, value, was, action })));
}

function come({ detail: { ctx } }) {
  for (const { name, value, was, action } of typedOn.get(ctx) ?? []) {
    const forms = $$("form[hx-post]").filter((form) => form.getAttribute("hx-post") === action);
    const fields = forms.flatMap((form) => $$(TEXTS, form));
    const field = fields.find((one) => one.name === name && [was, ""].includes(one.value));
    if (field) field.value = field.value ? value : beyond(was, value).trimStart();
  }
}

/** The field was sent and stays for the next one: what was typed meanwhile stays in it. */
export function emptied(field) {
  const was = [...sent.values()].map((fields) => fields.get(field)).find((one) => one !== undefined);
  field.value = was === undefined ? "" : beyond(was, field.value).trimStart();
}

document.addEventListener("htmx:before:request", begin);
document.addEventListener("htmx:before:swap", leave);
document.addEventListener("htmx:after:swap", come);
document.addEventListener("htmx:finally:request", finish);
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => [sent, typedOn].forEach((all) => all.delete(ctx)));
