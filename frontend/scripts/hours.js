// A week or a day by hours: entries side by side, dragged to another hour or made longer, planned on free slots; by
// pointer, finger and keys. The server decides; after every move the page's entries come anew from it.
import { carry } from "./carry.js";
import { $, $$, errorOf, key, make, notice, on, post, readNotices, speak, words } from "./core.js";
import { openDialog } from "./dialogs.js";
import { closePeek, peek } from "./lists.js";
import { refresh } from "./refresh.js";

const STEP = 15;
const DAY = 24 * 60;
const LEAST = 24; // minutes that an entry takes on the page at least, so that its title can be read
const FIRST = 7 * 60;

const grid = () => $("[data-hours]");
const columns = () => $$("[data-hourday]", grid());
const pieces = (place = grid()) => $$("[data-entry]", place);
const focused = () => document.activeElement?.closest?.("[data-hours] [data-entry]");
const linkOf = (entry) => $("a[href]", entry);
const perMinute = () => columns()[0].clientHeight / DAY;
const snap = (minutes) => Math.round(minutes / STEP) * STEP;
const within = (value, least, most) => Math.min(Math.max(value, least), most);
const clock = (minutes) =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const startOf = (entry) => Number(entry.dataset.start);
const minutesOf = (entry) => Number(entry.dataset.took || entry.dataset.minutes);
const isWhole = (entry) => Boolean(entry.closest("[data-whole]"));
const isMovable = (entry) => Boolean(entry?.dataset.moveUrl) && entry.dataset.later === undefined;

// ---------- where entries stand

function lanes(entries) {
  const all = entries.map((entry) => {
    const start = startOf(entry);
    return { entry, start, end: start + Math.max(Number(entry.dataset.minutes), LEAST), lane: 0, lanes: 1 };
  });
  all.sort((one, other) => one.start - other.start || other.end - one.end);
  let together = [];
  let end = -1;
  const close = () => {
    const count = Math.max(0, ...together.map(({ lane }) => lane)) + 1;
    for (const one of together) one.lanes = count;
    together = [];
    end = -1;
  };
  for (const one of all) {
    if (together.length && one.start >= end) close();
    const taken = together.filter((other) => other.end > one.start).map(({ lane }) => lane);
    while (taken.includes(one.lane)) one.lane += 1;
    together.push(one);
    end = Math.max(end, one.end);
  }
  close();
  return all;
}

function put(entry, start, minutes, lane = 0, count = 1) {
  const scale = perMinute();
  const height = Math.max(minutes, LEAST) * scale - 2;
  Object.assign(entry.style, {
    top: `${start * scale + 1}px`,
    height: `${height}px`,
    left: `calc(${(100 * lane) / count}% + 1px)`,
    width: `calc(${100 / count}% - 3px)`,
  });
  entry.classList.toggle("short", height < 34);
}

function layOut() {
  if (!grid()) return;
  for (const column of columns()) {
    for (const one of lanes(pieces(column))) {
      put(one.entry, one.start, Number(one.entry.dataset.minutes), one.lane, one.lanes);
    }
  }
  const line = $(".nowline", grid());
  if (!line) return;
  line.dataset.since ??= String(Date.now());
  const now = Number(line.dataset.now) + Math.floor((Date.now() - Number(line.dataset.since)) / 60_000);
  line.hidden = now >= DAY;
  line.style.top = `${now * perMinute()}px`;
  line.dataset.shown = clock(now);
}

function showTheDay() {
  const now = $(".hcol.now", grid());
  const first = Math.min(FIRST, ...$$("[data-hourday] [data-entry]:not([data-later])", grid()).map(startOf));
  grid().scrollTop = Math.max(0, first * perMinute() - 8);
  if (now && grid().scrollWidth > grid().clientWidth) grid().scrollLeft = now.offsetLeft - $(".hgut", grid()).offsetWidth;
}

// ---------- moving

function askWhich(entry) {
  const dialog = $("#which");
  if (entry.dataset.repeats === undefined || !dialog) return Promise.resolve("one");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }),
  );
}

async function move(entry, day, start, minutes) {
  const which = await askWhich(entry);
  if (!which) return layOut();
  entry.classList.add("saving");
  const { moveUrl, version } = entry.dataset;
  try {
    const said = { start: `${day}T${clock(start)}`, minutes, which, version: Number(version) };
    const answer = await post(moveUrl, said);
    if (answer.ok) readNotices(answer.headers);
    else notice(await errorOf(answer), { bad: true });
    entry.classList.remove("saving"); // what is being moved would stay as it is
    if (!(await refresh())) location.reload();
  } catch {
    notice(words("offline"), { bad: true });
  }
  entry.classList.remove("saving");
  layOut();
}

// ---------- by pointer

let drag = null; // what is carried: an entry, its lower edge, or a new span of time on a free hour

const minuteAt = (y) => (y - columns()[0].getBoundingClientRect().top) / perMinute();

function columnAt(x) {
  const all = columns();
  return all.find((column) => x < column.getBoundingClientRect().right) ?? all.at(-1);
}

const bottomOfWhole = () => $(".hwhole", grid()).getBoundingClientRect().bottom;

function found({ target }) {
  const column = target.closest("[data-hourday], [data-whole]");
  if (!target.closest("[data-hours]") || !column) return null;
  const entry = target.closest("[data-entry]");
  if (entry) return isMovable(entry) ? entry : null;
  return grid().dataset.slot !== undefined && column.matches("[data-hourday]") ? column : null;
}

function begin(thing, { fromX, fromY, target }) {
  const entry = thing.matches("[data-entry]") ? thing : null;
  const kind = entry ? (target.closest("[data-grip]") ? "stretch" : "move") : "new";
  const at = minuteAt(fromY);
  const grab = kind === "move" && !isWhole(entry) ? at - startOf(entry) : 0;
  drag = { kind, entry, at, grab, column: kind === "move" ? columnAt(fromX) : thing.closest("[data-hourday], [data-whole]") };
  drag.from = thing.closest("[data-day]").dataset.day;
}

function show(_thing, place, { x, y }) {
  if (!place) return void drag.ghost?.remove();
  const column = drag.kind === "move" ? columnAt(x) : drag.column;
  const at = minuteAt(y);
  const took = drag.entry ? minutesOf(drag.entry) : 30;
  let start;
  let minutes = took;
  drag.whole = drag.kind === "move" && y < bottomOfWhole();
  if (drag.kind === "move") {
    minutes = isWhole(drag.entry) ? 60 : took;
    start = within(snap(at - drag.grab), 0, DAY - STEP);
  } else if (drag.kind === "stretch") {
    start = startOf(drag.entry);
    minutes = Math.max(STEP, snap(at) - start);
    const before = took - Number(drag.entry.dataset.minutes);
    drag.took = minutes + before;
  } else {
    start = within(snap(Math.min(at, drag.at)), 0, DAY - STEP);
    minutes = Math.max(STEP, snap(Math.max(at, drag.at)) - start);
  }
  Object.assign(drag, { start, minutes, day: column.dataset.day });
  ghost(column);
}

function ghost(column) {
  drag.ghost ??= make("li", { className: `ce lifted ${drag.entry ? hueOf(drag.entry) : "h-petrol"}`, "aria-hidden": "true" });
  const title = drag.entry ? $("b", drag.entry)?.textContent : "";
  const hours = `${clock(drag.start)} – ${clock(drag.start + drag.minutes)}`;
  drag.ghost.replaceChildren(make("b", { className: "cut" }, title), make("span", { className: "small num" }, drag.whole ? "" : hours));
  if (drag.whole) {
    drag.ghost.removeAttribute("style");
    return void $(`[data-whole][data-day="${drag.day}"]`, grid()).append(drag.ghost);
  }
  column.append(drag.ghost);
  put(drag.ghost, drag.start, drag.minutes);
}

const hueOf = (entry) => [...entry.classList].find((name) => name.startsWith("h-")) ?? "";

function drop(_thing, place) {
  const { kind, entry, day, start, minutes, took: longer, whole, from } = drag;
  if (!place) return;
  if (kind === "new") return plan(day, start, minutes);
  if (kind === "stretch") return void move(entry, day, start, longer);
  const took = entry.dataset.took ? Number(entry.dataset.took) : null;
  if (whole) return void move(entry, day, 0, took && took % DAY === 0 ? took : null);
  if (isWhole(entry) || start !== startOf(entry) || day !== from) move(entry, day, start, isWhole(entry) ? null : took);
}

/** Hours scroll below the days and what takes whole days; nothing scrolls while an entry is held above them. */
function frame(scroller, { y }) {
  if (scroller !== grid() || y < bottomOfWhole()) return null;
  const { right, bottom } = scroller.getBoundingClientRect();
  return { top: bottomOfWhole(), right, bottom, left: $(".hgut", grid()).getBoundingClientRect().right };
}

function startCarrying() {
  const end = () => drag.ghost?.remove();
  carry({ copy: false, find: found, places: "[data-hours]", frame, begin, move: show, end, drop });
  on("click", "[data-hourday]", ({ target, clientY }, column) => {
    if (target.closest("[data-entry]") || grid().dataset.slot === undefined) return;
    plan(column.dataset.day, Math.floor(minuteAt(clientY) / 30) * 30, 30);
  });
}

function plan(day, start, minutes) {
  const address = new URL(grid().dataset.slot, location.href);
  address.searchParams.set(grid().dataset.by, `${day}T${clock(start)}`);
  if (grid().dataset.length) address.searchParams.set(grid().dataset.length, String(minutes));
  openDialog(address.pathname + address.search);
}

// ---------- by keys

function walk(sideways, along) {
  if (!grid()) return false;
  const entry = focused();
  if (!entry) return void linkOf($(".hcol.now [data-entry], [data-entry]", grid()) ?? grid())?.focus();
  const day = entry.closest("[data-day]").dataset.day;
  const days = columns().map((column) => column.dataset.day);
  const of = (one) => $$(`[data-day="${one}"]`, grid()).flatMap((place) => pieces(place));
  if (along) {
    const all = days.flatMap(of);
    const next = all[all.indexOf(entry) + along];
    return void (next && linkOf(next).focus());
  }
  for (let at = days.indexOf(day) + sideways; days[at]; at += sideways) {
    const entries = of(days[at]);
    if (entries.length) return void linkOf(entries[0]).focus();
  }
}

function shift(days, minutes, longer = 0) {
  const entry = focused();
  if (!isMovable(entry) || (isWhole(entry) && minutes)) return false;
  const on = new Date(`${entry.closest("[data-day]").dataset.day}T00:00Z`);
  on.setUTCDate(on.getUTCDate() + days);
  const day = on.toISOString().slice(0, 10);
  const start = isWhole(entry) ? 0 : within(startOf(entry) + minutes, 0, DAY - STEP);
  const took = entry.dataset.took ? Number(entry.dataset.took) : null;
  const step = isWhole(entry) ? DAY : STEP;
  const now = minutesOf(entry);
  // what is no full step goes to the next one on that side
  const steps = Math[longer > 0 ? "floor" : "ceil"](Math.max(1, now / step)) + longer;
  const length = longer ? Math.max(1, steps) * step : took;
  if (longer && (!grid().dataset.length || (length - now) * longer <= 0)) return false;
  move(entry, day, start, length);
  if (longer) return; // the notice says it
  const name = $(`[data-day="${day}"]`, grid())?.dataset.name ?? day;
  speak(days ? words("movedToDay", { day: name }) : `${clock(start)} – ${clock(start + (length ?? 30))}`);
}

export function start() {
  if (!grid()) return;
  layOut();
  showTheDay();
  new ResizeObserver(layOut).observe(grid());
  document.addEventListener("refreshed", layOut);
  setInterval(layOut, 30_000);
  startCarrying();
  const group = words("calendars");
  key("h", group, words("days"), () => walk(-1, 0));
  key("l", group, words("days"), () => walk(1, 0));
  key("j", group, words("downUp"), () => walk(0, 1));
  key("k", group, words("downUp"), () => walk(0, -1));
  key("Shift+h", group, words("moveEntry"), () => shift(-1, 0));
  key("Shift+l", group, words("moveEntry"), () => shift(1, 0));
  key("Shift+j", group, words("moveHour"), () => shift(0, STEP));
  key("Shift+k", group, words("moveHour"), () => shift(0, -STEP));
  key("+", group, words("longer"), () => shift(0, 0, 1));
  key("-", group, words("longer"), () => shift(0, 0, -1));
  key(" ", group, words("peek"), () => (focused() ? void peek(focused()) : false));
  key("Escape", group, "", () => closePeek());
  on("click", "[data-peek-close]", closePeek);
  on("click", "[data-hours] [data-entry] a[href]", (event, link) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    if (matchMedia("(max-width: 760px)").matches) return;
    event.preventDefault();
    peek(link.closest("[data-entry]"));
  });
}
