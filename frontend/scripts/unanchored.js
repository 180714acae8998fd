// The place of menus in browsers that cannot anchor them to their button.
import { $ } from "./core.js";

/** The menu under its button, or above it; kept on the screen. */
export function place(menu) {
  const button = $(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const spot = button.getBoundingClientRect();
  const left = menu.classList.contains("end") ? spot.right - menu.offsetWidth : spot.left;
  const below = spot.bottom + 4;
  const fits = below + menu.offsetHeight < innerHeight;
  menu.style.position = "fixed";
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${fits ? below : Math.max(8, spot.top - menu.offsetHeight - 4)}px`;
}
