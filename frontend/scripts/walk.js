// Many controls behind one stop of Tab: [data-walk], toolbars and tabs. Left and right go through those that are shown,
// among links up and down do too (in a select they choose). Of rows, Tab goes through one, as in lists: up and down go to
// another, left and right stay in it. [data-walk=rows] holds rows itself, of [data-walk=lists] every list does.
import { $$, key, on, words } from "./core.js";

const ROWS = "[data-walk=rows], [data-walk=lists] :is(ul, ol, dl)";
const GROUPS = `[data-walk], ${ROWS}, [role=toolbar], [role=tablist]`;
const CONTROLS = "a[href], button, select, summary, input[type=checkbox]";
const ROW = "li, tr, article, .f, .cd, .hd";
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

/** Tab reaches `here`, or what it reached before, or what is chosen, or the first one; of rows, all in that row. */
function rove(group, here) {
  if (group.dataset.walk === "lists") return;
  const all = controls(group);
  const before = kept.get(group);
  const into = here ?? (all.includes(before) ? before : (all.find(isChosen) ?? all[0]));
  kept.set(group, into);
  const row = hasRows(group) && into && rowOf(group, into);
  for (const one of all) {
    const isReached = row ? rowOf(group, one) === row : one === into;
    if (isReached) taken.delete(one);
    else taken.add(one);
    one.tabIndex = isReached ? 0 : -1;
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
  for (const moment of ["htmx:after:swap", "refreshed", "record-changed", "narrowed"])
    document.addEventListener(moment, roveAll);
  const when = () => document.querySelector(GROUPS);
  for (const name of ["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"])
    key(name, words("anywhere"), words("walk"), () => false, { when });
}
