// A week or a day by hours: entries side by side, dragged to another hour or made longer, planned on free slots; by
// pointer, finger and keys. The server decides; after every move the page's entries come anew from it.
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
  if (now && grid().scrollWidth > grid().clientWidth) grid().scrollLeft = now.offsetLeft - 48;
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

let drag = null;

function begin(event) {
  if (event.button || drag || !event.target.closest("[data-hours]")) return;
  const entry = event.target.closest("[data-entry]");
  const column = event.target.closest("[data-hourday], [data-whole]");
  if (event.target.closest(".hhead") || !column || (entry && !isMovable(entry))) return;
  if (!entry && (grid().dataset.slot === undefined || column.matches("[data-whole]"))) return;
  const kind = event.target.closest("[data-grip]") ? "stretch" : entry ? "move" : "new";
  const at = minuteAt(event.clientY);
  drag = { kind, entry, column, x: event.clientX, y: event.clientY, at, id: event.pointerId, isOn: false };
  drag.grab = kind === "move" && !isWhole(entry) ? at - startOf(entry) : 0;
  drag.day = column.dataset.day;
  if (event.pointerType === "mouse") return;
  drag.timer = setTimeout(() => {
    drag.isOn = true;
    navigator.vibrate?.(10);
    show(drag.x, drag.y);
  }, 350);
}

const minuteAt = (y) => (y - columns()[0].getBoundingClientRect().top) / perMinute();

function columnAt(x) {
  const all = columns();
  return all.find((column) => x < column.getBoundingClientRect().right) ?? all.at(-1);
}

function goOn(event) {
  if (!drag || event.pointerId !== drag.id) return;
  if (!drag.isOn) {
    const isFar = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 5;
    if (!isFar) return;
    if (drag.timer) return stop(); // a finger that scrolls
    drag.isOn = true;
  }
  event.preventDefault();
  show(event.clientX, event.clientY);
}

function show(x, y) {
  const column = drag.kind === "move" ? columnAt(x) : drag.column;
  const at = minuteAt(y);
  const took = drag.entry ? minutesOf(drag.entry) : 30;
  let start;
  let minutes = took;
  drag.whole = drag.kind === "move" && isAbove(y);
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

const isAbove = (y) => y < $(".hwhole", grid()).getBoundingClientRect().bottom;

function ghost(column) {
  drag.ghost ??= make("li", { className: `ce ghost ${drag.entry ? hueOf(drag.entry) : "h-petrol"}`, "aria-hidden": "true" });
  const title = drag.entry ? $("b", drag.entry)?.textContent : "";
  const hours = `${clock(drag.start)} – ${clock(drag.start + drag.minutes)}`;
  drag.ghost.replaceChildren(make("b", { className: "cut" }, title), make("span", { className: "small num" }, drag.whole ? "" : hours));
  if (drag.entry) drag.entry.dataset.moving = "";
  if (drag.whole) {
    drag.ghost.removeAttribute("style");
    return void $(`[data-whole][data-day="${drag.day}"]`, grid()).append(drag.ghost);
  }
  column.append(drag.ghost);
  put(drag.ghost, drag.start, drag.minutes);
}

const hueOf = (entry) => [...entry.classList].find((name) => name.startsWith("h-")) ?? "";

function stop() {
  clearTimeout(drag?.timer);
  drag?.ghost?.remove();
  if (drag?.entry) delete drag.entry.dataset.moving;
  drag = null;
}

function end(event) {
  if (!drag || event.pointerId !== drag.id) return;
  const done = drag;
  stop();
  if (!done.isOn) {
    if (done.kind === "new" && event.type === "pointerup") plan(done.day, Math.floor(done.at / 30) * 30, 30);
    return;
  }
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  if (event.type !== "pointerup") return;
  if (done.kind === "new") return plan(done.day, done.start, done.minutes);
  const took = done.entry.dataset.took ? Number(done.entry.dataset.took) : null;
  if (done.kind === "stretch") return move(done.entry, done.day, done.start, done.took);
  if (done.whole) return move(done.entry, done.day, 0, took && took % DAY === 0 ? took : null);
  const minutes = isWhole(done.entry) ? null : took;
  if (isWhole(done.entry) || done.start !== startOf(done.entry) || done.day !== done.column.dataset.day)
    move(done.entry, done.day, done.start, minutes);
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
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

  document.addEventListener("refreshed", layOut);
function shift(days, minutes, longer = 0) {
  const entry = focused();
  if (!isMovable(entry) || (isWhole(entry) && (minutes || longer))) return false;
  const on = new Date(`${entry.closest("[data-day]").dataset.day}T00:00Z`);
  on.setUTCDate(on.getUTCDate() + days);
  const day = on.toISOString().slice(0, 10);
  const start = isWhole(entry) ? 0 : within(startOf(entry) + minutes, 0, DAY - STEP);
  const took = entry.dataset.took ? Number(entry.dataset.took) : null;
  const length = longer ? Math.max(STEP, minutesOf(entry) + longer) : took;
  if (longer && grid().dataset.length === "") return false;
  move(entry, day, start, length);
  speak(isWhole(entry) ? words("movedTo", { stage: day }) : `${clock(start)} – ${clock(start + (length ?? 30))}`);
}

export function start() {
  if (!grid()) return;
  layOut();
  showTheDay();
  new ResizeObserver(layOut).observe(grid());
  setInterval(layOut, 30_000);
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", goOn, { passive: false });
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
  document.addEventListener("touchmove", (event) => drag?.isOn && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => drag?.isOn && event.preventDefault());
  const group = words("calendars");
  key("h", group, words("days"), () => walk(-1, 0));
  key("l", group, words("days"), () => walk(1, 0));
  key("j", group, words("downUp"), () => walk(0, 1));
  key("k", group, words("downUp"), () => walk(0, -1));
  key("Shift+h", group, words("moveEntry"), () => shift(-1, 0));
  key("Shift+l", group, words("moveEntry"), () => shift(1, 0));
  key("Shift+j", group, words("moveHour"), () => shift(0, STEP));
  key("Shift+k", group, words("moveHour"), () => shift(0, -STEP));
  key("+", group, words("longer"), () => shift(0, 0, STEP));
  key("-", group, words("longer"), () => shift(0, 0, -STEP));
  key(" ", group, words("peek"), () => (focused() ? void peek(focused()) : false));
  key("Escape", group, "", () => (drag ? void stop() : closePeek()));
  on("click", "[data-peek-close]", closePeek);
  on("click", "[data-hours] [data-entry] a[href]", (event, link) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    if (matchMedia("(max-width: 760px)").matches) return;
    event.preventDefault();
    peek(link.closest("[data-entry]"));
  });
}
