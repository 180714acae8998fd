// Many controls behind one stop of Tab: [data-walk], toolbars and tabs. Left and right go through those that are shown,
// among links up and down do too (in a select they choose). Of rows, Tab goes through one, as in lists: up and down go to
// another, left and right stay in it. [data-walk=rows] holds rows itself, of [data-walk=lists] every list does; so does
// the board with its cards [data-walk=cards], whose own keys walk (board.js).
import { $$, key, on, words } from "./core.js";

const ROWS = "[data-walk=rows], [data-walk=cards], [data-walk=lists] :is(ul, ol, dl)";
const GROUPS = `[data-walk], ${ROWS}, [role=toolbar], [role=tablist]`;
const CONTROLS = "a[href], button, select, summary, input[type=checkbox], [data-card]";
const ROW = "li, tr, article, .f, .cd, .hd, .lane > header";
const WRITTEN = "input:not([type=hidden], [type=checkbox]), textarea, select";
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };

const taken = new WeakSet(); // those that Tab passes because of this file
const kept = new WeakMap(); // of each group, where Tab comes in
const hasRows = (group) => group.matches(ROWS);

/** Tab goes through a form in a row as through any other. */
const isWritten = (one, row) => {
  const form = one.closest("form");
  return form && row?.contains(form) && form.querySelector(WRITTEN);
};

function rowOf(group, one) {
  const row = one.closest(ROW);
  return row && group.contains(row) && !isWritten(one, row) ? row : null;
}

const controls = (group) =>
  $$(CONTROLS, group).filter(
    (one) =>
      !one.disabled &&
      one.checkVisibility() &&
      (one.tabIndex >= 0 || taken.has(one)) &&
      one.closest(GROUPS) === group &&
      (hasRows(group) ? rowOf(group, one) : !one.matches("summary")),
  );

const rowsOf = (group) => [...new Set(controls(group).map((one) => rowOf(group, one)))];

const isChosen = (one) => one.ariaSelected === "true" || one.hasAttribute("aria-current");

/** What Tab reached before; of a card that came anew, the new one. */
function before(group, all) {
  const one = kept.get(group);
  const card = one?.closest("[data-card]")?.dataset.card;
  return all.includes(one) ? one : all.find(({ dataset }) => dataset.card && dataset.card === card);
}

/** Tab reaches `here`, or what it reached before, or what is chosen, or the first one; of rows, all in that row. */
function rove(group, here) {
  if (group.dataset.walk === "lists") return;
  const all = controls(group);
  const first = () => all.find(isChosen) ?? all.find((one) => one.matches("[data-card]")) ?? all[0];
  const into = here ?? before(group, all) ?? first();
  kept.set(group, into);
  const row = hasRows(group) && into && rowOf(group, into);
  for (const one of all) {
    const isReached = row ? rowOf(group, one) === row : one === into;
    if (isReached) taken.delete(one);
    else taken.add(one);
    if (one.tabIndex !== (isReached ? 0 : -1)) one.tabIndex = isReached ? 0 : -1;
  }
}

const roveAll = () => $$(GROUPS).forEach((group) => rove(group));

/** The control of the next row that does the same. */
function below(group, here, step) {
  const rows = rowsOf(group);
  const row = rows[rows.indexOf(rowOf(group, here)) + step];
  const found = controls(group).filter((one) => rowOf(group, one) === row);
  return found.find((one) => one.className === here.className) ?? found[0];
}

function walk(event, group) {
  if (group.dataset.walk === "cards") return;
  const step = STEPS[event.key];
  const isUpDown = /Up|Down/.test(event.key);
  if (!step || (isUpDown && event.target.matches("select"))) return;
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  let all = controls(group);
  const here = all.find((one) => one === event.target || (hasRows(group) && rowOf(group, one) === event.target));
  if (!here) return;
  event.preventDefault();
  if (hasRows(group) && isUpDown) return void below(group, here, step)?.focus();
  if (hasRows(group)) all = all.filter((one) => rowOf(group, one) === rowOf(group, here));
  const at = all.indexOf(here);
  all[Math.max(0, Math.min(all.length - 1, at + step))].focus();
}

export function start() {
  roveAll();
  on("focusin", GROUPS, (event, group) => controls(group).includes(event.target) && rove(group, event.target));
  on("keydown", GROUPS, walk);
  // what is unfolded or comes anew
  document.addEventListener("toggle", roveAll, true);
  for (const moment of ["htmx:after:swap", "refreshed", "record-changed", "narrowed", "cards-changed"])
    document.addEventListener(moment, roveAll);
  const when = () => document.querySelector(GROUPS);
  for (const name of ["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"])
    key(name, words("anywhere"), words("walk"), () => false, { when });
}
