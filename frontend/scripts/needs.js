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
let place = -1;

function mark(line) {
  for (const one of $$(LINE)) one.classList.toggle("cur", one === line);
  last = nameOf(line) || last;
  place = lines().indexOf(line);
}

/** The lines came anew: what was chosen is so again; where the cursor went with its line, it is where that was. */
function again() {
  named(last)?.classList.add("cur");
  if (document.activeElement !== document.body || place < 0) return;
  const all = lines();
  linkOf(all[Math.min(place, all.length - 1)] ?? document.body)?.focus({ preventScroll: true });
}

function walk(step) {
  const from = chosen();
  const all = lines().filter((line) => linkOf(line) || line === from); // one that gets another time is passed by
  const here = all.indexOf(from);
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

const swap = (method, address, values = {}) =>
  void htmx.ajax(method, address, { target: "#day", swap: "outerHTML", values });

function toTomorrow() {
  const { later } = subject().dataset;
  if (!later) return false;
  swap("POST", later, { day: "tomorrow" });
}

export function start() {
  on("focusin", LINE, (_event, line) => mark(line));
  // who clicks beside everything has let go of it himself: the element is still there
  on("focusout", LINE, ({ target }) =>
    setTimeout(() => {
      if (target.isConnected && !document.activeElement?.closest(`${LINE}, dialog`)) place = -1;
    }),
  );
  for (const moment of ["refreshed", "htmx:after:swap"]) document.addEventListener(moment, again);
  on("keydown", "#day form.moving", (event) => event.key === "Escape" && swap("GET", location.href));
  const group = words("myDay");
  const when = () => lines().length > 0;
  key("j", group, words("nextLine"), () => walk(1), { when });
  key("k", group, words("previousLine"), () => walk(-1), { when });
  key("p", group, words("planLine"), () => deed("plan"), { when });
  key("d", group, words("doneLine"), () => deed("done"), { when });
  key("s", group, words("snoozeLine"), () => deed("snooze"), { when });
  key("m", group, words("tomorrowLine"), toTomorrow, { when });
}
