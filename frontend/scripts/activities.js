// Activities: who takes part, quick days and minutes, the agenda of a day, the quick task behind Q.
import { emptied } from "./ahead.js";
import { $, $$, key, make, makeIcon, on, openLater, words } from "./core.js";

const initials = (name) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word[0])
    .filter((_letter, place, all) => place === 0 || place === all.length - 1)
    .join("")
    .toUpperCase();

// ---------- who takes part

function addPerson(box, { value, text }) {
  const combo = $("[data-combo]", box);
  for (const input of $$("input", combo)) input.value = "";
  $("[role=combobox]", combo).dataset.taken = "";
  if (!value || $$("input[name=people]", box).some((other) => other.value === value)) return;
  const remove = make(
    "button",
    { type: "button", "data-remove-person": "", "aria-label": words("remove", { name: text }) },
    makeIcon("x", "xs"),
  );
  const face = make("span", { className: "av s18 h-grey", "aria-hidden": "true" }, initials(text));
  const id = make("input", { type: "hidden", name: "people", value });
  combo.before(make("span", { className: "tag who" }, face, make("span", { className: "cut" }, text), id, remove));
}

// ---------- days and minutes

function pickDay(button) {
  const group = button.closest(".when");
  const field = $("input[name=day]", group);
  const again = field.value === button.dataset.day;
  field.value = again ? "" : button.dataset.day;
  markDay(group);
}

function markDay(group) {
  const { value } = $("input[name=day]", group);
  for (const one of $$("[data-day]", group)) {
    const isIt = value !== "" && one.dataset.day === value;
    one.classList.toggle("on", isIt);
    one.setAttribute("aria-pressed", String(isIt));
  }
}

// ---------- the agenda

function layOut(agenda) {
  const first = Number(agenda.dataset.agenda);
  const hour = $(".hr", agenda)?.offsetHeight ?? 64;
  const top = (minutes) => `${((minutes - first) / 60) * hour}px`;
  for (const one of $$(".ap[data-start]", agenda)) {
    const { start, minutes, lane, lanes } = one.dataset;
    const share = 1 / Number(lanes);
    one.style.top = top(Number(start));
    one.style.height = `${Math.max(22, (Number(minutes) / 60) * hour - 2)}px`;
    one.style.left = `calc(34px + (100% - 34px) * ${Number(lane) * share})`;
    one.style.right = `calc((100% - 34px) * ${1 - (Number(lane) + 1) * share} + ${lanes > 1 ? 2 : 0}px)`;
  }
  const line = $(".nowline", agenda);
  if (!line) return;
  const [hours, minutes] = line.dataset.now.split(":").map((part) => parseInt(part, 10));
  const now = hours * 60 + minutes + Math.floor((Date.now() - loadedAt(line)) / 60_000);
  line.style.top = top(now);
  line.hidden = Number.isNaN(now) || now < first || now > first + $$(".hr", agenda).length * 60;
  const clock = `${String(Math.floor(now / 60)).padStart(2, "0")}:${String(now % 60).padStart(2, "0")}`;
  line.dataset.shown = clock;
}

const loadedAt = (line) => Number((line.dataset.since ??= String(Date.now())));
const layOutAll = () => $$("[data-agenda]").forEach(layOut);

// ---------- the quick task

function quickTask() {
  const field = $("[data-quick]");
  if (field) return void field.focus();
  const command = commands().find((one) => one.keys === "Q");
  if (!command) return false;
  openLater(command.href);
}

const commands = () => JSON.parse($("#commands")?.textContent ?? "[]");

export function start() {
  on("taken", "[data-people] [data-combo]", (event, combo) => addPerson(combo.closest("[data-people]"), event.detail));
  on("click", "[data-remove-person]", (_event, button) => button.closest(".who").remove());
  on("click", ".when [data-day]", (_event, button) => pickDay(button));
  on("change", ".when input[name=day]", (_event, field) => markDay(field.closest(".when")));
  on("click", ".took [data-minutes]", (_event, button) => {
    const field = $("input[name=duration]", button.closest(".took"));
    field.value = field.value === button.dataset.minutes ? "" : button.dataset.minutes;
  });
  on("click", "[data-dismiss]", (_event, button) => {
    if (!button.dataset.dismiss) return;
    button.closest(button.dataset.dismiss)?.remove();
    document.body.dispatchEvent(new CustomEvent("record-changed", { bubbles: true }));
  });
  on("keydown", "form[data-submit-on]", (event, form) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("quick-added", () => {
    const field = $("[data-quick]");
    if (field) emptied(field);
  });
  layOutAll();
  setInterval(layOutAll, 30_000);
  for (const moment of ["htmx:after:swap", "refreshed"]) document.addEventListener(moment, layOutAll);
  const command = commands().find((one) => one.keys === "Q");
  if (command) key("q", words("anywhere"), command.label, quickTask);
}
