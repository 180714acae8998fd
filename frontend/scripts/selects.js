// A select whose choice does something at once: who walks through its options with the arrow keys or by letters has chosen
// when he presses Enter or goes on, as in Firefox; else he would never come further than to the first option.
import { on } from "./core.js";

const WALKING = /^(Arrow(Up|Down|Left|Right)|Home|End|Page(Up|Down)|[^\s])$/;

let walked = null; // the select in which a key goes from option to option now
let waiting = null; // the select that shows what has not been told yet

function tell() {
  const select = waiting;
  waiting = null;
  if (select?.isConnected) select.dispatchEvent(new Event("change", { bubbles: true }));
}

export function waitForChoice() {
  on(
    "keydown",
    "select",
    (event, select) => {
      const { key, altKey, ctrlKey, metaKey } = event;
      walked = WALKING.test(key) && !altKey && !ctrlKey && !metaKey ? select : null; // with Alt its menu opens
      if (key !== "Enter" || waiting !== select) return;
      event.preventDefault();
      tell();
    },
    true,
  );
  on("keyup", "select", () => (walked = null), true);
  on("pointerdown", "select", () => (walked = null), true);
  on(
    "change",
    "select",
    (event, select) => {
      if (!event.isTrusted || walked !== select || select.multiple) return void (waiting = null);
      event.stopImmediatePropagation();
      waiting = select;
    },
    true,
  );
  on("focusout", "select", (_event, select) => waiting === select && tell(), true);
}
