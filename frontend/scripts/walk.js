// Many controls behind one stop of Tab: [data-walk]. Left and right go through those that are shown, among links up and
// down do too (in a select they choose).
import { $$, key, on, words } from "./core.js";

const CONTROLS = "a[href], button, select, input[type=checkbox]";
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };

const controls = (group) => $$(CONTROLS, group).filter((one) => !one.disabled && one.checkVisibility());

/** Tab reaches `here`, or what it reached before, or the first one. */
function rove(group, here) {
  const all = controls(group);
  const kept = here ?? all.find((one) => one.tabIndex === 0 && group.dataset.walk === "on") ?? all[0];
  group.dataset.walk = "on";
  for (const one of $$(CONTROLS, group)) one.tabIndex = one === kept ? 0 : -1;
}

const roveAll = () => $$("[data-walk]").forEach((group) => rove(group));

function walk(event, group) {
  const step = STEPS[event.key];
  const choosing = event.target.matches("select") && /Up|Down/.test(event.key);
  if (!step || choosing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const all = controls(group);
  const at = all.indexOf(event.target);
  if (at < 0) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, at + step))].focus();
}

export function start() {
  roveAll();
  on("focusin", "[data-walk]", (event, group) => event.target.matches(CONTROLS) && rove(group, event.target));
  on("keydown", "[data-walk]", walk);
  // what is unfolded or comes anew
  document.addEventListener("toggle", roveAll, true);
  document.addEventListener("htmx:after:swap", roveAll);
  const when = () => document.querySelector("[data-walk]");
  for (const name of ["ArrowLeft", "ArrowRight"]) key(name, words("anywhere"), words("walk"), () => false, { when });
}
