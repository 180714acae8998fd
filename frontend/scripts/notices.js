// Notices at the lower right: what happened, with Undo. Errors stay 9 seconds, the rest 5.
import { $, $$, goTo, headers, on, words } from "./basics.js";

const undos = [];

export function notice(text, { undoUrl = "", undo = null, bad = false, link = "", linkText = "" } = {}) {
  const box = $("#notices");
  const element = $("#notice-template").content.cloneNode(true).firstElementChild;
  element.setAttribute("role", bad ? "alert" : "status");
  $(bad ? ".good" : ".bad", element).remove();
  $(".grow", element).textContent = text;
  if (link) Object.assign($("a", element), { href: link, textContent: linkText, hidden: false });
  const takeBack = undo ?? (undoUrl && (() => takeBackAt(undoUrl)));
  if (takeBack) {
    const entry = { run: takeBack, element, until: Date.now() + 600_000 };
    undos.push(entry);
    Object.assign($("button.link", element), { hidden: false, onclick: () => runUndo(entry) });
  }
  // a dialog in the top layer would cover the notices, so they go on top again
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  box.append(element);
  let timer = 0;
  const wait = () => (timer = setTimeout(() => drop(element), bad ? 9000 : 5000));
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", wait);
  element.addEventListener("focusin", () => clearTimeout(timer));
  wait();
}

function drop(element) {
  element.remove();
  const box = $("#notices");
  if (!box.childElementCount && box.matches(":popover-open")) box.hidePopover();
}

async function runUndo(entry) {
  undos.splice(undos.indexOf(entry), 1);
  drop(entry.element);
  await entry.run();
}

async function takeBackAt(url) {
  try {
    // what was put back and what was kept is told by the page that comes
    const answer = await fetch(url, { method: "POST", headers: { ...headers(), "HX-Request": "true" } });
    if (!answer.ok) return void notice(await errorOf(answer), { bad: true });
    const target = answer.headers.get("HX-Redirect");
    if (target) goTo(target);
    else location.reload();
  } catch {
    notice(words("offline"), { bad: true });
  }
}

/** Take the last change back; for Cmd/Ctrl Z. */
export function undoLast() {
  const entry = undos.findLast((candidate) => candidate.until > Date.now());
  if (entry) runUndo(entry);
  return Boolean(entry);
}

/** Show this notice on the next page. */
export const remember = (text) => (sessionStorage.notice = text);

/** The sentence of an error answer: its JSON {error}, else a general one. */
export function sentenceOf(text, general = "notSaved") {
  let sentence;
  try {
    sentence = JSON.parse(text).error;
  } catch {
    // an error page, not a sentence for people
  }
  return sentence ?? words(general);
}

export const errorOf = async (answer) => sentenceOf(await answer.text());

/** Show the notices that an answer carries in its header. */
export function readNotices(answerHeaders) {
  const told = answerHeaders?.get("Rapport-Notice");
  if (!told) return false;
  for (const { text, undo_url: undoUrl, bad, link, link_text: linkText } of JSON.parse(told)) {
    notice(text, { undoUrl, bad, link, linkText });
  }
  return true;
}

/** A line while the network is away; only what changes is told, because a page of this machine needs no network. */
function watchNetwork() {
  const line = $("#offline");
  for (const name of line ? ["offline", "online"] : []) addEventListener(name, () => (line.hidden = name === "online"));
}

export function start() {
  watchNetwork();
  if (!$("#notices")) return;
  on("click", "[data-close-notice]", (_event, button) => drop(button.closest(".toast")));
  for (const told of $$("template[data-notice]")) {
    const { undoUrl, bad, link, linkText } = told.dataset;
    notice(told.content.textContent, { undoUrl, bad: bad !== undefined, link, linkText });
  }
  if (sessionStorage.notice) {
    notice(sessionStorage.notice);
    sessionStorage.removeItem("notice");
  }
}
