// Carrying something by pointer: with the mouse at once, with a finger after it has rested, so that a page still scrolls.
// Cards, entries of calendars and rows that are put in order all go this way; keys are the matter of their pages.

const HOLD = 350; // milliseconds that a finger rests before it carries
const FAR = 5; // pixels that a pointer moves before a mouse carries or a finger scrolls
const EDGE = 56; // near an edge the page goes along

const carriers = [];
let held = null;

/**
 * `find(event)` says what is carried, if anything; a place is what `places` selects under the pointer, or null.
 * `begin(thing, spot)`, `over(place, thing)`, `leave(place)` and `move(thing, place, spot)` show it, `end(thing)` clears up;
 * then comes `drop(thing, place, spot)` or `cancel(thing)`. A copy follows the pointer unless `copy` is false. `frame(scroller)`
 * is the box at whose edges it scrolls, null for none. A spot has x, y, where it began (fromX, fromY) and on which target.
 */
export function carry(carrier) {
  if (!carriers.length) listen();
  carriers.push(carrier);
}

/** What the pointer took hold of and who carries it. */
function find(event) {
  for (const carrier of carriers) {
    const thing = event.target.closest && carrier.find(event);
    if (thing) return { carrier, thing };
  }
}

function take(event) {
  const found = event.button || held ? null : find(event);
  if (!found) return;
  const { clientX: x, clientY: y, target, pointerId: id } = event;
  const isTouch = event.pointerType !== "mouse";
  held = { ...found, id, isTouch, isOn: false, place: null, spot: { x, y, fromX: x, fromY: y, target } };
  held.thing.dataset.moving = ""; // from now on nothing puts another one in its place
  if (isTouch) held.timer = setTimeout(lift, HOLD);
}

function lift() {
  const { carrier, thing, spot } = held;
  if (!thing.isConnected) return stop();
  const box = thing.getBoundingClientRect();
  held.isOn = true;
  if (carrier.copy !== false) {
    held.copy = copyOf(thing, box);
    held.grab = { x: spot.x - box.left, y: spot.y - box.top };
    held.copy.style.transformOrigin = `${held.grab.x}px ${held.grab.y}px`;
  }
  document.documentElement.setAttribute("data-carrying", "");
  carrier.begin?.(thing, spot);
  // what begins to show may have pushed the thing away from the pointer
  const [scroller] = scrollersOf(thing);
  if (scroller) scroller.scrollTop += thing.getBoundingClientRect().top - box.top;
  if (held.isTouch) navigator.vibrate?.(10);
  show();
  goAlong();
}

function copyOf(thing, { width, height }) {
  const copy = thing.cloneNode(true);
  delete copy.dataset.moving;
  copy.classList.add("carried", "lifted");
  copy.setAttribute("aria-hidden", "true");
  copy.inert = true;
  Object.assign(copy.style, { width: `${width}px`, height: `${height}px` });
  document.body.append(copy);
  return copy;
}

function show() {
  const { carrier, thing, copy, grab, spot } = held;
  if (!thing.isConnected) return stop(); // somebody else has taken it away
  if (copy) copy.style.translate = `${spot.x - grab.x}px ${spot.y - grab.y}px`;
  const place = placeBelow();
  if (place !== held.place) {
    if (held.place) carrier.leave?.(held.place);
    held.place = place;
    document.documentElement.setAttribute("data-carrying", place ? "over" : "");
    if (place) carrier.over?.(place, thing);
  }
  carrier.move?.(thing, place, spot);
}

const placeBelow = () => document.elementFromPoint(held.spot.x, held.spot.y)?.closest(held.carrier.places) ?? null;

/** Scroll what lies below the pointer or holds the thing, as long as the pointer is near one of its edges. */
function goAlong() {
  if (!held?.isOn) return;
  const { x, y } = held.spot;
  let went = false;
  for (const scroller of new Set([...scrollersOf(document.elementFromPoint(x, y)), ...scrollersOf(held.thing)])) {
    if (held.place && !scroller.contains(held.place) && !held.place.contains(scroller)) continue;
    const box = frameOf(scroller);
    if (!box) continue;
    const { scrollLeft, scrollTop } = scroller;
    if (x > box.left && x < box.right) scroller.scrollTop += pull(y, box.top, box.bottom);
    if (y > box.top && y < box.bottom) scroller.scrollLeft += pull(x, box.left, box.right);
    went ||= scrollLeft !== scroller.scrollLeft || scrollTop !== scroller.scrollTop;
  }
  if (went || placeBelow() !== held.place) show(); // what lies below may change without the pointer
  if (held) held.frame = requestAnimationFrame(goAlong);
}

function frameOf(scroller) {
  if (held.carrier.frame) return held.carrier.frame(scroller, held.spot);
  const { top, right, bottom, left } = scroller.getBoundingClientRect();
  return { top: Math.max(top, 0), right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight), left: Math.max(left, 0) };
}

function pull(at, least, most) {
  const edge = Math.min(EDGE, (most - least) / 4); // something narrow needs a middle in which it rests
  return Math.round((Math.min(0, at - least - edge) + Math.max(0, at - most + edge)) / 4);
}

function scrollersOf(element) {
  const found = [];
  for (let at = element; at; at = at.parentElement) {
    if (at.scrollHeight <= at.clientHeight && at.scrollWidth <= at.clientWidth) continue;
    const { overflowX, overflowY } = getComputedStyle(at);
    if (at === document.scrollingElement || /auto|scroll/.test(overflowX + overflowY)) found.push(at);
  }
  return found;
}

function stop(isDropped = false) {
  if (!held) return;
  const { carrier, thing, place, isOn, copy } = held;
  clearTimeout(held.timer);
  cancelAnimationFrame(held.frame);
  held = null;
  delete thing.dataset.moving;
  if (!isOn) return;
  copy?.remove();
  document.documentElement.removeAttribute("data-carrying");
  if (place) carrier.leave?.(place);
  carrier.end?.(thing);
  if (!isDropped) carrier.cancel?.(thing);
}

function letGo(event) {
  if (held?.id !== event.pointerId) return;
  const isDropped = event.type === "pointerup";
  if (held.isOn && isDropped) show();
  if (!held) return;
  const { carrier, isOn, thing, place, spot } = held;
  stop(isDropped);
  if (!isOn) return;
  // the click that follows would open what was carried
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  if (isDropped) carrier.drop(thing, place, spot);
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

function follow(event) {
  if (held?.id !== event.pointerId) return;
  const { spot, isOn, isTouch } = held;
  if (!isOn) {
    if (Math.hypot(event.clientX - spot.x, event.clientY - spot.y) <= FAR) return;
    if (isTouch) return stop(); // a finger that scrolls
    lift();
    if (!held) return;
  }
  Object.assign(spot, { x: event.clientX, y: event.clientY });
  show();
}

function listen() {
  document.addEventListener("pointerdown", take);
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", letGo);
  document.addEventListener("pointercancel", letGo);
  document.addEventListener("touchmove", (event) => held?.isOn && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => held?.isTouch && event.preventDefault());
  // the browser would drag the link or the picture instead
  document.addEventListener("dragstart", (event) => (held?.isTouch || find(event)) && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !held?.isOn) return;
    event.stopPropagation();
    stop();
  }, { capture: true });
}
