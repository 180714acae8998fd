// What happens elsewhere appears here: one stream of events for all tabs of the browser, from the position of the
// change log at which this page was drawn. It says what changed, never how: the page asks for the changed row, card or
// block at its own address, so it shows only what its user may see.
import { $, $$, headers, htmx, notice, words } from "./core.js";

const meta = $('meta[name="live"]');
const KEPT = 300; // messages that the tab with the stream keeps for tabs that have just been opened
const PAUSE = 120; // ms in which changes are gathered
const GAP = 2_000; // ms between two times that parts come anew
const LATER = 60_000; // ms until the next try when the server has no room

const after = (one, other) => {
  const [transaction, change] = one.split("-").map(BigInt);
  const [before, earlier] = other.split("-").map(BigInt);
  return transaction === before ? change > earlier : transaction > before;
};

let seen = meta?.dataset.since ?? ""; // the position up to which this page knows everything
let source = null;
let let_go = () => {};
const recent = [];
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("rapport-live") : null;
const me = meta?.dataset.me ?? "";

// ---------- the stream

function hear(position, told) {
  if (position && seen && !after(position, seen) && !told.unread && told.unread !== 0 && !told.here) return;
  if (position && (!seen || after(position, seen))) seen = position;
  take(told);
}

function listen() {
  const address = new URL(meta.content, location.href);
  if (seen) address.searchParams.set("since", seen);
  source = new EventSource(address);
  source.onmessage = ({ data, lastEventId }) => {
    const told = JSON.parse(data);
    recent.push([lastEventId, told]);
    if (recent.length > KEPT) recent.shift();
    channel?.postMessage({ me, position: lastEventId, told });
    hear(lastEventId, told);
  };
  source.onerror = () => {
    // the browser tries again by itself unless the answer was a refusal
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    setTimeout(() => source ?? (document.hidden || listen()), LATER);
  };
}

function hush() {
  source?.close();
  source = null;
}

/** Of all tabs one holds the lock and the stream; without locks (plain http) the one that is looked at listens. */
function begin() {
  if (!navigator.locks || !channel) {
    const follow = () => (document.hidden ? hush() : (source ?? listen()));
    document.addEventListener("visibilitychange", follow);
    addEventListener("pagehide", hush);
    addEventListener("pageshow", ({ persisted }) => persisted && follow());
    return follow();
  }
  const wait = () =>
    navigator.locks
      .request(`rapport-live ${me}`, () => {
        listen();
        return new Promise((resolve) => (let_go = resolve));
      })
      .catch(() => {});
  channel.onmessage = ({ data }) => {
    if (data.me !== me) return;
    if (data.told) return hear(data.position, data.told);
    if (!data.ask || !source) return;
    for (const [position, told] of recent) channel.postMessage({ me, position, told });
  };
  channel.postMessage({ me, ask: true }); // what was told while this page was on its way
  addEventListener("pagehide", () => (hush(), let_go()));
  addEventListener("pageshow", ({ persisted }) => persisted && wait());
  wait();
}

// ---------- what is told

const waiting = { records: new Map(), many: new Set(), all: false };
let timer = null;

function take(told) {
  if (told.unread !== undefined) ring(told.unread);
  if (told.here) document.dispatchEvent(new CustomEvent("others-changed", { detail: told.here }));
  for (const [id, said] of Object.entries(told.records ?? {})) waiting.records.set(id, said);
  for (const type of told.many ?? []) waiting.many.add(type);
  waiting.all ||= Boolean(told.reset);
  if (told.records || told.many || told.reset) timer ??= setTimeout(show, PAUSE);
}

function show() {
  timer = null;
  const { records, many, all } = { ...waiting, records: new Map(waiting.records), many: new Set(waiting.many) };
  waiting.records.clear();
  waiting.many.clear();
  waiting.all = false;
  const of = (type) => [...records].filter(([, said]) => said[0] === type);
  const page = $("[data-record]");
  if (page && (all || records.has(page.dataset.record) || many.size)) {
    document.dispatchEvent(new CustomEvent("record-changed"));
  }
  const grid = $("[data-grid][data-name]");
  if (grid) showRows(grid, of(grid.dataset.name), all || many.has(grid.dataset.name));
  const board = $("[data-board][data-creates]");
  if (board) showCards(board, of(board.dataset.creates), all || many.has(board.dataset.creates));
  if ($$("[data-live]").some((part) => all || isAbout(part, records, many))) refreshSoon();
}

/** `data-live` names types; "mine" is what is one's own, what names one, and what the part shows. */
function isAbout(part, records, many) {
  const types = part.dataset.live.split(" ");
  if (!types.includes("mine")) return [...records.values()].some(([type]) => types.includes(type)) || types.some((type) => many.has(type));
  return many.size > 0 || [...records].some(([id, said]) => said[3] || $(`[href*="${id}"]`, part));
}

let refreshed = 0;
let due = null;

/** At once, then no more often than a reader can follow; a page that nobody looks at waits until somebody does. */
function refreshSoon() {
  if (document.hidden) return void document.addEventListener("visibilitychange", refreshSoon, { once: true });
  due ??= setTimeout(() => {
    due = null;
    refreshed = Date.now();
    document.dispatchEvent(new CustomEvent("timeline-changed"));
  }, Math.max(0, refreshed + GAP - Date.now()));
}

const ask = async (address) => {
  const answer = await fetch(address, {
    headers: { ...headers(), "HX-Request": "true", "Rapport-Background": "1" },
  }).catch(() => null);
  if (!answer?.ok) return null;
  return new DOMParser().parseFromString(`<table><tbody>${await answer.text()}`, "text/html");
};
const isEdited = (element) => Boolean($("form", element)) || element.matches(".saving, [data-moving]");

// ---------- lists

async function showRows(grid, changed, isAll) {
  const onPage = new Map($$("[data-row]", grid).map((row) => [row.dataset.row, row]));
  const ids = isAll ? [...onPage.keys()] : changed.map(([id]) => id);
  if (!ids.length && !isAll) return;
  const query = new URLSearchParams(location.search);
  query.delete("cursor");
  query.set("ids", ids.slice(0, 200).join(","));
  const page = await ask(`rows/?${query}`);
  if (!page) return;
  const fresh = new Map($$("[data-row]", page).map((row) => [row.dataset.row, row]));
  let coming = 0;
  for (const id of ids) {
    const row = onPage.get(id);
    if (row) putRow(row, fresh.get(id));
    else if (fresh.has(id)) coming += changed.some(([one, said]) => one === id && said[1] === "create" && !said[2]);
  }
  if (coming || isAll) tellOfNew(grid, isAll ? 0 : coming);
  const figures = $("[data-figures]");
  if (figures) htmx.ajax("GET", figures.getAttribute("hx-get"), { target: figures, swap: "innerHTML" });
}

function putRow(row, fresh) {
  if (isEdited(row)) return void row.setAttribute("data-stale", "");
  if (!fresh) {
    row.classList.add("leaving");
    return void setTimeout(() => row.remove(), 400);
  }
  if (fresh.innerHTML === row.innerHTML && fresh.dataset.version === row.dataset.version) return;
  const made = document.adoptNode(fresh);
  const cells = $$("td", row);
  const at = cells.findIndex((cell) => cell.contains(document.activeElement));
  const onRow = document.activeElement === row;
  for (const name of ["data-cursor", "aria-selected"]) {
    if (row.hasAttribute(name)) made.setAttribute(name, row.getAttribute(name));
  }
  const [box, old] = [$("[data-select]", made), $("[data-select]", row)];
  if (box && old) box.checked = old.checked;
  row.replaceWith(made);
  htmx.process(made);
  if (at >= 0) ($("a[href], input", made.cells[at]) ?? made.cells[at])?.focus({ preventScroll: true });
  else if (onRow) made.focus({ preventScroll: true });
  made.classList.add("fresh");
}

let waitingRows = 0;

function tellOfNew(grid, count) {
  waitingRows += count;
  let pill = $("#fresh-rows");
  if (!pill) {
    pill = document.createElement("button");
    pill.id = "fresh-rows";
    pill.type = "button";
    pill.className = "btn sm freshrows";
    pill.onclick = () => location.reload();
    grid.closest(".scroll")?.prepend(pill);
  }
  pill.textContent = waitingRows ? words(waitingRows === 1 ? "newRow" : "newRows", { count: waitingRows }) : words("newList");
}

// ---------- boards

const glide = (change) =>
  document.startViewTransition && !matchMedia("(prefers-reduced-motion: reduce)").matches
    ? document.startViewTransition(change).finished.catch(() => {})
    : Promise.resolve(change());

async function showCards(board, changed, isAll) {
  const cards = new Map($$("[data-card]", board).map((card) => [card.dataset.card, card]));
  const ids = isAll ? [...cards.keys()] : changed.map(([id]) => id);
  if (!ids.length) return;
  const query = new URLSearchParams(location.search);
  query.set("ids", ids.slice(0, 200).join(","));
  for (const id of ids) {
    const lane = cards.get(id)?.closest("[data-stage]");
    if (lane) query.append("lanes", lane.dataset.stage);
  }
  const page = await ask(`cards/?${query}`);
  if (!page) return;
  const moved = [];
  const deeds = [];
  for (const id of ids) {
    const card = $(`[data-card="${CSS.escape(id)}"]`, board);
    const fresh = $(`[data-card="${CSS.escape(id)}"]`, page);
    if (card && isEdited(card)) continue;
    const lane = fresh && $(`[data-stage="${CSS.escape(fresh.closest("[data-stage]").dataset.stage)}"]`, board);
    const isSame = card && lane && card.closest("[data-stage]") === lane && plain(fresh) === plain(card);
    if (isSame || (!card && !lane)) continue;
    if (card) moved.push(card);
    deeds.push(() => putCard(card, lane ? fresh : null, lane));
  }
  for (const [at, card] of moved.entries()) card.style.viewTransitionName = `card-${at}`;
  const names = new Map(moved.map((card, at) => [card.dataset.card, `card-${at}`]));
  await glide(() => {
    for (const deed of deeds) deed();
    for (const [id, name] of names) {
      const card = $(`[data-card="${CSS.escape(id)}"]`, board);
      if (card) card.style.viewTransitionName = name;
    }
    document.dispatchEvent(new CustomEvent("sums-known", { detail: { board, page } }));
  });
  for (const id of names.keys()) {
    const card = $(`[data-card="${CSS.escape(id)}"]`, board);
    if (card) card.style.viewTransitionName = "";
  }
}

function plain(card) {
  const copy = card.cloneNode(true);
  copy.removeAttribute("style");
  copy.classList.remove("fresh");
  for (const one of [copy, ...$$("[tabindex]", copy)]) one.removeAttribute("tabindex"); // where Tab comes in
  return copy.outerHTML;
}

function putCard(card, fresh, lane) {
  if (!fresh) return card?.remove();
  const had = card?.contains(document.activeElement);
  const made = document.adoptNode(fresh);
  const list = $("ol", lane);
  const place = (one) => [Number(one.dataset.position ?? 0), one.dataset.card];
  const isOrdered = made.dataset.position !== undefined;
  const isBefore = (one, other) => {
    const [[place1, id1], [place2, id2]] = [place(one), place(other)];
    return isOrdered ? place1 < place2 || (place1 === place2 && id1 < id2) : id1 > id2;
  };
  card?.remove();
  const next = $$("[data-card]", lane).find((other) => isBefore(made, other)) ?? null;
  const more = $(":scope > .more", list);
  if (!next && more) return; // it stands among those that are not shown yet
  list.insertBefore(made, next ?? more);
  htmx.process(made);
  made.classList.add("fresh");
  if (had) made.focus({ preventScroll: true });
}

// ---------- the bell

function ring(count) {
  for (const place of $$("[data-bell-count]")) {
    place.hidden = !count;
    place.textContent = count > 99 ? "99+" : String(count);
  }
  const bell = $("[data-bell]");
  if (bell) bell.setAttribute("aria-label", count ? words("bell", { count }) : words("noBell"));
  try {
    sessionStorage.setItem("unread", `${me} ${count}`);
  } catch {
    // private mode
  }
}

export function start() {
  const [whose, count] = (sessionStorage.getItem("unread") ?? "").split(" ");
  if (whose === me && count) ring(Number(count));
  document.addEventListener("record-gone", () => notice(words("recordGone"), { bad: true }));
  begin();
}
