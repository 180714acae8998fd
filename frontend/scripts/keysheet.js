// The sheet behind "?": every key that acts on this page.
import { $, $$, isMac, known, make, makeIcon, words } from "./core.js";

const shown = (name) =>
  name
    .split("+")
    .map(
      (part) =>
        ({ Mod: isMac ? "⌘" : "Ctrl", Shift: "⇧", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "↵", " ": words("space") })[
          part
        ] ?? (part.length === 1 ? part.toUpperCase() : part),
    );
function sheetGroups() {
  const groups = new Map();
  const add = (group, label, keys) => {
    if (!groups.has(group)) groups.set(group, new Map());
    groups.get(group).set(label, [...(groups.get(group).get(label) ?? []), ...keys]);
  };
  groups.set(words("anywhere"), new Map()); // stands first
  groups.set(words("goTo"), new Map());
  for (const link of $$(".side [data-go]")) {
    add(words("goTo"), $(".lbl", link).textContent, [["G", link.dataset.go.toUpperCase()]]);
  }
  for (const [name, entries] of known) {
    for (const entry of entries)
      if (entry.label && entry.when()) add(entry.group, entry.label, [shown(name)]);
  }
  for (const element of $$("[data-key][data-key-label]")) {
    const group = element.closest(".bulk, #bulk-menu, [data-list], .list-tool") ? "lists" : "anywhere";
    add(words(group), element.dataset.keyLabel, [shown(element.dataset.key)]);
  }
  return groups;
}

// What is needed most stands first; whatever else a page knows follows as it was registered.
const FIRST = ["search", "searchList", "create", "downUp", "cells", "select", "range", "open", "peek", "editCell"];

function ordered(rows) {
  const rank = new Map(FIRST.map((word, place) => [words(word), place]));
  const place = ([label]) => rank.get(label) ?? FIRST.length;
  return [...rows].sort((one, two) => place(one) - place(two));
}

export function show() {
  if ($("#keys")) return;
  const grid = make("div", { className: "dlg-b kgrid", tabIndex: 0 });
  for (const [title, rows] of sheetGroups()) {
    if (!rows.size) continue;
    const list = make("dl");
    for (const [label, combinations] of ordered(rows)) {
      const caps = combinations.flatMap((caps) => caps.map((cap) => make("kbd", {}, cap)));
      list.append(make("div", {}, make("dt", {}, label), make("dd", {}, ...caps)));
    }
    grid.append(make("section", {}, make("h3", {}, title), list));
  }
  const close = make("button", { className: "btn ghost sq", type: "button", "aria-label": words("close") }, makeIcon("x"));
  const wanted = make("input", { type: "search", placeholder: words("findKey"), "aria-label": words("findKey") });
  wanted.addEventListener("input", () => narrow(grid, wanted.value));
  const head = make(
    "div",
    { className: "grow" },
    make("h1", {}, words("keys")),
    make("p", { className: "small t2" }, words("keysHelp")),
  );
  const sheet = make(
    "dialog",
    { className: "dlg keysd", id: "keys", "aria-label": words("keys") },
    make("header", {}, head, make("label", { className: "qin" }, makeIcon("search", "sm"), wanted), close),
    grid,
  );
  close.onclick = () => sheet.close();
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  wanted.focus();
}

/** Only the lines that hold what was typed, and the groups that still have some. */
function narrow(grid, text) {
  const said = text.trim().toLocaleLowerCase();
  for (const line of $$("dl > div", grid)) line.hidden = !line.textContent.toLocaleLowerCase().includes(said);
  for (const group of $$("section", grid)) group.hidden = !$("dl > div:not([hidden])", group);
}
