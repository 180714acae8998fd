// Entry point of every page: htmx and the behaviors declared by data attributes (docs/how-to/build-a-screen.md).
// Only what every page needs at once is in this file; the rest loads where its element is, or when the page is idle.
import { $, on, root, words } from "./basics.js";
import * as htmx from "./htmx.js";
import * as keys from "./keys.js";
import * as menus from "./menus.js";
import "./core.js";
import * as notices from "./notices.js";
import * as preferences from "./preferences.js";

for (const part of [htmx, notices, keys, preferences, menus]) part.start();
early.length = 0; // what these and htmx itself have missed is not done by halves

/** Open at once, so that what is typed goes into it and not to the page; what it finds comes with its script. */
function palette() {
  const dialog = $("#palette");
  if (dialog.open) return dialog.close();
  dialog.showModal(); // which closes open menus
  const input = $("input", dialog);
  input.value = "";
  input.focus();
  import("./palette.js").then(({ find }) => find(input.value));
}
if ($("#palette")) {
  keys.key("Mod+k", words("anywhere"), words("search"), () => void palette());
  on("click", "[data-palette]", palette);
}

// Every entry loads once, as soon as the page has such an element.
const islands = {
  "[data-grid]": () => import("./lists.js"),
  "[data-calendar]": () => import("./calendar.js"),
  "[data-hours]": () => import("./hours.js"),
  "[data-cell], [data-edit-url]": () => import("./cells.js"),
  "[data-record], [data-composer]": () => import("./records.js"),
  "[data-refresh], [data-rows], [data-create-for]": () => import("./record-page.js"),
  "[data-combo]": () => import("./combobox.js"),
  "[data-guard], [data-conditions], [data-tags], [data-drop], [data-upload], [data-autosubmit], [data-copy], [data-check-all]":
    () => import("./forms.js"),
  "[data-board]": () => import("./board.js"),
  "[data-order]": () => import("./order.js"),
  "[data-list]": () => import("./list-panels.js"),
  "[data-narrow]": () => import("./narrow.js"),
  "[data-complete]": () => import("./typed-filter.js"),
  'meta[name="live"]': () => import("./live.js"),
  "dialog[data-clash], [data-celledit]": () => import("./dialogs.js"), // starts by itself
  "[data-here]": () => import("./presence.js"),
  "[data-mentions]": () => import("./mentions.js"),
  "[data-passkey], [data-passkey-new]": () => import("./passkeys.js"),
  "#commands": () => import("./activities.js"),
  "#day": () => import("./needs.js"),
  "[data-walk]": () => import("./walk.js"),
};
let waking = 0;
async function wake() {
  waking += 1;
  const found = Object.entries(islands).filter(([selector]) => $(selector));
  if (found.length) delete root.dataset.ready; // from now on boot.js keeps what they miss
  for (const [selector] of found) delete islands[selector];
  try {
    await Promise.all(found.map(([, load]) => load().then((island) => island.start?.())));
    // what was typed when a session ended comes back last
    if ($("[data-guard], [data-keep]") || sessionStorage.typed) (await import("./kept.js")).look();
  } finally {
    waking -= 1;
    if (!waking) {
      early.length = 0;
      root.dataset.ready = "";
    }
  }
}
document.addEventListener("htmx:after:swap", wake);
document.addEventListener("dialog-filled", wake);
wake();
(globalThis.requestIdleCallback ?? setTimeout)(() => import("./idle.js"), { timeout: 300 });
