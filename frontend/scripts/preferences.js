// Theme and density: at once here, kept in the browser, told to the server for the other devices.
import { on, post, root, speak, words } from "./basics.js";

function keep(name, value) {
  root.dataset[name] = value;
  localStorage[name] = value;
  const url = root.dataset.preferencesUrl;
  // the next page comes from the server with what it knows by then
  if (url) post(url, new URLSearchParams({ [name]: value }), { keepalive: true }).catch(() => {});
}

export function toggleTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  keep("theme", (root.dataset.theme ?? system) === "dark" ? "light" : "dark");
}

export function nextDensity() {
  const steps = ["compact", "regular", "comfortable"];
  const next = steps[(steps.indexOf(root.dataset.density ?? "regular") + 1) % steps.length];
  keep("density", next);
  speak(words("densityIs", { name: words(next) }));
}

export function start() {
  on("click", '[data-act="theme"]', toggleTheme);
  on("click", '[data-act="density"]', nextDensity);
}
