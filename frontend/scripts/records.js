// Keys of a record page: write a note, task, call or meeting; walk to the next or previous record.
import { $, $$, key, on, words } from "./core.js";

const compose = (kind) => {
  const tab = $(`[data-compose="${kind}"]`);
  if (!tab) return false;
  tab.click();
  const composer = tab.closest("[data-composer]");
  composer?.classList.add("is-open");
  composer?.scrollIntoView({ block: "nearest" });
  if (!tab.hasAttribute("hx-get")) $("input:not([type=hidden]), textarea", composer)?.focus();
};

const select = (tab) => {
  for (const other of tab ? $$("[data-compose]", tab.closest("[data-composer]")) : [])
    other.setAttribute("aria-selected", String(other === tab));
};

const follow = (direction) => {
  const link = $(`a[rel="${direction}"]`);
  if (!link) return false;
  link.click();
};

export function start() {
  const group = words("records");
  const when = () => $("[data-record]");
  for (const [name, kind] of [
    ["n", "note"],
    ["t", "task"],
    ["Shift+c", "call"],
    ["Shift+m", "meeting"],
  ]) {
    key(name, group, words(kind), () => compose(kind), { when: () => $(`[data-compose="${kind}"]`) });
  }
  key("j", group, words("nextPrevious"), () => follow("next"), { when });
  key("k", group, words("nextPrevious"), () => follow("prev"), { when });
  // what stands in a closed menu is not in sight, its keys act all the same
  for (const { dataset } of $$("#record-menu [data-key]"))
    key(dataset.key, group, "", () => $(`#record-menu [data-key="${dataset.key}"]`).click());
  on("click", "[data-compose]", (_event, tab) => select(tab));
  on("click", "[data-compose-also]", (_event, button) => compose(button.dataset.composeAlso));
  // Whoever calls finds the form of the call when he comes back from the telephone; what he has written stays.
  on("click", 'a[href^="tel:"]', () => {
    if (when() && !$("#composer-body textarea")?.value) setTimeout(() => compose("call"), 200);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.target?.id !== "composer-body") return;
    // after a follow-up was planned the form of a note comes, whatever tab it was before
    const kind = $("input[type=hidden][name=kind]", ctx.target)?.value;
    if (kind) select($(`[data-compose="${kind}"]`, ctx.target.closest("[data-composer]")));
    ($("[autofocus]", ctx.target) ?? $("input:not([type=hidden]), textarea", ctx.target))?.focus();
  });
  // who comes from a peek or the palette to write something finds the form for it
  const wish = /^#compose-(\w+)$/.exec(location.hash)?.[1];
  if (wish) compose(wish);
}
