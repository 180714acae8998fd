// Dialogs that load their body from an address and send their forms; questions before a deed.
import { catchKeys, typeInto } from "./ahead.js";
import { $, $$, goTo, headers, htmx, key, make, makeIcon, notice, on, readNotices, sentenceOf, words } from "./core.js";
import { keepCursor } from "./cursor.js";
import { waitForChoice } from "./selects.js";

let asked = 0;

/** Load an address into the page's dialog and open it; the one that was asked for last, and none after Escape. */
export async function openDialog(url) {
  const dialog = $("#dialog");
  const number = ++asked;
  const caught = catchKeys();
  const request = { headers: { ...headers(), "HX-Request": "true", "Rapport-Dialog": "1" } };
  const answer = await fetch(url, request).catch(() => null);
  const html = (await answer?.text().catch(() => "")) ?? "";
  const typed = caught();
  if (typed === null || number !== asked) return;
  if (!answer?.ok) return notice(sentenceOf(html, "notLoaded"), { bad: true });
  if (answer.headers.has("HX-Redirect")) return goTo(answer.headers.get("HX-Redirect"));
  readNotices(answer.headers);
  fill(dialog, html);
  if (!dialog.open) dialog.showModal();
  const first = $("[autofocus]", dialog) ?? $(".dlg-b :is(input:not([type=hidden]), select, textarea)", dialog);
  first?.focus();
  if (first?.matches("[type=checkbox], [type=radio]")) typed.split("").forEach(press); // the dialog names its keys
  else typeInto(first, typed);
  const body = $(".dlg-b", dialog);
  const isWide = body?.scrollWidth > body?.clientWidth;
  if (!first && (isWide || body?.scrollHeight > body?.clientHeight)) body.tabIndex = 0; // the arrows scroll it
}

const press = (letter) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: letter, bubbles: true }));

function fill(dialog, html) {
  // a whole page (its address also works alone) brings its form in <main>
  const page = new DOMParser().parseFromString(html, "text/html");
  const body = $("main", page) ?? page.body;
  dialog.replaceChildren(...document.adoptNode(body).childNodes);
  const title = $("h1, h2", dialog);
  if (title) dialog.setAttribute("aria-label", title.textContent);
  htmx.process(dialog);
  dialog.dispatchEvent(new CustomEvent("dialog-filled", { bubbles: true }));
}

async function submit(event, form) {
  if (form.matches("[hx-post], [hx-get], [hx-patch], [hx-put], [hx-delete], [method=dialog], [data-upload]"))
    return;
  event.preventDefault();
  if (form.classList.contains("saving")) return; // a double click
  const dialog = form.closest("dialog");
  const data = new FormData(form, event.submitter);
  const address = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const release = hold(form);
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { ...headers(), "HX-Request": "true", "Rapport-Dialog": "1" },
      body: data,
    });
    const text = await answer.text();
    const target = answer.headers.get("HX-Redirect") ?? (answer.redirected ? answer.url : "");
    const isLeaving = target || answer.headers.get("HX-Refresh") === "true";
    if (isLeaving) setTimeout(release, 3000); // it was a file, or somebody stays
    else release();
    if (isLeaving || (form.isConnected && dialog.open)) answered(answer, text, dialog, target);
    else readNotices(answer.headers); // he is elsewhere by now
  } catch {
    release();
    notice(words("offline"), { bad: true });
  }
}

/** Nothing is typed or chosen while the answer is on its way: it may bring the form anew, and that would be lost. */
function hold(form) {
  const body = $(".dlg-b", form) ?? form;
  const active = body.contains(document.activeElement) ? document.activeElement : null;
  form.classList.add("saving");
  body.inert = true;
  return () => {
    form.classList.remove("saving");
    body.inert = false;
    active?.focus({ preventScroll: true }); // so that the cursor finds its way into the new form
  };
}

function answered(answer, text, dialog, target) {
  const told = readNotices(answer.headers);
  if (target) return goTo(target);
  if (answer.headers.get("HX-Refresh") === "true") return location.reload();
  const trigger = answer.headers.get("HX-Trigger") ?? "";
  for (const name of trigger.startsWith("{") ? Object.keys(JSON.parse(trigger)) : trigger.split(",")) {
    if (name.trim()) dialog.dispatchEvent(new CustomEvent(name.trim(), { bubbles: true }));
  }
  if (answer.status === 204) return dialog.close();
  if ((answer.headers.get("Content-Type") ?? "").includes("json")) {
    const { error } = JSON.parse(text);
    if (error) return notice(error, { bad: true });
    return dialog.close();
  }
  if (answer.status >= 400 && answer.status !== 422 && answer.status !== 409) {
    if (!told) notice(words("notSaved"), { bad: true });
    return;
  }
  if (!text.trim()) return dialog.close();
  fill(dialog, text);
  $('[aria-invalid="true"]', dialog)?.focus();
}

/** Ask before a deed: the dialog with a question, resolved with yes or no. */
export function ask(text, verb, danger) {
  const no = make("button", { className: "btn lg", type: "button" }, words("cancel"));
  const yes = make("button", { className: `btn lg ${danger ? "danger" : "primary"}`, type: "button" }, verb);
  const buttons = make("span", { className: "push row" }, no, yes);
  const dialog = make(
    "dialog",
    { className: "dlg", "aria-label": text },
    make("header", {}, makeIcon("circle-alert"), make("h1", { className: "grow" }, text)),
    make("footer", {}, buttons),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    yes.onclick = () => dialog.close("yes");
    no.onclick = () => dialog.close();
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** A question with two answers, each a [label, value]; resolved with the value, the first one when it is closed. */
export function choose(title, text, [first, second]) {
  const button = ([label], look) => make("button", { className: `btn lg ${look}`, type: "button" }, label);
  const [one, other] = [button(first, ""), button(second, "primary")];
  const dialog = make(
    "dialog",
    { className: "dlg", "aria-label": title },
    make("header", {}, makeIcon("git-merge"), make("h1", { className: "grow" }, title)),
    make("div", { className: "dlg-b" }, make("p", {}, text)),
    make("footer", {}, make("span", { className: "push row" }, one, other)),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    one.onclick = () => dialog.close();
    other.onclick = () => dialog.close("second");
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "second" ? second[1] : first[1]);
    });
  });
}

/** The form came back because somebody else changed the same: its question is asked on top of the page. */
function askAgain() {
  for (const dialog of $$("dialog[data-clash][open]:not(:modal)")) {
    dialog.close();
    dialog.showModal();
  }
}

/** From any field of a form that is saved as a whole, past all the others. */
function send({ target, defaultPrevented }) {
  const form = target.closest?.("form[data-guard], dialog form");
  if (!form || defaultPrevented) return false;
  form.requestSubmit($$("button.primary", form).find((one) => !one.disabled && one.checkVisibility()));
}

key("Mod+Enter", words("anywhere"), words("sendForm"), send);
// what a dialog shows, as a page of its own
on("click", "button[data-close]:not(:is(dialog, [popover]) *)", () => history.back());
waitForChoice();
keepCursor(); // every page loads this file as soon as it is at rest
on("click", "[data-clash-later]", (_event, button) => {
  const dialog = button.closest("dialog");
  for (const mine of $$('input[type=radio][value=""]', dialog)) mine.checked = true; // what he sees in the form
  dialog.close();
});
document.addEventListener("htmx:after:swap", askAgain);
askAgain();
on("submit", "#dialog form", submit);
window.addEventListener("pageshow", ({ persisted }) => persisted && $("#dialog")?.close()); // back again
on("click", "dialog.dlg", (event, dialog) => {
  if (event.target === dialog && !$("[data-dirty]", dialog)) dialog.close();
});
