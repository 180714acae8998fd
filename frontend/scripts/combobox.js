// A field that links to a record: text to find it, a hidden field for its id, options from the server.
import Combobox from "@github/combobox-nav";
import { $, $$, on, part } from "./core.js";

const navigators = new WeakMap();
const asked = new WeakMap();

function parts(box) {
  return {
    input: $("[role=combobox]", box),
    hidden: $("input[type=hidden]", box),
    list: $("[role=listbox]", box),
  };
}

const isOpen = (list) => list.matches(":popover-open");

function place(input, list) {
  const field = input.getBoundingClientRect();
  list.style.width = `${field.width}px`;
  list.style.left = `${Math.max(8, Math.min(field.left, innerWidth - list.offsetWidth - 8))}px`;
  const below = field.bottom + 4;
  const fits = below + list.offsetHeight < innerHeight || field.top < list.offsetHeight;
  list.style.top = `${fits ? below : field.top - list.offsetHeight - 4}px`;
}

function navigator(box) {
  if (!navigators.has(box)) {
    const { input, list } = parts(box);
    navigators.set(
      box,
      new Combobox(input, list, { firstOptionSelectionMode: "selected", tabInsertsSuggestions: false }),
    );
  }
  return navigators.get(box);
}

function close(box) {
  const { list, input } = parts(box);
  if (!isOpen(list)) return;
  navigator(box).stop();
  list.hidePopover();
  input.setAttribute("aria-expanded", "false");
}

async function find(box) {
  const { input, list } = parts(box);
  const number = (asked.get(box) ?? 0) + 1;
  asked.set(box, number);
  const address = new URL(box.dataset.combo, location.href);
  address.searchParams.set("q", input.value.trim());
  const found = await part(address);
  if (found === null || asked.get(box) !== number || document.activeElement !== input) return;
  navigator(box).stop();
  list.innerHTML = found; // markup of our own server
  $$("[role=option]", list).forEach((option, position) => (option.id = `${list.id}-${position}`));
  if (!isOpen(list)) list.showPopover();
  place(input, list);
  navigator(box).start();
}

function take(box, option) {
  const { input, hidden } = parts(box);
  const { value = "", text, createText } = option.dataset;
  input.value = text ?? createText ?? "";
  input.dataset.taken = input.value;
  hidden.value = createText === undefined ? value : "";
  if (createText !== undefined) hidden.dataset.create = createText;
  input.setCustomValidity("");
  close(box);
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
  box.dispatchEvent(
    new CustomEvent("taken", { bubbles: true, detail: { value, text: input.value, create: createText } }),
  );
}

export function start() {
  document.addEventListener(
    "scroll",
    (event) => {
      const open = $("[data-combo] :popover-open");
      if (open && !open.contains(event.target)) place(parts(open.closest("[data-combo]")).input, open);
    },
    { capture: true, passive: true },
  );
  let timer = 0;
  on("input", "[data-combo] [role=combobox]", (_event, input) => {
    const box = input.closest("[data-combo]");
    clearTimeout(timer);
    timer = setTimeout(() => find(box), 120);
  });
  on("focusin", "[data-combo] [role=combobox]", (_event, input) => {
    input.dataset.taken ??= input.value;
    input.select();
  });
  on("click", "[data-combo] [role=combobox]", (_event, input) => find(input.closest("[data-combo]")));
  on(
    "keydown",
    "[data-combo] [role=combobox]",
    (event, input) => {
      const box = input.closest("[data-combo]");
      const { list } = parts(box);
      if (event.key === "ArrowDown" && !isOpen(list)) (event.preventDefault(), find(box));
      if (event.key === "Escape" && isOpen(list)) {
        event.preventDefault();
        event.stopPropagation();
        close(box);
      }
      // Enter takes the option; it must not send the form as well
      if (event.key === "Enter" && isOpen(list)) event.preventDefault();
    },
    true,
  );
  on("combobox-commit", "[data-combo]", (event, box) => take(box, event.target.closest("[role=option]")));
  on("focusout", "[data-combo]", (event, box) => {
    if (box.contains(event.relatedTarget)) return;
    const { input, hidden } = parts(box);
    close(box);
    if (input.value.trim() === "") {
      if (hidden.value) ((hidden.value = ""), hidden.dispatchEvent(new Event("change", { bubbles: true })));
      input.dataset.taken = "";
    } else if (input.value !== input.dataset.taken) {
      input.value = input.dataset.taken ?? ""; // free text links to nothing
    }
  });
  on("mousedown", "[data-combo] [role=option]", (event) => event.preventDefault());
}
