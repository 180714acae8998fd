// A filter that is typed: the server says what could come next; arrows choose, Tab or Enter takes it.
import { $, $$, on, part } from "./core.js";

const SIGN = "=";
let number = 0;

const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));

/** In the search of a list the sign comes first; a field for filters alone needs none. */
const needsSign = (input) => input.dataset.typed === "sign";
const isTyped = (input) => !needsSign(input) || input.value.trimStart().startsWith(SIGN);

function close(input) {
  const list = listOf(input);
  if (list?.matches(":popover-open")) list.hidePopover();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function place(input, list) {
  const field = input.closest(".qin")?.getBoundingClientRect() ?? input.getBoundingClientRect();
  const left = Math.max(8, Math.min(field.left, innerWidth - list.offsetWidth - 8));
  list.style.left = `${left}px`;
  list.style.top = `${field.bottom + 4}px`;
}

async function ask(input) {
  if (!isTyped(input)) return close(input);
  const list = listOf(input);
  const mine = ++number;
  const address = new URL(input.dataset.complete, location.href);
  // the sign counts as a space, so that places stay what they are
  address.searchParams.set("said", needsSign(input) ? input.value.replace(SIGN, " ") : input.value);
  address.searchParams.set("at", input.selectionStart);
  const found = await part(address);
  if (found === null || mine !== number || document.activeElement !== input) return;
  list.innerHTML = found; // markup of our own server
  $$("[role=option]", list).forEach((option, at) => (option.id = `${list.id}-${at}`));
  if (!list.matches(":popover-open")) list.showPopover();
  place(input, list);
  input.setAttribute("aria-expanded", "true");
  input.removeAttribute("aria-activedescendant");
}

function choose(input, step) {
  const options = $$("[role=option]", listOf(input));
  if (!options.length) return;
  const before = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const at = (before + step + options.length + (before < 0 && step < 0 ? 1 : 0)) % options.length;
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  input.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

/** Enter takes what is chosen; Tab also the first where its word has been begun, else it goes to the next field. */
function takes({ key, shiftKey }, input, list) {
  const chosen = $("[aria-selected=true]", list);
  if (key === "Enter" || (key === "Tab" && chosen)) return chosen && !shiftKey;
  const first = $("[role=option]", list);
  return key === "Tab" && !shiftKey && first && Number(first.dataset.start) < input.selectionStart;
}

function take(input, option) {
  const { insert, start } = option.dataset;
  const behind = input.value.slice(input.selectionStart).trimStart();
  const gap = insert.endsWith("(") || insert.endsWith(" ") ? "" : " ";
  const begin = input.value.slice(0, Number(start)) + insert + gap;
  input.value = begin + behind;
  input.setSelectionRange(begin.length, begin.length);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export function start() {
  let timer = 0;
  on("input", "[data-complete]", (_event, input) => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(input), 120);
  });
  on("click", "[data-complete]", (_event, input) => ask(input));
  on("focusout", "[data-complete]", (_event, input) => close(input));
  on("mousedown", "[data-insert]", (event) => event.preventDefault());
  on("click", "[data-insert]", (_event, option) => {
    const list = option.closest("[role=listbox]");
    take($(`[aria-controls="${CSS.escape(list.id)}"]`), option);
  });
  on(
    "keydown",
    "[data-complete]",
    (event, input) => {
      const list = listOf(input);
      const isOpen = list?.matches(":popover-open");
      const chosen = isOpen && $("[aria-selected=true]", list);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!isTyped(input)) return;
        event.preventDefault();
        if (isOpen) choose(input, event.key === "ArrowDown" ? 1 : -1);
        else ask(input);
      } else if (event.key === "Escape" && isOpen) {
        event.preventDefault();
        event.stopPropagation();
        close(input);
      } else if (isOpen && takes(event, input, list)) {
        event.preventDefault();
        take(input, chosen || $("[role=option]", list));
      }
    },
    true,
  );
}
