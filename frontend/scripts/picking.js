// Selecting rows without a mouse: a finger that rests on a row begins, then each tap ticks. Who goes on with the finger
// ticks what it passes; a finger that scrolls ticks nothing. What can be done stands at the bottom (bulk-bar.js).
import { carry } from "./carry.js";
import { $, on, root } from "./core.js";
import { changed, clearSelection, closePeek, mark, rows, selected, setCursor, toggle } from "./lists.js";

const STILL = 40; // pixels that a finger goes before the list goes along at its edges

let isListening = false;
let first = null;
let before = null;

const isPicking = () => root.hasAttribute("data-picking");

/** From now on a tap ticks; the first tick box gets the cursor, for who does not see them. */
export function begin() {
  listen();
  root.dataset.picking = "";
  changed();
  $("[data-select]", rows()[0])?.focus({ preventScroll: true });
}

function rest(row) {
  root.dataset.picking = "";
  first = row;
  before = new Set(selected());
  pass(row);
}

/** Everything from the first row to this one. */
function pass(row) {
  const all = rows();
  const [from, to] = [all.indexOf(first), all.indexOf(row)].sort((one, two) => one - two);
  all.forEach((one, at) => mark(one, before.has(one) || (at >= from && at <= to)));
  changed();
}

function tap(event, row) {
  if (!isPicking() || event.target.closest("[data-select], form")) return;
  event.preventDefault();
  event.stopPropagation();
  setCursor(row, { focus: false });
  toggle(row);
}

/** Where a phone has a way back, it closes the peek first, then it leaves selecting. */
function followBack() {
  let watcher = null;
  const follow = () => {
    watcher?.destroy();
    watcher = isPicking() ? new CloseWatcher() : null;
    if (watcher) watcher.onclose = () => (closePeek() ? follow() : clearSelection());
  };
  new MutationObserver(follow).observe(root, { attributeFilter: ["data-picking"] });
}

export function listen() {
  if (isListening) return;
  isListening = true;
  on("click", "[data-grid] [data-row]", tap, true);
  carry({
    copy: false,
    places: "[data-grid] [data-row]",
    find: ({ pointerType, target }) =>
      /touch|pen/.test(pointerType) && !target.closest("form") && target.closest("[data-grid] [data-row]"),
    frame: (scroller, { y, fromY }) => Math.abs(y - fromY) > STILL && scroller.getBoundingClientRect(),
    begin: rest,
    over: pass,
    drop() {},
  });
  if ("CloseWatcher" in globalThis) followBack();
  // ticks that came back with the page; with a mouse they are gone on with as they were begun
  if (selected().length && matchMedia("(pointer: coarse)").matches) root.dataset.picking = "";
}
