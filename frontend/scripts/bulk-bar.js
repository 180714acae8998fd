// The bar of the selected rows: what does not fit into it stands in its menu, and its keys act while something is ticked.
import { $, $$, key, words } from "./core.js";

let bar = null;
let count = 0;

const deeds = () => $$("[data-bulk-url], [data-bulk-post]").filter((one) => one.closest("[data-bulk], #bulk-menu"));

/** The bar with so many selected rows. */
export function fit(wanted, selected) {
  count = selected;
  if (bar !== wanted) begin(wanted);
  const [place, more, menu] = [$("[data-bulk-deeds]", bar), $("[data-bulk-more]", bar), $("#bulk-menu")];
  for (const deed of deeds()) deed.disabled = !count;
  // what has the cursor stays where it is
  if (menu.matches(":popover-open") || place.contains(document.activeElement)) return;
  for (const deed of $$("button", menu)) {
    deed.classList.remove("mi");
    more.before(deed);
  }
  more.hidden = true;
  while (place.scrollWidth > place.clientWidth && more.previousElementSibling) {
    more.hidden = false;
    const last = more.previousElementSibling;
    last.classList.add("mi");
    menu.prepend(last);
  }
}

/** Its keys act in its menu, too. The key sheet reads them from the page. */
function begin(wanted) {
  bar = wanted;
  for (const deed of deeds().filter((one) => one.dataset.key))
    key(deed.dataset.key, words("lists"), "", () => deed.click(), { when: () => !bar.hidden && !deed.disabled });
  addEventListener("resize", () => bar.hidden || fit(bar, count));
}
