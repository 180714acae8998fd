// The board: cards are carried or moved with keys, sums change at once, a "no" from the server puts the card back.
import { carry } from "./carry.js";
import { $, $$, errorOf, key, make, notice, on, post, readNotices, remember, root, speak, words } from "./core.js";
import { choose, openDialog } from "./dialogs.js";

const laneOf = (card) => card.closest("[data-stage]");
const listOf = (lane) => $("ol", lane);
const cardsOf = (lane) => $$("[data-card]", lane);
const nameOf = (lane) => lane.getAttribute("aria-label") ?? "";
const boardHere = () => focused()?.closest("[data-board]") ?? $("[data-board]");
const focused = () => document.activeElement?.closest?.("[data-card]");
/** Where the keys are: a card, or the button for a new one in the head of its lane. */
const stop = () => document.activeElement?.closest?.(".lane > header a, [data-card]");
const plusOf = (lane) => $("header a[href]", lane);
/** Further cards come by scrolling; where they did not, a key below the last card asks again. */
const moreOf = (lane) => $(".more button:not(.htmx-request)", lane);
/** What stands below the last card: how many more there are. */
const endOf = (list) => $(":scope > :not([data-card], .drop):last-child", list);
/** Ids begin with the time at which they were made: before that card it will stand after a reload, too. */
const older = (card, lane) => cardsOf(lane).find((other) => other.dataset.card < card.dataset.card) ?? null;

// ---------- sums

function totals(lane) {
  lane.total ??= Number(
    lane.dataset.total ?? cardsOf(lane).reduce((sum, card) => sum + Number(card.dataset.amount), 0),
  );
  lane.cards ??= Number(lane.dataset.count ?? cardsOf(lane).length);
  const weigh = (sum, card) => sum + (Number(card.dataset.amount) * chanceOf(card, lane)) / 100;
  lane.weighted ??= Number(lane.dataset.weighted ?? cardsOf(lane).reduce(weigh, 0));
  return lane;
}

const chanceOf = (card, lane) => Number(card.dataset.chance ?? lane.dataset.chance ?? 100);

function count(card, lane, direction) {
  totals(lane);
  const amount = Number(card.dataset.amount || 0);
  lane.total += direction * amount;
  lane.weighted += (direction * amount * chanceOf(card, lane)) / 100;
  lane.cards += direction;
}

/** Money as the server writes it in the heads of lanes: € 214k. */
function money(board, amount) {
  const size = Math.abs(amount);
  const digits = (size >= 1e3 && size < 1e4) || (size >= 1e6 && size < 1e7) ? 1 : 0;
  const isEnglish = root.lang === "en";
  const format = { notation: "compact", maximumFractionDigits: digits };
  const short = new Intl.NumberFormat(isEnglish ? "en-GB" : root.lang, format).format(amount);
  if (size >= 1e3 && /^[-\d.,]+$/.test(short)) {
    // German has no short form for thousands; its bookkeepers write 214 T€.
    const thousands = new Intl.NumberFormat(root.lang, { maximumFractionDigits: digits }).format(amount / 1e3);
    return board.dataset.money.replace(/\{n\}\s?/, `${thousands}\u00a0T`);
  }
  const number = isEnglish ? short.replace("K", "k").replace("M", "m").replace("B", "bn") : short;
  return board.dataset.money.replace("{n}", number);
}

const write = (lane, name, text) => {
  const place = $(`[data-${name}]`, lane);
  if (place) place.textContent = text;
};

/** The head of a lane, with what a card that is carried over it would add. */
function showHead(board, lane, amount = 0, chance = 0) {
  totals(lane);
  write(lane, "sum", money(board, lane.total + amount));
  write(lane, "weighted", money(board, lane.weighted + (amount * chance) / 100));
  write(lane, "plus", amount ? `+ ${money(board, amount)}` : "");
}

function showSums(board, lane) {
  showHead(board, lane);
  write(lane, "lane-count", lane.cards.toLocaleString(root.lang));
  const lanes = $$("[data-stage]", board).map(totals);
  for (const place of $$("[data-all]")) {
    const sum = lanes.reduce((all, one) => all + one[place.dataset.all], 0);
    place.textContent = place.dataset.all === "cards" ? sum.toLocaleString(root.lang) : money(board, sum);
  }
}

// ---------- moving

/** Move the element and leave the cursor where it was. */
function insert(card, list, next) {
  const had = card.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(card, next);
  had?.focus({ preventScroll: true });
}

function put(board, card, lane, next) {
  const from = laneOf(card);
  if (from !== lane) {
    count(card, from, -1);
    if (lane.dataset.chance) card.dataset.chance = lane.dataset.chance;
    count(card, lane, 1);
  }
  const list = listOf(lane);
  insert(card, list, next ?? endOf(list));
  showSums(board, from);
  showSums(board, lane);
}

/** Somebody else moved the card meanwhile: where shall it be? */
async function settle(board, card, lane, next, clash) {
  card.dataset.version = clash.version;
  const isMine = await choose(words("clash"), words("clashBy", clash), [
    [words("clashTheirs", { lane: clash.theirs }), false],
    [words("clashMine", { lane: clash.mine }), true],
  ]);
  if (isMine) return move(board, card, lane, next);
  const theirs = $(`[data-stage="${CSS.escape(clash.stage)}"]`, board);
  if (theirs && theirs !== laneOf(card)) {
    [laneOf(card), theirs].forEach(totals);
    put(board, card, theirs, cardsOf(theirs)[0] ?? null);
  }
}

/** What stands now in the place of an element that has come anew from the server meanwhile. */
const here = (one, name) =>
  !one || one.isConnected ? one : $(`[data-${name}="${CSS.escape(one.dataset[name])}"]`);

function moveBack(card, lane, next) {
  const [again, there] = [here(card, "card"), here(lane, "stage")];
  if (again && there) return move(there.closest("[data-board]"), again, there, here(next, "card"), { quiet: true });
}

async function move(board, card, lane, next, { quiet = false } = {}) {
  const from = laneOf(card);
  const wasBefore = card.nextElementSibling?.matches("[data-card]") ? card.nextElementSibling : null;
  if (lane.dataset.closed !== undefined || board.dataset.fixed !== undefined) return;
  if (board.dataset.newestFirst !== undefined) {
    if (from === lane) return;
    next = older(card, lane);
  }
  if (from === lane && (next === card || next === wasBefore)) return;
  const chance = card.dataset.chance;
  [from, lane].forEach(totals);
  put(board, card, lane, next);
  const goBack = () => {
    const to = laneOf(card);
    count(card, to, from === to ? 0 : -1);
    if (chance === undefined) delete card.dataset.chance;
    else card.dataset.chance = chance;
    if (from !== to) count(card, from, 1);
    insert(card, listOf(from), wasBefore);
    [from, to].forEach((one) => showSums(board, one));
  };
  const neighbor = (direction) =>
    card[direction]?.matches("[data-card]") ? card[direction].dataset.card : null;
  card.classList.add("saving");
  try {
    const answer = await post(card.dataset.moveUrl, {
      stage: lane.dataset.stage,
      position: cardsOf(lane).indexOf(card),
      before: neighbor("previousElementSibling"),
      after: neighbor("nextElementSibling"),
      version: Number(card.dataset.version ?? 0),
    });
    if (!answer.ok) {
      goBack();
      const { clash } = answer.status === 409 ? await answer.clone().json().catch(() => ({})) : {};
      if (clash) await settle(board, card, lane, next, clash);
      else notice(await errorOf(answer), { bad: true });
    } else {
      saved(board, card, await answer.json().catch(() => ({})), answer.headers);
      if (quiet) speak(words("undone"));
      if (!quiet && from !== lane) {
        notice(words("movedTo", { stage: nameOf(lane) }), {
          undo: () => moveBack(card, from, wasBefore),
        });
      }
    }
  } catch {
    goBack();
    notice(words("offline"), { bad: true });
  }
  card.classList.remove("saving");
}

function saved(board, card, told, answerHeaders) {
  readNotices(answerHeaders);
  if (told.version !== undefined) card.dataset.version = told.version;
  for (const [stage, sums] of Object.entries(told.sums ?? {})) {
    const lane = $(`[data-stage="${CSS.escape(stage)}"]`, board);
    if (!lane) continue;
    Object.assign(lane, {
      total: Number(sums.total),
      weighted: Number(sums.weighted),
      cards: Number(sums.count),
    });
    showSums(board, lane);
  }
}

/** Somebody else has changed something: the heads of these lanes as the server has them now. */
function takeSums({ board, page }) {
  for (const fresh of $$("[data-stage]", page)) {
    const lane = $(`[data-stage="${CSS.escape(fresh.dataset.stage)}"]`, board);
    if (!lane) continue;
    const { total, weighted, count: cards } = fresh.dataset;
    Object.assign(lane, { total: Number(total), weighted: Number(weighted), cards: Number(cards) });
    showSums(board, lane);
  }
}

async function win(card) {
  if (!card?.dataset.winUrl) return false;
  card.classList.add("saving");
  const answer = await post(
    card.dataset.winUrl,
    new URLSearchParams({ version: card.dataset.version ?? "" }),
  ).catch(() => null);
  card.classList.remove("saving");
  if (!answer) return notice(words("offline"), { bad: true });
  if (!answer.ok) return notice(await errorOf(answer), { bad: true });
  const lane = laneOf(card);
  count(card, lane, -1);
  card.remove();
  showSums(lane.closest("[data-board]"), lane);
  if (!readNotices(answer.headers)) {
    remember(words("win"));
    location.reload();
  }
}

const lose = (card) => (card?.dataset.loseUrl ? openDialog(card.dataset.loseUrl) : false);
/** Opens for that card what a place or a line of the menu stands for. */
const openFor = (card, address) => openDialog(address.replace("{card}", card.dataset.card));

// ---------- wiring

const PLACES = "[data-stage]:not([data-closed]), [data-show-lane], [data-drop-win], [data-drop-lose], [data-drop-open]";

/** Before which card (null: at the end) it would be put at that height; undefined where nothing would change. */
function nextAt(board, card, lane, y) {
  const isHere = lane === laneOf(card);
  if (board.dataset.newestFirst !== undefined) return isHere ? undefined : older(card, lane);
  const isBelow = (other) => {
    const box = other.getBoundingClientRect();
    return y < box.top + box.height / 2;
  };
  const others = cardsOf(lane).filter((other) => other !== card);
  const next = others.find(isBelow) ?? null;
  const now = cardsOf(lane);
  return isHere && next === (now[now.indexOf(card) + 1] ?? null) ? undefined : next;
}

function startCarrying() {
  const gap = make("li", { className: "dc drop", "aria-hidden": "true" });
  const bar = (card) => $("[data-dropbar]", card.closest("[data-board]").parentElement);
  let next; // before which card it goes
  const leave = (place) => {
    place.classList.remove("over");
    gap.remove();
    if ($("[data-plus]", place)?.textContent) showHead(place.closest("[data-board]"), place);
  };
  carry({
    find: ({ target }) => target.closest("[data-board]:not([data-fixed]) [data-card]"),
    places: PLACES,
    begin: (card) => bar(card) && (bar(card).hidden = false),
    over(place, card) {
      place.classList.add("over");
      const amount = Number(card.dataset.amount || 0);
      if ($("[data-plus]", place) && amount && laneOf(card) !== place)
        showHead(card.closest("[data-board]"), place, amount, chanceOf(card, place));
    },
    move(card, place, { y }) {
      if (place?.dataset.stage === undefined) return;
      next = nextAt(card.closest("[data-board]"), card, place, y);
      if (next === undefined) gap.remove();
      else if (gap.nextElementSibling !== (next ?? endOf(listOf(place))) || gap.parentElement !== listOf(place)) {
        listOf(place).insertBefore(gap, next ?? endOf(listOf(place)));
      }
    },
    leave,
    end: (card) => bar(card) && (bar(card).hidden = true),
    drop(card, place) {
      const board = card.closest("[data-board]");
      if (!place) return;
      if (place.matches("[data-drop-win]")) return void win(card);
      if (place.matches("[data-drop-lose]")) return void lose(card);
      if (place.dataset.dropOpen) return void openFor(card, place.dataset.dropOpen);
      if (place.dataset.stage !== undefined) return next === undefined ? undefined : void move(board, card, place, next);
      // on a phone one lane is shown: the others are the buttons above it
      const lane = $(`[data-stage="${CSS.escape(place.dataset.showLane)}"]`, board);
      if (lane && lane !== laneOf(card)) move(board, card, lane, cardsOf(lane)[0] ?? null);
    },
  });
}

function walk(sideways, along) {
  const board = boardHere();
  if (!board) return false;
  const lanes = $$("[data-stage]", board);
  const here = stop();
  if (!here) return void ($("[data-card][tabindex='0']", board) ?? $("[data-card]", board))?.focus();
  const all = cardsOf(laneOf(here));
  const at = all.indexOf(here); // -1 in the head
  if (along > 0 && at === all.length - 1) return void moreOf(laneOf(here))?.click();
  if (along) return void (all[at + along] ?? (at + along === -1 ? plusOf(laneOf(here)) : null))?.focus();
  for (let next = lanes.indexOf(laneOf(here)) + sideways; lanes[next]; next += sideways) {
    const cards = cardsOf(lanes[next]);
    const card = cards[Math.min(Math.max(at, 0), cards.length - 1)];
    const there = at < 0 ? (plusOf(lanes[next]) ?? card) : (card ?? plusOf(lanes[next]));
    if (there) return void there.focus();
  }
}

function shift(sideways) {
  const board = boardHere();
  const card = focused();
  const lanes = board && board.dataset.fixed === undefined ? $$("[data-stage]", board) : [];
  const lane = card && lanes[lanes.indexOf(laneOf(card)) + sideways];
  if (!lane) return false;
  move(board, card, lane, cardsOf(lane)[0] ?? null);
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  speak(words("movedTo", { stage: nameOf(lane) }));
}

function awaken() {
  for (const board of $$("[data-board]:not([data-ready])")) {
    board.dataset.money ??= "{n}";
    board.dataset.ready = "";
    // cards come, go and change lanes; a phone shows another lane
    const told = () => document.dispatchEvent(new CustomEvent("cards-changed"));
    new MutationObserver(told).observe(board, { childList: true, subtree: true, attributeFilter: ["class"] });
  }
}

export function start() {
  startCarrying();
  awaken();
  document.addEventListener("htmx:after:swap", awaken);
  document.addEventListener("sums-known", ({ detail }) => takeSums(detail));
  const group = words("boards");
  key("h", group, words("lanes"), () => walk(-1, 0));
  key("l", group, words("lanes"), () => walk(1, 0));
  key("j", group, words("downUp"), () => walk(0, 1));
  key("k", group, words("downUp"), () => walk(0, -1));
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  for (const [name, steps] of Object.entries(arrows)) key(name, group, "", () => walk(...steps), { when: stop });
  key("Shift+h", group, words("moveCard"), () => shift(-1));
  key("Shift+l", group, words("moveCard"), () => shift(1));
  key("w", group, words("win"), () => (focused() ? void win(focused()) : false));
  key("Shift+x", group, words("lose"), () => (focused() ? void lose(focused()) : false));
  key("Enter", group, words("open"), (event) => {
    const card = event.target.matches("[data-card]") ? event.target : null;
    if (!card) return false;
    $("a[href]", card)?.click();
  });
  // one menu serves all cards: it learns for which one it was opened
  let chosen = null;
  on("click", "[data-board] [data-card-menu]", (_event, button) => {
    chosen = button.closest("[data-card]");
    for (const item of $$("[data-move-to]", chosen.closest("[data-board]"))) {
      item.dataset.moveCard = chosen.dataset.card;
      item.disabled = item.dataset.moveTo === laneOf(chosen).dataset.stage;
    }
  });
  on("click", "[data-board] [data-card-win]", () => chosen && win(chosen));
  on("click", "[data-board] [data-card-lose]", () => chosen && lose(chosen));
  on("click", "[data-board] [data-card-open]", (_event, line) => chosen && openFor(chosen, line.dataset.cardOpen));
  on("click", "[data-board] [data-move-to]", (_event, button) => {
    const board = button.closest("[data-board]");
    const lane = $(`[data-stage="${CSS.escape(button.dataset.moveTo)}"]`, board);
    const card =
      button.closest("[data-card]") ?? $(`[data-card="${CSS.escape(button.dataset.moveCard ?? "")}"]`, board);
    if (lane && card) move(board, card, lane, cardsOf(lane)[0] ?? null);
  });
  on("click", "[data-show-lane]", (_event, button) => {
    for (const lane of $$("[data-board] [data-stage]"))
      lane.classList.toggle("show", lane.dataset.stage === button.dataset.showLane);
    for (const other of $$("[data-show-lane]")) other.setAttribute("aria-pressed", String(other === button));
  });
}
