// Who else has this record's page open, and who is editing it: the tab says every now and then that it is here.
import { $, headers, on, part, post } from "./core.js";

const EVERY = 20_000;
const place = () => $("[data-here]");
const fresh = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
let tab = fresh();
let said = false; // whether the others were told that something is edited here

const isEditing = () =>
  place().dataset.editing !== undefined || Boolean($("form[data-celledit], dialog[open] form[data-version]"));

function say() {
  if (!place() || document.hidden) return Promise.resolve();
  said = isEditing();
  const body = new URLSearchParams({ tab, ...(said ? { editing: "1" } : {}) });
  return post(place().dataset.here, body).catch(() => {});
}

function leave() {
  const body = new URLSearchParams({ tab, gone: "1", csrfmiddlewaretoken: headers()["X-CSRFToken"] });
  navigator.sendBeacon(place().dataset.here, body);
}

async function look() {
  const found = await part(place().dataset.here); // null where the record is gone, which its page says itself
  if (found !== null) place().innerHTML = found; // markup of our own server
}

export function start() {
  const again = () => place() && isEditing() !== said && say();
  document.addEventListener("others-changed", ({ detail }) => {
    if (place() && detail.some((id) => place().dataset.here.includes(id))) look();
  });
  document.addEventListener("htmx:after:swap", again);
  on("click", "[data-cancel]", () => setTimeout(again, 50));
  on("keyup", "form", (event) => event.key === "Escape" && setTimeout(again, 50));
  document.addEventListener("visibilitychange", () => document.hidden || say());
  addEventListener("pagehide", leave);
  // what comes back with the Back button has said farewell: it is another tab now
  addEventListener("pageshow", ({ persisted }) => persisted && ((tab = fresh()), say().then(look)));
  setInterval(say, EVERY);
  say().then(look);
}
