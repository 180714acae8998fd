// The page and forms of a record: rows that come and go, links to what is created with them, parts kept fresh.
import { $, $$, htmx, on } from "./core.js";

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

// ---------- what shows a value elsewhere on the page

let asked = 0;
let later = null;

const isWrittenIn = (part) =>
  Boolean($("form[data-celledit], .htmx-request", part)) ||
  $$("textarea", part).some((text) => text.value !== text.defaultValue) ||
  (part.id !== "record-fields" && part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

async function refresh() {
  const parts = $$("[data-refresh]");
  if (!parts.length) return;
  const number = ++asked;
  const answer = await fetch(location.href, { headers: { "Rapport-Background": "1" } }).catch(() => null);
  if (answer?.status === 404) document.dispatchEvent(new CustomEvent("record-gone"));
  const text = answer?.ok ? await answer.text() : "";
  if (!text || number !== asked) return; // a newer question is on its way; an older answer must not come last
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    // what somebody is writing in stays; it is looked at again when he has ended
    if (isWrittenIn(part)) {
      later ??= setTimeout(() => ((later = null), refresh()), 3000);
      continue;
    }
    const held = part.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : "";
    const opened = $$("details[open] > summary", part).map((summary) => summary.textContent);
    for (const summary of $$("details:not([open]) > summary", fresh)) {
      if (opened.includes(summary.textContent)) summary.parentElement.open = true;
    }
    part.replaceWith(document.adoptNode(fresh));
    htmx.process(fresh);
    if (held) document.getElementById(held)?.focus();
  }
  const title = page.querySelector("title");
  if (title) document.title = title.textContent;
}

export function start() {
  dress(document);
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
  document.addEventListener("record-changed", () => setTimeout(refresh, 60));
  document.addEventListener("timeline-changed", () => setTimeout(refresh, 60));
}
