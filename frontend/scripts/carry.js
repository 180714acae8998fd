// Carrying something by pointer: with the mouse at once, with a finger after a moment, so that a page still scrolls.

const HOLD = 350; // milliseconds that a finger rests before it carries
const FAR = 5; // pixels that a mouse moves before it carries
const EDGE = 56; // near an edge the page goes along

let held = null;

/**
 * `find(event)` says what is carried, if anything. `begin(thing)`, `over(place, thing)` and `leave(place)` show it;
 * `drop(thing, place)` does it. A place is what `places` selects under the pointer.
 */
export function carry({ find, places, begin, over, leave, drop }) {
  const stop = () => {
    clearTimeout(held?.timer);
    cancelAnimationFrame(held?.frame);
    held?.ghost?.remove();
    if (held?.place) leave(held.place);
    if (held?.thing) delete held.thing.dataset.moving;
    document.documentElement.removeAttribute("data-carrying");
    held = null;
  };
  const lift = () => {
    const { thing, x, y } = held;
    const box = thing.getBoundingClientRect();
    held.isOn = true;
    held.ghost = thing.cloneNode(true);
    held.ghost.classList.add("carried");
    held.ghost.setAttribute("aria-hidden", "true");
    held.ghost.inert = true;
    held.ghost.style.width = `${box.width}px`;
    held.grab = { x: x - box.left, y: y - box.top };
    document.body.append(held.ghost);
    document.documentElement.setAttribute("data-carrying", "");
    begin?.(thing);
    const scroller = scrollerOf(thing); // what begins to show may have pushed the thing away from the pointer
    scroller.scrollTop += thing.getBoundingClientRect().top - box.top;
    thing.dataset.moving = "";
    if (held.isTouch) navigator.vibrate?.(10);
    show();
    goAlong(scroller);
  };
  const show = () => {
    const { x, y, grab, ghost, thing } = held;
    ghost.style.translate = `${x - grab.x}px ${y - grab.y}px`;
    const place = document.elementFromPoint(x, y)?.closest(places) ?? null;
    if (place === held.place) return;
    if (held.place) leave(held.place);
    held.place = place;
    if (place) over(place, thing);
  };
  const goAlong = (scroller) => {
    if (!held?.isOn) return;
    const { top, bottom } = scroller.getBoundingClientRect();
    const up = Math.min(0, held.y - Math.max(top, 0) - EDGE);
    const down = Math.max(0, held.y - Math.min(bottom, innerHeight) + EDGE);
    if (up || down) {
      scroller.scrollTop += (up + down) / 4;
      show();
    }
    held.frame = requestAnimationFrame(() => goAlong(scroller));
  };
  const end = (event) => {
    if (held?.id !== event.pointerId) return;
    const { isOn, thing, place } = held;
    stop();
    if (!isOn) return;
    // the click that follows would open what was carried
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
    if (event.type === "pointerup" && place) drop(thing, place);
  };
  document.addEventListener("pointerdown", (event) => {
    const thing = event.button || held ? null : find(event);
    if (!thing) return;
    const isTouch = event.pointerType !== "mouse";
    held = { thing, id: event.pointerId, x: event.clientX, y: event.clientY, isTouch, isOn: false, place: null };
    if (isTouch) held.timer = setTimeout(lift, HOLD);
  });
  document.addEventListener("pointermove", (event) => {
    if (held?.id !== event.pointerId) return;
    const isFar = Math.hypot(event.clientX - held.x, event.clientY - held.y) > FAR;
    if (!held.isOn && !isFar) return;
    if (!held.isOn && held.isTouch) return stop(); // a finger that scrolls
    if (!held.isOn) lift();
    Object.assign(held, { x: event.clientX, y: event.clientY });
    show();
  });
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
  document.addEventListener("touchmove", (event) => held?.isOn && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => held?.isTouch && event.preventDefault());
  // the browser would drag the link instead
  document.addEventListener("dragstart", (event) => find(event) && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !held?.isOn) return;
    event.stopPropagation();
    stop();
  }, { capture: true });
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

function scrollerOf(thing) {
  for (let at = thing.parentElement; at; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}
