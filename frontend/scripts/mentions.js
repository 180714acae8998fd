// Naming a colleague while typing: "@" and the first letters open a list of those who see the record.
import { $, $$, on, part, words } from "./core.js";

let list = null; // the open list
let field = null; // the text in which it was opened
let number = 0;

const box = () => {
  list ??= Object.assign(document.createElement("ul"), { id: "mention-list", className: "pop mentions", popover: "manual" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words("colleagues"));
  if (!list.isConnected) document.body.append(list);
  return list;
};

/** The letters behind the last @ before the cursor; null when nobody is being named. */
function typed(text) {
  const before = text.value.slice(0, text.selectionStart);
  const found = /(?:^|[\s(])@([^\s@][^@\n]{0,40}|)$/u.exec(before);
  return found && found[1].split(" ").length <= 3 ? found[1] : null;
}

function close() {
  number += 1;
  if (list?.matches(":popover-open")) list.hidePopover();
  field?.removeAttribute("aria-activedescendant");
  field = null;
}

async function look(text) {
  const letters = typed(text);
  if (letters === null) return close();
  const mine = ++number;
  const address = new URL(text.dataset.mentions, location.href);
  address.searchParams.set("q", letters);
  const found = await part(address);
  if (found === null || mine !== number || document.activeElement !== text) return;
  box().innerHTML = found; // markup of our own server
  if (letters.includes(" ") && !$("[data-value], [data-blind]", list)) return close(); // the name is written, the sentence goes on
  field = text;
  for (const [at, option] of $$("[role=option]", list).entries()) option.id = `mention-${at}`;
  text.setAttribute("aria-controls", list.id);
  const dialog = text.closest("dialog");
  if (dialog && list.parentElement !== dialog) dialog.append(list);
  if (!list.matches(":popover-open")) list.showPopover();
  const place = text.getBoundingClientRect();
  list.style.left = `${Math.min(place.left + 8, innerWidth - list.offsetWidth - 8)}px`;
  const below = place.bottom + 4 + list.offsetHeight < innerHeight;
  list.style.top = `${below ? place.bottom + 4 : Math.max(8, place.top - list.offsetHeight - 4)}px`;
  choose($("[data-value]", list));
}

function choose(option) {
  if (!option) return;
  for (const other of $$("[role=option]", list)) other.setAttribute("aria-selected", String(other === option));
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(option) {
  if (!option?.dataset.value) return;
  const text = field;
  const end = text.selectionStart;
  const start = text.value.lastIndexOf("@", end - 1);
  text.setRangeText(`@${option.dataset.name} `, start, end, "end");
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "mention", value: option.dataset.value });
  text.form?.append(hidden);
  close();
  text.focus();
}

export function start() {
  on("input", "[data-mentions]", (_event, text) => void look(text));
  on("click", "[data-mentions]", (_event, text) => void look(text));
  on("focusout", "[data-mentions]", () => setTimeout(() => list?.contains(document.activeElement) || close(), 150));
  on("mousedown", "#mention-list", (event) => event.preventDefault());
  on("click", "#mention-list [data-value]", (_event, option) => take(option));
  const keys = (event) => {
    if (!field || !list?.matches(":popover-open") || event.target !== field) return;
    const options = $$("[data-value]", list);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(options[(at + step + options.length) % options.length]);
    else if (["Enter", "Tab"].includes(event.key) && at >= 0 && !event.ctrlKey && !event.metaKey) take(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", keys, true);
}
