// Rows that are put in order by dragging: <tbody data-order><tr data-order-row><td><span data-order-grip>.
// The form takes the order from the hidden fields in the rows; buttons "up" and "down" do the same without dragging.
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { $, $$ } from "./core.js";

function watch(row, list) {
  const isHere = ({ source }) => source.data.row?.parentElement === list;
  const half = (input) => {
    const box = row.getBoundingClientRect();
    return input.clientY < box.top + box.height / 2 ? "before" : "after";
  };
  const mark = (side) => {
    row.classList.toggle("over-before", side === "before");
    row.classList.toggle("over-after", side === "after");
  };
  draggable({
    element: row,
    dragHandle: $("[data-order-grip]", row),
    getInitialData: () => ({ row }),
    onDragStart: () => (row.dataset.moving = ""),
    onDrop: () => delete row.dataset.moving,
  });
  dropTargetForElements({
    element: row,
    canDrop: isHere,
    onDrag: ({ location: spot, source }) => mark(source.data.row === row ? "" : half(spot.current.input)),
    onDragLeave: () => mark(""),
    onDrop: ({ location: spot, source }) => {
      mark("");
      if (source.data.row === row) return;
      row[half(spot.current.input)](source.data.row);
      list.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
}

export function start() {
  for (const list of $$("[data-order]")) {
    for (const row of $$("[data-order-row]", list)) watch(row, list);
    list.dataset.ready = "";
  }
}
