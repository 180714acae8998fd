// What only the list of records has: its filter builder, its column chooser, the count that arrives later.
import { $, $$, make, makeIcon, on, words } from "./core.js";
import { carryRows } from "./order.js";

// ---------- filter builder

/** The summary of a list of ticks names what is ticked. */
function summarize(pick) {
  const line = $("summary > span", pick);
  const chosen = $$("input:checked", pick);
  const look = ({ hue }) => (hue ? `tag dot h-${hue}` : "tag");
  const tags = chosen
    .slice(0, 2)
    .map((box) => make("span", { className: look(box.dataset) }, box.closest("label").textContent.trim()));
  if (chosen.length > 2) tags.push(make("span", { className: "tag" }, `+${chosen.length - 2}`));
  line.replaceChildren(...(tags.length ? tags : [make("span", { className: "t3" }, $("summary", pick).dataset.none)]));
}

function pickRecord(box, { value, text }) {
  const place = box.closest("[data-pick-record]");
  const picked = place.previousElementSibling;
  const name = place.dataset.pickRecord;
  if (value && !$$(`input[name="${CSS.escape(name)}"]`, picked).some((other) => other.value === value)) {
    const remove = make("button", { type: "button", "aria-label": words("remove", { name: text }) }, makeIcon("x", "xs"));
    remove.dataset.unpick = "";
    picked.append(make("span", { className: "tag" }, text, make("input", { type: "hidden", name, value }), remove));
  }
  for (const field of $$("input", box)) field.value = "";
  place.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Something in it went away: what was built is another one, and not saved. */
function changed(builder) {
  for (const kind of ["input", "change"]) builder?.dispatchEvent(new Event(kind, { bubbles: true }));
}

function filterBuilder() {
  on("change", ".pick", (_event, pick) => summarize(pick));
  on("taken", "[data-pick-record]", (event) => pickRecord(event.target.closest("[data-combo]"), event.detail));
  on("click", "[data-unpick]", (_event, button) => {
    const builder = button.closest("[data-filter-form]") ?? button.form;
    button.closest(".tag").remove();
    changed(builder);
  });
  on("click", "[data-drop-line]", (_event, button) => {
    const builder = button.closest("[data-filter-form]");
    button.closest("[data-line]").remove();
    changed(builder);
  });
  // before htmx reads the address of the button; a line inside another begins with its number
  on("click", "[data-add-line]", (_event, button) => {
    const { addLine, about, new: form } = button.dataset;
    const builder = button.closest("[data-filter-form]");
    const taken = $$("[name=n]", builder).map(({ value }) => Number(value.split("-").pop()));
    const number = Math.max(builder.dataset.next, ...taken.map((one) => one + 1));
    builder.dataset.next = number + 1;
    const line = addLine ? `${addLine}-${number}` : String(number);
    button.setAttribute("hx-vals", JSON.stringify({ line, about, new: form }));
  }, true);
  document.addEventListener("click", (event) => {
    for (const open of $$(".pick[open]")) if (!open.contains(event.target)) open.open = false;
  });
  on("keydown", ".pick", (event, pick) => {
    if (event.key !== "Escape" || !pick.open) return;
    event.preventDefault();
    event.stopPropagation();
    pick.open = false;
    $("summary", pick).focus();
  }, true);
}

// ---------- column chooser

const COLUMN = "[data-columns-form] [data-column]:not([data-fixed])";

function columnChooser() {
  on("click", "[data-move]", (_event, button) => {
    const line = button.closest("[data-column]");
    const other = button.dataset.move === "-1" ? line.previousElementSibling : line.nextElementSibling;
    if (!other || other.dataset.fixed !== undefined) return;
    if (button.dataset.move === "-1") other.before(line);
    else other.after(line);
    button.focus();
  });
  on("change", "[data-column] [name=show]", (_event, box) => {
    if (box.checked && box.closest("[data-columns-rest]")) $("[data-columns]").append(box.closest("[data-column]"));
  });
  carryRows({
    grip: COLUMN,
    row: COLUMN,
    among: "[data-columns] [data-column]:not([data-fixed])",
    done(line) {
      if (line.closest("[data-columns]")) $("[name=show]", line).checked = true;
    },
  });
}

// ---------- the count

function counted() {
  const count = $("[data-figures] [data-count]");
  if (!count) return;
  const grid = $("[data-grid]");
  if (grid) grid.dataset.total = count.dataset.count;
  for (const place of $$("[data-list-count]")) place.textContent = count.dataset.countText;
  const all = $("[data-bulk-all]");
  if (all) all.textContent = words("selectAll", { count: count.dataset.countText });
}

/** A panel that has just been filled takes the cursor, and so does a line that was added to it. */
function filled({ detail: { ctx } }) {
  counted();
  // the text of what was built has come: what is kept of an unsaved form knows it, too
  if (ctx.target?.id === "filter-preview") ctx.target.closest("form[data-dirty]")?.dispatchEvent(new Event("input", { bubbles: true }));
  if (ctx.target?.matches?.("#filter-lines, .cond-lines")) $("select", ctx.target.lastElementChild)?.focus({ preventScroll: true });
  if (ctx.target?.matches?.(".list-panel")) {
    const open = $("details[open] input, .has-error input", ctx.target);
    (open ?? $("[autofocus], .val :is(input:not([type=hidden]), select, summary)", ctx.target))?.focus({ preventScroll: true });
  }
}

/** Why a record is in the list depends on the list: its address says which it is. */
function whyInThisList() {
  on("click", "[data-why]", (_event, link) => {
    const address = new URL(link.href, location.href);
    address.searchParams.set("list", location.search.slice(1));
    link.href = address;
  }, true);
}

export function start() {
  whyInThisList();
  filterBuilder();
  columnChooser();
  document.addEventListener("htmx:after:swap", filled);
  counted();
}
