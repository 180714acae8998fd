// What the islands build on. They import from here only, so that it stays one file for the browser.
export * from "./basics.js";
export { htmx } from "./htmx.js";
export { isMac, key, known, showKeys } from "./keys.js";
export { errorOf, notice, readNotices, remember, sentenceOf } from "./notices.js";
export { nextDensity, toggleTheme } from "./preferences.js";
