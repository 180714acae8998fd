// One registry of keys. A key acts only when no field has the cursor; the sheet behind "?" lists what this page knows.
import { $, $$, on, root, words } from "./basics.js";
import { undoLast } from "./notices.js";
import { toggleTheme } from "./preferences.js";

export const known = new Map();
let going = 0;

/** Register a key: "j", "Shift+j", "Mod+k". run(event) may return false to say that it did not act. */
export function key(name, group, label, run, { when = () => true } = {}) {
  known.set(name, [...(known.get(name) ?? []), { group, label, run, when }]);
}

const isField = (element) =>
  element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

function nameOf(event) {
  const mod = event.metaKey || event.ctrlKey ? "Mod+" : "";
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = /^[a-z]$/.test(letter);
  return mod + (event.shiftKey && (isLetter || letter.length > 1) ? "Shift+" : "") + letter;
}

function run(event, name) {
  for (const entry of [...(known.get(name) ?? [])].reverse()) {
    if (entry.when() && entry.run(event) !== false) {
      event.preventDefault();
      return true;
    }
  }
  return declared(name, event);
}

/** Elements that say data-key="n" are clicked; fields get the cursor. */
function declared(name, event) {
  const layer = $$("dialog[open]").at(-1) ?? document;
  // what is inert stands in a form that is on its way
  const element = $$("[data-key]:not([inert] *)", layer).find(
    (candidate) => candidate.dataset.key.toLowerCase() === name.toLowerCase() && candidate.checkVisibility(),
  );
  if (!element) return false;
  event.preventDefault();
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const name = nameOf(event);
  const single = !name.startsWith("Mod+");
  if (single && (isField(event.target) || "opening" in root.dataset)) return;
  if (single && $("dialog[open]") && name !== "?") return void declared(name, event);
  if (single && root.dataset.singleKeys === "off" && event.key.length === 1 && event.key !== " ") return;
  if (name === "Mod+z" && isField(event.target)) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const link = $(`[data-go="${CSS.escape(name)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
      return;
    }
  }
  if (name === "g") {
    going = Date.now();
    return;
  }
  run(event, name);
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export const showKeys = () => import("./keysheet.js").then((sheet) => sheet.show());

export function start() {
  document.addEventListener("keydown", onKey);
  on("click", '[data-act="keys"]', showKeys);
  const everywhere = words("anywhere");
  key("?", everywhere, words("allKeys"), showKeys);
  key("Shift+d", everywhere, words("theme"), toggleTheme);
  key("Mod+z", everywhere, words("undoLast"), undoLast);
  key("/", everywhere, words("searchList"), () => {
    const field = $$("[data-search]").findLast((one) => one.checkVisibility()); // the page's before its frame's
    if (!field) return false;
    field.focus();
    field.select?.();
  });
  key("c", everywhere, words("create"), () => {
    const wanted = $("main")?.dataset.creates ?? $("[data-creates]")?.dataset.creates;
    const link = wanted && $(`[data-create="${CSS.escape(wanted)}"]`);
    const menu = $("#create-menu");
    if (link) link.click();
    else if (menu) menu.showPopover({ source: $('[popovertarget="create-menu"]') });
    else return false;
  });
  key(
    "f",
    words("lists"),
    words("filter"),
    () => {
      const button = $("[data-filter]");
      if (!button) return false;
      button.click();
    },
    { when: () => $("[data-filter]") },
  );
  if (!isMac) return;
  const caps = [document, $("#notice-template")?.content].flatMap((place) => (place ? $$("[data-mod-key]", place) : []));
  for (const cap of caps) cap.textContent = `⌘${cap.dataset.modKey}`;
}
