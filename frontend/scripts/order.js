// Rows that are put in order by carrying them: <tbody data-order><tr data-order-row><td><span data-order-grip>.
// The form takes the order from the hidden fields in the rows; buttons "up" and "down" do the same without carrying.
import { carry } from "./carry.js";
import { $$ } from "./core.js";

/** Rows that `row` selects, taken by what `grip` selects, go along with the pointer among those that `among` selects. */
export function carryRows({ grip, row, among = row, done }) {
  let was;
  carry({
    copy: false,
    places: among,
    find: ({ target }) => target.closest(grip)?.closest(row),
    begin: (line) => (was = { list: line.parentElement, next: line.nextSibling }),
    move(line, place, { y }) {
      if (!place || place === line) return;
      const box = place.getBoundingClientRect();
      const isAbove = y < box.top + box.height / 2;
      if ((isAbove ? place.previousElementSibling : place.nextElementSibling) === line) return;
      place[isAbove ? "before" : "after"](line);
    },
    drop: (line) => done(line),
    cancel: (line) => was.list.insertBefore(line, was.next),
  });
}

export function start() {
  for (const list of $$("[data-order]")) list.dataset.ready = "";
  carryRows({
    grip: "[data-order-grip]",
    row: "[data-order-row]",
    among: "[data-order]:has([data-moving]) > [data-order-row]",
    done: (row) => row.parentElement.dispatchEvent(new Event("change", { bubbles: true })),
  });
}
