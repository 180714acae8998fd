// The calendar: entries are carried to another day by mouse or finger, or moved with keys; a "no" from the server puts them back.
import { carry } from "./carry.js";
import { $, $$, errorOf, key, notice, on, post, readNotices, speak, words } from "./core.js";
import { closePeek, peek } from "./lists.js";

const grid = () => $("[data-calendar]");
const days = () => $$("[data-day]", grid());
const dayOf = (entry) => entry.closest("[data-day]");
const entriesOf = (day) => $$("[data-entry]", day);
const focused = () => document.activeElement?.closest?.("[data-entry]");
const linkOf = (entry) => $("a[href]", entry);

async function move(entry, day, { quiet = false } = {}) {
  const from = dayOf(entry);
  if (from === day || !entry.dataset.moveUrl) return;
  const next = entry.nextElementSibling;
  const list = $("ol", day);
  const put = (onto, before) => {
    const had = entry.contains(document.activeElement);
    onto.insertBefore(entry, before);
    if (had) linkOf(entry).focus({ preventScroll: true });
    for (const one of [from, day]) one.classList.toggle("none", !entriesOf(one).length);
  };
  const goBack = () => put($("ol", from), next);
  put(list, null);
  entry.classList.add("saving");
  try {
    const version = Number(entry.dataset.version ?? 0);
    const answer = await post(entry.dataset.moveUrl, { day: day.dataset.day, version });
    if (!answer.ok) {
      goBack();
      notice(await errorOf(answer), { bad: true });
    } else {
      readNotices(answer.headers);
      const told = await answer.json().catch(() => ({}));
      if (told.version !== undefined) entry.dataset.version = told.version;
      if (quiet) speak(words("undone"));
      else {
        const undo = () => move(entry, from, { quiet: true });
        notice(words("movedToDay", { day: day.dataset.name }), { undo });
      }
    }
  } catch {
    goBack();
    notice(words("offline"), { bad: true });
  }
  entry.classList.remove("saving");
}

function startCarrying() {
  carry({
    find: ({ target }) => target.closest("[data-calendar] [data-entry][data-move-url]"),
    places: "[data-calendar] [data-day]",
    over: (day) => day.classList.add("over"),
    leave: (day) => day.classList.remove("over"),
    drop: (entry, day) => day && move(entry, day),
  });
}

function walk(sideways, along) {
  if (!grid()) return false;
  const entry = focused();
  if (!entry) return void linkOf($("[data-day].now [data-entry], [data-entry]", grid()) ?? grid())?.focus();
  const all = days();
  if (along) {
    const entries = $$("[data-entry]", grid());
    const next = entries[entries.indexOf(entry) + along];
    return void (next && linkOf(next).focus());
  }
  for (let at = all.indexOf(dayOf(entry)) + sideways; all[at]; at += sideways) {
    const entries = entriesOf(all[at]);
    if (entries.length) return void linkOf(entries[0]).focus();
  }
}

function shift(count) {
  const entry = focused();
  const all = entry ? days() : [];
  const day = entry && all[all.indexOf(dayOf(entry)) + count];
  if (!day || !entry.dataset.moveUrl) return false;
  move(entry, day);
  day.scrollIntoView({ block: "nearest" });
  speak(words("movedToDay", { day: day.dataset.name }));
}

export function start() {
  if (!grid()) return;
  startCarrying();
  // on a phone the days stand below each other: begin with today
  const today = matchMedia("(max-width: 760px)").matches && $(".cd.now", grid());
  if (today) grid().scrollTop += today.getBoundingClientRect().top - grid().getBoundingClientRect().top;
  const group = words("calendars");
  key("h", group, words("days"), () => walk(-1, 0));
  key("l", group, words("days"), () => walk(1, 0));
  key("j", group, words("downUp"), () => walk(0, 1));
  key("k", group, words("downUp"), () => walk(0, -1));
  key("Shift+h", group, words("moveEntry"), () => shift(-1));
  key("Shift+l", group, words("moveEntry"), () => shift(1));
  key("Shift+k", group, words("moveEntry"), () => shift(-7));
  key("Shift+j", group, words("moveEntry"), () => shift(7));
  key(" ", group, words("peek"), () => (focused() ? void peek(focused()) : false));
  key("Escape", group, "", () => closePeek());
  on("click", "[data-peek-close]", closePeek);
  on("click", "[data-entry] a[href]", (event, link) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    if (matchMedia("(max-width: 760px)").matches || link.matches(".btn")) return;
    event.preventDefault();
    peek(link.closest("[data-entry]"));
  });
}
