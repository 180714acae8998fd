// Editing in place: a cell of a list or a line of a field list. Enter saves, Tab saves and goes on, Esc cancels.
import { $, $$, htmx, key, on, words } from "./core.js";
import { current, selected } from "./lists.js";

const before = new Map(); // address of the editor -> what stood there
const seen = new WeakSet(); // forms whose field had the cursor once
let goOn = null;

/** Load the editor of a cell or field line; the old content comes back with Esc. */
export function edit(place) {
  const url = place?.dataset.cell ?? place?.dataset.editUrl;
  if (!url || $("form[data-celledit]", place)) return false;
  before.set(url, place.cloneNode(true));
  htmx.ajax("GET", url, { target: place, swap: "outerHTML", source: place });
}

const openForm = () => $$("form[data-celledit]").at(-1);

function cancel(form) {
  const place = form.closest("[data-cell], [data-edit-url]");
  const old = before.get(place?.dataset.cell ?? place?.dataset.editUrl);
  if (!old) return;
  place.replaceWith(old);
  htmx.process(old);
  const target = old.matches("[tabindex]") ? old : $("button, a", old);
  target?.focus();
}

function nextPlace(form, back) {
  const place = form.closest("[data-cell], [data-edit-url]");
  if (!place) return null;
  const all = $$("[data-cell], .f[data-edit-url]", place.closest("[data-grid], .flist") ?? document);
  const target = all[all.indexOf(place) + (back ? -1 : 1)];
  return target?.dataset.cell ?? target?.dataset.editUrl ?? null;
}

/** While rows are ticked E is for all of them (bulk-bar.js). */
const isForMany = () => selected().length && $('[data-bulk-url][data-key="e"]');

export function start() {
  on("dblclick", "[data-cell]", (_event, cell) => edit(cell));
  on("dblclick", ".f[data-edit-url]", (_event, line) => edit(line));
  on(
    "click",
    "[data-edit-url] .ed",
    (event, button) => {
      event.preventDefault();
      event.stopPropagation();
      edit(button.closest("[data-edit-url]"));
    },
    true,
  );
  key(
    "e",
    words("lists"),
    words("editCell"),
    (event) => {
      const place =
        event.target.closest?.("[data-cell], [data-edit-url]") ??
        $("[data-cell]", current() ?? document.createElement("i"));
      return edit(place ?? $(".f[data-edit-url]:hover"));
    },
    { when: () => $("[data-cell], [data-edit-url]") && !isForMany() },
  );
  on("keydown", "form[data-celledit]", (event, form) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      cancel(form);
    } else if (event.key === "Enter" && !event.shiftKey && !event.target.matches("textarea, button")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      form.requestSubmit();
    } else if (event.key === "Tab" && isAtEdge(event, form)) {
      event.preventDefault();
      goOn = nextPlace(form, event.shiftKey);
      form.requestSubmit();
    }
  });
  on("click", "[data-cancel]", (event, button) => {
    const form = button.closest("form[data-celledit]");
    if (form) (event.preventDefault(), cancel(form));
  });
  document.addEventListener("htmx:after:swap", settle);
}

function isAtEdge(event, form) {
  const fields = $$("input:not([type=hidden]), select, textarea, button", form).filter((field) =>
    field.checkVisibility(),
  );
  return event.target === (event.shiftKey ? fields[0] : fields.at(-1)) || fields.length < 2;
}

/** After an answer: the cursor goes into the editor, or on to the next place. */
function settle() {
  const form = openForm();
  if (form && !seen.has(form)) {
    seen.add(form);
    const field = $("[autofocus], input:not([type=hidden]), select, textarea", form);
    field?.focus();
    if (field?.type === "text") field.select();
  }
  if (goOn && !form) {
    const url = goOn;
    goOn = null;
    edit($(`[data-cell="${CSS.escape(url)}"], [data-edit-url="${CSS.escape(url)}"]`));
  } else if (form) {
    goOn = null;
  }
}
