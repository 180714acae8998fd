// What was typed into a form when the session ended: kept in this tab, brought back to the same user, never to another.
import { $, $$, make, makeIcon, on, root, words } from "./basics.js";
import { addTag } from "./forms.js";

const FORMS = "form[data-guard], form[data-keep]";
const LONGEST = 24 * 3600 * 1000;
const ALWAYS = ["version", "was"]; // what the form knew of the record, so that a change in the meantime is a clash
let isStarted = false;
const first = new WeakMap(); // what each form said when it came

const me = () => root.dataset.me ?? "";
const nameOf = (form) => `${location.pathname} ${form.getAttribute("action")} ${form.dataset.keep ?? ""}`;
const forms = () => $$(FORMS).filter((form) => !form.matches("[data-autosubmit]"));
const read = () => ({ me: me(), forms: {}, ...JSON.parse(sessionStorage.typed ?? "{}") });

function write(state) {
  if (!Object.keys(state.forms).length) return sessionStorage.removeItem("typed");
  try {
    sessionStorage.typed = JSON.stringify(state);
  } catch {
    sessionStorage.removeItem("typed"); // too much to be kept
  }
}

const LEFT_OUT = "input[type=password], [data-filter-form] [name]:not([name=typed])";

/** {name: values} of what a form would send, without files, passwords and tokens; of a filter its text says it all. */
function said(form) {
  const secret = new Set(["csrfmiddlewaretoken", ...$$(LEFT_OUT, form).map((one) => one.name)]);
  const found = {};
  for (const [name, value] of new FormData(form))
    if (typeof value === "string" && !secret.has(name)) (found[name] ??= []).push(value);
  return found;
}

function keep(form) {
  if (!me() || !first.has(form)) return;
  const [before, now, state] = [first.get(form), said(form), read()];
  const there = new Set(forms().map(nameOf));
  for (const [name, one] of Object.entries(state.forms))
    if (!one.away && !there.has(name)) delete state.forms[name]; // sent or closed
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]),
  );
  const texts = $$("[data-combo]", form).map((box) => [
    $("input[type=hidden]", box)?.name,
    $("[role=combobox]", box)?.value ?? "",
  ]);
  const values = [...changed, ...ALWAYS.filter((name) => now[name])].map((name) => [name, now[name] ?? []]);
  if (changed.length)
    state.forms[nameOf(form)] = {
      said: Object.fromEntries(values),
      texts: Object.fromEntries(texts),
      at: Date.now(),
    };
  else delete state.forms[nameOf(form)];
  write({ ...state, me: me() });
}

function forget(form) {
  const state = read();
  delete state.forms[nameOf(form)];
  first.set(form, said(form));
  write(state);
}

function fill(control, values, at, text) {
  if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
  else if (control.type === "select-multiple")
    for (const option of control.options) option.selected = values.includes(option.value);
  else if (!["file", "password", "submit", "button"].includes(control.type)) control.value = values[at] ?? "";
  const input = control.type === "hidden" && $("[role=combobox]", control.closest("[data-combo]") ?? control);
  if (input) input.value = input.dataset.taken = text ?? "";
}

/** Bring back what was typed; rows that were added come first. */
function restore(form, kept) {
  const all = Object.entries(kept.said);
  for (const [name, [count]] of all) {
    const rows = $(`[data-row-count][name="${CSS.escape(name)}"]`, form);
    for (let number = Number(rows?.value ?? count); number < Number(count); number += 1)
      $("[data-add-row]", rows.parentElement)?.click();
  }
  for (const [name, values] of all) {
    const tags = $(`[data-tags="${CSS.escape(name)}"]`, form);
    if (tags) {
      for (const tag of $$(".tag", tags)) tag.remove();
      for (const value of values) addTag(tags, value);
      continue;
    }
    const controls = [...form.elements].filter((one) => one.name === name);
    for (const [at, control] of controls.entries()) fill(control, values, at, kept.texts[name]);
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  const told = make("div", { className: "note", role: "status" });
  told.append(makeIcon("info"), make("div", { className: "grow" }, words("typedIsBack")));
  ($(".recform", form) ?? form).prepend(told);
}

/** A page has come, or a part of one: bring back what belongs to its forms, drop what is of no use any more. */
export function look() {
  const isNew = !isStarted;
  if (isNew) start();
  for (const form of forms()) if (!first.has(form)) first.set(form, said(form));
  if (!sessionStorage.typed) return;
  const state = read();
  if (!me()) {
    for (const one of Object.values(state.forms)) one.away = true; // the sign-in
    return write(state);
  }
  if (state.me !== me()) return sessionStorage.removeItem("typed");
  const back = [];
  const [page] = performance.getEntriesByType("navigation");
  const refused = page?.responseStatus >= 400; // the page shows again what was typed
  for (const [name, one] of Object.entries(state.forms)) {
    const form = forms().find((candidate) => nameOf(candidate) === name);
    if (one.at < Date.now() - LONGEST || (isNew && !one.away && !(refused && form))) delete state.forms[name];
    else if (one.away && form) {
      delete state.forms[name];
      back.push([form, one]);
    } else if (one.away && isNew && name.startsWith(`${location.pathname} `))
      $(`[data-compose="${CSS.escape(name.split(" ").at(-1))}"]`)?.click(); // it comes with its tab
  }
  write(state);
  for (const [form, one] of back) restore(form, one);
}

function start() {
  isStarted = true;
  const listen = (type, selector, handler) => on(type, selector, handler, true);
  for (const type of ["input", "change"]) on(type, FORMS, (_event, form) => setTimeout(() => keep(form)));
  listen("focusin", FORMS, (_event, form) => first.has(form) || first.set(form, said(form)));
  on("click", "[data-tags] .tag button, [data-remove-row], [data-add-row]", ({ target }) => {
    const form = target.closest(FORMS);
    if (form) setTimeout(() => keep(form));
  });
  listen("submit", "#sign-out", () => sessionStorage.removeItem("typed"));
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    const goTo = ctx.response.headers.get("HX-Redirect");
    if (/[?&]next=/.test(goTo)) root.dataset.leaving = ""; // to the sign-in: nobody is asked whether to leave
    const isDone = ctx.response.status < 400 && !goTo;
    if (isDone && form?.matches?.(FORMS)) forget(form);
  });
}
