// My day: J and K walk through its lines, what needs the user and what is due. P plans, D is done, S snoozes or gives
// another time, M moves to tomorrow.
import { $, $$, htmx, key, on, words } from "./core.js";

const LINE = "#day .nd, #day .tasks li";
const lines = () => $$(LINE).filter((line) => line.checkVisibility());
const linkOf = (line) => $(".tx a", line);
const nameOf = (line) => line.dataset.need ?? line.id;
const named = (name) => lines().find((line) => nameOf(line) === name);
const chosen = () => document.activeElement?.closest(LINE) ?? $("#day .cur");
let last = "";

function mark(line) {
  for (const one of $$(LINE)) one.classList.toggle("cur", one === line);
  last = nameOf(line);
}

function walk(step) {
  const all = lines();
  const here = all.indexOf(chosen());
  const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + step))];
  linkOf(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const subject = () => chosen() ?? named(last) ?? lines()[0];

function deed(name) {
  const button = $(`[data-deed="${name}"]`, subject());
  if (!button) return false;
  button.click();
}

async function toTomorrow() {
  const line = subject();
  const all = lines();
  const at = all.indexOf(line);
  const next = nameOf(all[at + 1] ?? all[at - 1] ?? line);
  const values = { day: $("#day").dataset.tomorrow };
  await htmx.ajax("POST", line.dataset.later, { target: "#day", swap: "outerHTML", values });
  linkOf(named(next))?.focus();
}

export function start() {
  on("focusin", LINE, (_event, line) => mark(line));
  // the line that was chosen is so again where the lines came anew
  for (const moment of ["refreshed", "htmx:after:swap"])
    document.addEventListener(moment, () => named(last)?.classList.add("cur"));
  const group = words("myDay");
  const when = () => lines().length > 0;
  key("j", group, words("nextLine"), () => walk(1), { when });
  key("k", group, words("previousLine"), () => walk(-1), { when });
  key("p", group, words("planLine"), () => deed("plan"), { when });
  key("d", group, words("doneLine"), () => deed("done"), { when });
  key("s", group, words("snoozeLine"), () => deed("snooze"), { when });
  key("m", group, words("tomorrowLine"), () => (subject().dataset.later ? void toTomorrow() : false), { when });
}
