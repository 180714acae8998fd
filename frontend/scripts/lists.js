// Lists: cursor, selection with its bulk bar, peek. Rows are <tr data-row>, the table is [data-grid]. Tab goes
// through the row of the cursor only: else nobody would come to what stands behind a list that grows while he walks.
import { $, $$, errorOf, goTo, htmx, key, notice, on, part, post, readNotices, root, speak, words } from "./core.js";
import { openDialog } from "./dialogs.js";

const grid = () => $("[data-grid]");
export const rows = () => $$("tbody:not(.folded) > [data-row]", grid() ?? document.createElement("i"));
export const current = () => $("[data-row][data-cursor]");
let anchor = null;
let everything = false;
let told = 0; // how many were selected when it was said last

// ---------- cursor

const HOLDERS = "a, button, input, select, summary";

function reach(row, canTab) {
  row.toggleAttribute("data-reached", canTab);
  for (const holder of $$(HOLDERS, row)) {
    if (!holder.closest("form") && holder.tabIndex !== (canTab ? 0 : -1)) holder.tabIndex = canTab ? 0 : -1;
  }
}

/** Tab reaches the row of the cursor, else the first one; keys reveal what is further down. */
function rove() {
  const all = rows();
  const here = all.includes(current()) ? current() : all[0];
  for (const row of all) if (row !== here) reach(row, false);
  if (here) reach(here, true);
  for (const link of $$(".more a, [data-more] a", grid())) link.tabIndex = -1;
}

export function setCursor(row, { focus = true } = {}) {
  if (!row) return;
  current()?.removeAttribute("data-cursor");
  row.setAttribute("data-cursor", "");
  if (grid()?.contains(row)) {
    for (const other of $$("[data-reached]", grid())) reach(other, false);
    reach(row, true);
  }
  row.scrollIntoView({ block: "nearest" });
  if (focus) ($("a[href]", row) ?? row).focus({ preventScroll: true });
  if ($("#peek")?.childElementCount) peek(row);
}

function step(distance, extend) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + distance))];
  if (extend) {
    anchor ??= current() ?? next;
    const [first, last] = [all.indexOf(anchor), all.indexOf(next)].sort((one, two) => one - two);
    all.forEach((row, position) => mark(row, position >= first && position <= last));
    changed();
  } else {
    anchor = null;
  }
  setCursor(next);
}

// ---------- selection

const boxOf = (row) => $("[data-select]", row);

export function mark(row, selected) {
  const box = boxOf(row);
  if (!box) return;
  box.checked = selected;
  if (selected) row.setAttribute("aria-selected", "true");
  else row.removeAttribute("aria-selected");
}

export const selected = () => rows().filter((row) => boxOf(row)?.checked);

export function changed() {
  const all = rows();
  const chosen = selected();
  if (chosen.length < all.length) everything = false;
  const bar = $("[data-bulk]");
  const count = everything ? Number(grid().dataset.total) : chosen.length;
  const head = $("[data-select-all]");
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  if (!bar) return;
  if (told && !count) delete root.dataset.picking; // with the last tick selecting by tapping ends
  const isPicking = root.hasAttribute("data-picking");
  const says = count && !isPicking ? "selectedTab" : "selected";
  if (bar.hidden ? count : count !== told) speak(words(says, { count }));
  told = count;
  bar.hidden = !count && !isPicking;
  $("[data-bulk-count]", bar).textContent = count.toLocaleString(document.documentElement.lang);
  const rest = $("[data-bulk-all]", bar);
  if (rest)
    rest.hidden = everything || Number(grid().dataset.total) <= chosen.length;
  addUp(everything ? [] : chosen);
  fitBar(bar);
}

/** What does not fit into the bar stands in its menu. */
async function fitBar(bar) {
  if (!bar.hidden) (await import("./bulk-bar.js")).fit(bar, told);
}

/** All that the filter finds, also what is further down. */
function selectEverything() {
  for (const row of rows()) mark(row, true);
  everything = Number(grid().dataset.total) > selected().length;
  changed();
}

let adding = null;

/** What the ticked rows add up to; asked when nothing more is ticked for a moment. */
function addUp(chosen) {
  const place = $("[data-bulk-sums]");
  if (!place) return;
  clearTimeout(adding);
  place.replaceChildren();
  if (chosen.length < 2) return;
  adding = setTimeout(async () => {
    const ids = chosen.map((row) => row.dataset.row).join(",");
    const address = `${place.dataset.bulkSums}&ids=${ids}`;
    place.innerHTML = (await part(address)) ?? ""; // our own server's markup
    fitBar(place.closest("[data-bulk]"));
  }, 200);
}

export function clearSelection() {
  const isInBar = $("[data-bulk]")?.contains(document.activeElement); // which goes
  delete root.dataset.picking;
  everything = false;
  for (const row of rows()) mark(row, false);
  anchor = null;
  changed();
  if (isInBar) setCursor(current() ?? rows()[0]);
}

export function toggle(row) {
  if (!row) return false;
  mark(row, !boxOf(row)?.checked);
  anchor = row;
  changed();
}

/** What a bulk deed is about: the ids, or all=1 with the filter of the list. */
function subject() {
  const filter = new URLSearchParams(everything ? location.search : "");
  if (everything) filter.set("all", "1");
  else
    filter.set(
      "ids",
      selected()
        .map((row) => row.dataset.row)
        .join(","),
    );
  return filter;
}

async function bulkPost(button) {
  try {
    const answer = await post(button.dataset.bulkPost, subject());
    if (!answer.ok) return notice(await errorOf(answer), { bad: true });
    if (answer.redirected) return location.assign(answer.url);
    if (answer.headers.has("HX-Redirect")) return goTo(answer.headers.get("HX-Redirect"));
    const told = readNotices(answer.headers);
    if (!told) return location.reload();
    for (const row of selected()) if (button.hasAttribute("data-bulk-removes")) row.remove();
    clearSelection();
    if (!button.hasAttribute("data-bulk-removes")) setTimeout(() => location.reload(), 1200);
  } catch {
    notice(words("offline"), { bad: true });
  }
}

// ---------- peek

let peeked = null;

export async function peek(row) {
  const pane = $("#peek");
  if (!row?.dataset.peek || !pane) return false;
  peeked = row;
  const shown = await part(row.dataset.peek);
  if (peeked !== row) return; // by now another one is looked at, or none
  if (shown === null) return notice(words("notLoaded"), { bad: true });
  pane.innerHTML = shown; // our own server's markup; scripts in it would not run
  pane.hidden = false;
  showPlace(row, pane);
  htmx.process(pane);
}

/** Where in the list the record stands, and buttons to its neighbors: not on boards and calendars. */
function showPlace(row, pane) {
  const steps = $("[data-peek-steps]", pane);
  if (!steps || !grid()?.contains(row)) return;
  steps.hidden = false;
  const total = Number(grid().dataset.total);
  const format = new Intl.NumberFormat(document.documentElement.lang || "en");
  const place = $("[data-peek-place]", pane);
  const said = [rows().indexOf(row) + 1, total].map((one) => format.format(one));
  if (total) place.textContent = place.dataset.peekPlace.replace(/{(\d)}/g, (_all, at) => said[at]);
}

export function closePeek() {
  const pane = $("#peek");
  peeked = null;
  if (!pane?.childElementCount) return false;
  pane.replaceChildren();
  pane.hidden = true;
  setCursor(current());
  return true;
}

// ---------- wiring

function moveInGrid(event, distance) {
  const cell = event.target.closest?.("[data-cell], [data-row] td");
  const row = current();
  if (!row) return false;
  const cells = $$("td[tabindex]", row);
  if (!cells.length) return false;
  const at = cells.indexOf(cell);
  cells[
    Math.max(0, Math.min(cells.length - 1, at < 0 ? (distance > 0 ? 0 : cells.length - 1) : at + distance))
  ]?.focus();
}

function startKeys() {
  const group = words("lists");
  const when = () => Boolean(grid());
  key("j", group, words("downUp"), () => step(1), { when });
  key("ArrowDown", group, "", () => step(1), { when });
  key("k", group, words("downUp"), () => step(-1), { when });
  key("ArrowUp", group, "", () => step(-1), { when });
  key("Shift+j", group, words("range"), () => step(1, true), { when });
  key("Shift+k", group, words("range"), () => step(-1, true), { when });
  key("ArrowLeft", group, words("cells"), (event) => moveInGrid(event, -1), { when });
  key("ArrowRight", group, words("cells"), (event) => moveInGrid(event, 1), { when });
  key("x", group, words("select"), () => toggle(current()), { when });
  key(
    " ",
    group,
    words("peek"),
    (event) =>
      event.target.closest?.("button, summary, a.btn, input") ? false : (peek(current()), undefined),
    { when },
  );
  key(
    "Enter",
    group,
    words("open"),
    (event) => {
      if (event.target.closest?.("a, button, summary, input") || !current()?.dataset.href) return false;
      location.assign(current().dataset.href);
    },
    { when },
  );
  key("Escape", group, "", () => closePeek() || ($("[data-bulk]")?.hidden === false ? clearSelection() : false), {
    when,
  });
}

export function start() {
  startKeys();
  on("change", "[data-select]", (_event, box) => (mark(box.closest("[data-row]"), box.checked), changed()));
  on(
    "change",
    "[data-select-all]",
    (_event, box) => (rows().forEach((row) => mark(row, box.checked)), changed()),
  );
  on("click", "[data-select]", (event, box) => {
    if (!event.shiftKey || !anchor) return void (anchor = box.closest("[data-row]"));
    const all = rows();
    const [first, last] = [all.indexOf(anchor), all.indexOf(box.closest("[data-row]"))].sort(
      (one, two) => one - two,
    );
    for (const row of all.slice(first, last + 1)) mark(row, box.checked);
    changed();
  });
  on("click", "[data-bulk-clear]", clearSelection);
  on("click", "[data-bulk-all]", selectEverything);
  on("click", "[data-pick]", () => import("./picking.js").then(({ begin }) => begin()));
  on("click", "[data-bulk-url]", (_event, button) => openDialog(`${button.dataset.bulkUrl}?${subject()}`));
  on("click", "[data-bulk-post]", (_event, button) => bulkPost(button));
  on(
    "click",
    "[data-peek-open]",
    (_event, button) => (setCursor(button.closest("[data-row]"), { focus: false }), peek(current())),
  );
  on("click", "[data-fold]", (_event, button) => {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    button.closest("[data-group]").classList.toggle("folded", isOpen);
  });
  on("click", "[data-peek-step]", (_event, button) => step(Number(button.dataset.peekStep), false));
  on("click", "[data-peek-close]", closePeek);
  on("click", "[data-row]", (event, row) => {
    if (!event.target.closest("a, button, input, label, select, form")) setCursor(row, { focus: false });
  });
  on("focusin", "[data-row]", (_event, row) => {
    if (row !== current() && grid()?.contains(row)) setCursor(row, { focus: false });
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!grid()) return;
    if (everything) for (const row of rows()) mark(row, true);
    changed();
  });
  changed0();
  if (!grid()) return;
  const here = document.activeElement.closest("[data-row]");
  if (here) setCursor(here, { focus: false }); // it came back before this file
  rove();
  new MutationObserver(rove).observe(grid(), { childList: true, subtree: true });
  if (matchMedia("(any-pointer: coarse)").matches) return import("./picking.js").then(({ listen }) => listen());
}

/** The browser may restore ticks after Back. */
function changed0() {
  if (!grid()) return;
  for (const row of rows()) if (boxOf(row)?.checked) mark(row, true);
  changed();
}
