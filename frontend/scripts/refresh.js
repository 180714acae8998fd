// Parts of the page come anew from its own address, [data-refresh] by their id. What somebody is writing in or carrying
// stays and is looked at again later; scroll, focus and what is unfolded stay as they were.
import { $, $$, htmx } from "./core.js";

const LATER = 3000; // ms
const WRITING = "form[data-celledit], form.activity-form, dialog[data-clash], .htmx-request, .saving, [data-moving], .lifted, form .err";
const TEXTS = "textarea, form:has([name=was]) input:not([type=checkbox], [type=radio])";
const TYPED = "textarea, select, input:not([type=checkbox], [type=radio])";
const NAMED = ["data-entry", "data-need", "id"]; // how the element with the focus is found again

let asked = 0;
let later = null;

const isWrittenIn = (part) =>
  Boolean($(WRITING, part)) ||
  $$(TEXTS, part).some((text) => text.value !== text.defaultValue) ||
  (part.id !== "record-fields" && part.contains(document.activeElement) && document.activeElement.matches(TYPED));

function holderOf(element) {
  for (let at = element; at; at = at.parentElement) {
    const name = NAMED.find((one) => at.hasAttribute(one));
    if (name) return `[${name}="${CSS.escape(at.getAttribute(name))}"]`;
  }
  return "";
}

const canHold = "a[href], button, input, summary, [tabindex]";

function focusAgain(holder, index) {
  const found = $(holder);
  if (!found) return;
  const inside = [found, ...$$(canHold, found)].filter((one) => one.matches(canHold));
  (inside[index] ?? inside[0])?.focus({ preventScroll: true });
}

function put(part, fresh) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const holder = active && active !== part ? holderOf(active) : "";
  const held = holder ? $(holder, part) : null; // not the part itself: which of its many elements it was is a guess
  const index = held ? [held, ...$$(canHold, held)].filter((one) => one.matches(canHold)).indexOf(active) : -1;
  const opened = $$("details[open] > summary", part).map((summary) => summary.textContent);
  for (const summary of $$("details:not([open]) > summary", fresh)) {
    if (opened.includes(summary.textContent)) summary.parentElement.open = true;
  }
  for (const { name, value } of fresh.attributes) part.setAttribute(name, value);
  part.replaceChildren(...document.adoptNode(fresh).childNodes);
  htmx.process(part);
  if (held) focusAgain(holder, index);
}

/** Whether the page answered. */
export async function refresh() {
  const parts = $$("[data-refresh]");
  if (!parts.length) return true;
  const number = ++asked;
  const answer = await fetch(location.href, { headers: { "Rapport-Background": "1" } }).catch(() => null);
  if (answer?.status === 404 || answer?.status === 410) document.dispatchEvent(new CustomEvent("record-gone"));
  const text = answer?.ok ? await answer.text() : "";
  if (!text) return false;
  if (number !== asked) return true; // a newer question is on its way; an older answer must not come last
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh || !part.isConnected) continue;
    if (isWrittenIn(part)) later ??= setTimeout(() => ((later = null), refresh()), LATER);
    else put(part, fresh);
  }
  const title = page.querySelector("title");
  if (title) document.title = title.textContent;
  document.dispatchEvent(new CustomEvent("refreshed"));
  return true;
}
