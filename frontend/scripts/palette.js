// The command palette: the server finds records, the page knows the commands; ">" shows commands only.
import { $, $$, make, makeIcon, nextDensity, part, showKeys, toggleTheme, words } from "./core.js";
import { openDialog } from "./dialogs.js";

const BETWEEN = 60; // ms from one question to the next
const acts = { theme: toggleTheme, density: nextDensity, keys: showKeys, narrow };
const glances = new Map(); // what stands beside the hits: a promise of each record's lines, by address
let commands = [];
let asked = 0;
let earliest = 0; // when the next letter may ask: the first one does at once, who types fast asks less often
let timer = 0;
let glanceTimer = 0;
let shown = ""; // what the list answers
let awaited = null; // Enter was pressed before the list answered what is typed

const palette = () => $("#palette");
const listOf = () => $("#palette-list");
const options = () => $$('[role="option"]', listOf());

function choose(option) {
  for (const other of options()) {
    other.setAttribute("aria-selected", String(other === option));
    other.classList.toggle("cur", other === option);
  }
  const input = $("input", palette());
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
  clearTimeout(glanceTimer);
  if (option?.dataset.glance) glanceTimer = setTimeout(() => glanceAt(option), 70);
}

/** The record of that option beside the list; it stays while the cursor is on commands. */
async function glanceAt(option) {
  const url = option.dataset.glance;
  if (!glances.has(url)) glances.set(url, part(url));
  const text = await glances.get(url);
  if (!text) glances.delete(url);
  if (!text || !option.isConnected || !option.classList.contains("cur")) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  $("#palette-glance").replaceChildren(...document.adoptNode(page.body).childNodes);
  document.dispatchEvent(new Event("dialog-filled"));
}

/** What was typed becomes the search of the list behind the palette. */
function narrow() {
  const field = $("[data-search]");
  field.value = $("input", palette()).value.trim();
  field.form.requestSubmit();
}

function row(command) {
  const item = make(
    "li",
    { className: "mi", role: "option" },
    makeIcon(command.icon),
    make("span", { className: "grow cut" }, command.label),
  );
  item.setAttribute("role", "option");
  for (const cap of (command.keys ?? "").split(" ").filter(Boolean)) item.append(make("kbd", {}, cap));
  if (command.href) item.dataset.href = command.href;
  if (command.dialog) item.dataset.inDialog = "";
  if (command.act) item.dataset.run = command.act;
  return item;
}

function commandRows(text) {
  const wanted = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, group }) =>
    wanted.every((word) => `${group} ${label}`.toLocaleLowerCase().includes(word));
  const rows = [];
  let group = "";
  for (const command of commands.filter((one) => fits(one) && (wanted.length || !one.asked))) {
    if (command.group !== group) {
      group = command.group;
      const head = make("li", { className: "mh" }, group);
      head.setAttribute("role", "presentation");
      rows.push(head);
    }
    rows.push(row(command));
  }
  return rows;
}

/** Ask for what was typed, and show it. */
export async function find(typed) {
  const text = typed.trim();
  const number = ++asked;
  const began = performance.now();
  earliest = began + BETWEEN;
  const onlyCommands = text.startsWith(">");
  const url = palette().dataset.url;
  let found = [];
  let said = "nothing";
  if (text && !onlyCommands && url) {
    const answer = await part(`${url}?q=${encodeURIComponent(text)}`);
    if (number !== asked) return; // a newer question is on its way
    if (answer === null) said = "notLoaded";
    const page = new DOMParser().parseFromString(answer ?? "", "text/html");
    found = [...document.adoptNode(page.body).childNodes];
  }
  const own = commandRows(onlyCommands ? text.slice(1) : text);
  if (text && !onlyCommands && $("[data-search]")?.form) {
    const filter = { icon: "list-filter", label: words("filterBy", { text }), act: "narrow" };
    own.unshift(row(filter));
  }
  listOf().replaceChildren(...found, ...(onlyCommands || own.length < 12 || !text ? own : own.slice(0, 12)));
  const hasRecords = Boolean($("[data-glance]", listOf()));
  palette().classList.toggle("has-glance", hasRecords);
  if (!hasRecords) $("#palette-glance").replaceChildren();
  $("[data-took]", palette()).textContent = text && !onlyCommands ? `${Math.round(performance.now() - began)} ms` : "";
  if (!options().length || said !== "nothing") {
    const nothing = make("li", { className: "mh" }, words(said));
    nothing.setAttribute("role", "presentation");
    listOf().append(nothing);
  }
  options().forEach((option, position) => (option.id = `palette-${position}`));
  choose(options()[0]);
  shown = text;
  if (awaited && said === "nothing") take(options()[0], awaited);
}

/** Go there; not before the list answers what is typed. */
function take(option, event) {
  const text = $("input", palette()).value.trim();
  awaited = text === shown ? null : event;
  if (!awaited) go(option, event.metaKey || event.ctrlKey);
}

function go(option, newTab) {
  if (!option) return;
  const { href, run, inDialog } = option.dataset;
  if (newTab && href) return void window.open(href, "_blank", "noopener");
  palette().close();
  if (run) acts[run]?.();
  else if (inDialog !== undefined) openDialog(href);
  else if (href) location.assign(href);
}

function onKey(event) {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    awaited = null;
    choose(all[(at + step + all.length) % all.length]);
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    take(all[at], event);
  }
}

const dialog = palette();
if (dialog) {
  commands = JSON.parse($("#commands")?.textContent ?? "[]");
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    const option = event.target.closest('[role="option"]');
    if (option) go(option, event.metaKey || event.ctrlKey);
  });
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", () => (awaited = null));
  $("input", dialog).addEventListener("input", ({ target }) => {
    awaited = null;
    clearTimeout(timer);
    timer = setTimeout(() => find(target.value), Math.max(0, earliest - performance.now()));
  });
}
