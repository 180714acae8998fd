// What needs the user, on My day: J and K walk through the lines, P plans, D is done, S snoozes.
import { $, $$, key, words } from "./core.js";

const lines = () => $$("[data-needs] .nd");
const chosen = () => $("[data-needs] .nd.cur") ?? lines().find((one) => one.contains(document.activeElement));
let last = "";

function walk(step) {
  const all = lines();
  if (!all.length) return;
  const here = all.indexOf(chosen());
  const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + step))];
  for (const one of all) one.classList.toggle("cur", one === next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  last = next.dataset.need;
}

function deed(name) {
  const line = chosen() ?? lines().find((one) => one.dataset.need === last) ?? lines()[0];
  $(`[data-deed="${name}"]`, line)?.click();
}

/** The line that was chosen is so again where the lines came anew. */
function mark() {
  lines().find((one) => one.dataset.need === last)?.classList.add("cur");
}

export function start() {
  document.addEventListener("refreshed", mark);
  const when = () => lines().length > 0;
  key("j", words("myDay"), words("nextLine"), () => walk(1), { when });
  key("k", words("myDay"), words("previousLine"), () => walk(-1), { when });
  key("p", words("myDay"), words("planLine"), () => deed("plan"), { when });
  key("d", words("myDay"), words("doneLine"), () => deed("done"), { when });
  key("s", words("myDay"), words("snoozeLine"), () => deed("snooze"), { when });
}
