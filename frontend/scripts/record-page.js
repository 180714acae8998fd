// The page and forms of a record: rows that come and go, links to what is created with them, parts kept fresh.
import { $, $$, on } from "./core.js";
import { refresh } from "./refresh.js";

// ---------- rows of parts: contact points, addresses

function addRow(event, button) {
  event.preventDefault();
  const box = button.closest("[data-rows]");
  const count = $("[data-row-count]", box);
  const html = $("template", box).innerHTML.replaceAll("__n__", count.value);
  count.value = Number(count.value) + 1;
  const list = $("ul", box);
  list.insertAdjacentHTML("beforeend", html); // the page's own markup
  const row = list.lastElementChild;
  dress(row);
  $("select, input:not([type=hidden]), textarea", row)?.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** With scripts a row is removed by its button and is gone; without them a checkbox says so. */
function dress(root) {
  for (const button of $$("[data-remove-row]", root)) button.hidden = false;
  for (const label of $$(".premove", root)) label.hidden = true;
}

function removeRow(_event, button) {
  const row = button.closest(".prow");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  $(".premove input", row).checked = true;
  row.hidden = true;
  row.dispatchEvent(new Event("input", { bubbles: true }));
  ($("input:not([type=hidden]), select", next ?? row.parentElement) ?? $("[data-add-row]", row.closest("[data-rows]")))?.focus();
}

// ---------- the way through the stages

/** Where the vital signs are longer than the screen, the stage of today stands in the middle of it. */
function showStage() {
  const stage = $(".vitals .track > [aria-current]");
  if (!stage) return;
  const signs = stage.closest(".vitals");
  const [now, all] = [stage, signs].map((one) => one.getBoundingClientRect());
  signs.scrollLeft += now.left + now.width / 2 - all.left - all.width / 2;
}

const renew = () => setTimeout(() => refresh().then(showStage), 60);

export function start() {
  dress(document);
  showStage();
  on("click", "[data-add-row]", addRow);
  on("click", "[data-remove-row]", removeRow);
  document.addEventListener("dialog-filled", () => dress($("#dialog") ?? document));
  on("taken", "[data-combo]", (event, box) => {
    const name = $("input[type=hidden]", box)?.name;
    const wish = name && $(`[data-create-for="${CSS.escape(name)}"]`, box.parentElement);
    if (wish) wish.value = event.detail.create ?? "";
  });
  on("click", "[data-compose-go]", () => {
    const composer = $("[data-composer]");
    composer?.classList.add("is-open");
    composer?.scrollIntoView({ block: "start" });
    $("textarea, input:not([type=hidden])", composer)?.focus();
  });
  on("click", ".composer [data-compose]", (_event, tab) => tab.closest(".composer").classList.add("is-open"));
  document.addEventListener("record-changed", renew);
  document.addEventListener("timeline-changed", renew);
}
