// A field that narrows a list under it: <input data-narrow> in a menu, a form or anything marked data-narrowed.
import { $, $$, on } from "./core.js";

const LINES = ".checks label, [data-column], .nav, .mi:not([data-column], [data-stays])";

function narrow(field) {
  const wanted = field.value.trim().toLocaleLowerCase();
  const from = field.closest(".picks, form, [data-narrowed]");
  for (const line of $$(LINES, from)) line.hidden = !line.textContent.toLocaleLowerCase().includes(wanted);
  for (const group of $$(".grp", from)) group.hidden = !$$(LINES, group).some((line) => !line.hidden);
  let isShown = false; // from below: a heading stays while something below it does
  for (const line of $$("[data-columns-rest] > *", from).reverse()) {
    if (line.matches(".mh")) {
      line.hidden = !isShown;
      isShown = false;
    } else isShown ||= !line.hidden;
  }
  document.dispatchEvent(new Event("narrowed"));
}

/** Enter goes to the first link that is left; in a form it does nothing, the form has its own button. */
function enter(event, field) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  $$("a[href]", field.closest("[data-narrowed]") ?? document.createElement("i")).find((link) => !link.hidden)?.click();
}

export function start() {
  on("input", "[data-narrow]", (_event, field) => narrow(field));
  on("keydown", "[data-narrow]", enter);
  $("[data-narrowed] [aria-current]")?.scrollIntoView({ block: "nearest" });
}
