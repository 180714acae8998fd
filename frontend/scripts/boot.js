// Runs in the head before first paint: theme and density of a visitor; skipped page transitions are not errors; what is
// clicked and typed before the script for it is there is kept for it (basics.js, on).
const root = document.documentElement;
try {
  // who is signed in gets his own from the server
  if (!root.dataset.preferencesUrl)
    for (const name of ["theme", "density"]) if (localStorage[name]) root.dataset[name] = localStorage[name];
} catch {
  // storage may be switched off; the page then follows the system
}
const hush = (event) => {
  const change = event.viewTransition;
  for (const part of ["ready", "finished", "updateCallbackDone"]) change?.[part].catch(() => {});
};
addEventListener("pagereveal", hush);
addEventListener("pageswap", hush);
const CONTROLS = "a, button, input, label, select, summary, textarea";
globalThis.early = [];
for (const type of ["click", "input", "change"]) {
  const keep = (event) => "ready" in root.dataset || early.length > 99 || (event.target.closest(CONTROLS) && early.push(event));
  addEventListener(type, keep, true);
}
