// Who knows his way types on while a dialog is still coming. Those keys are meant for the dialog, and never for the page
// behind it, where one letter can win a deal.

const isField = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const takesText = (element) => element?.matches("input:not([type=checkbox], [type=radio]), textarea");

/** Keep the keys that are pressed from now on; call what comes back to end it and to get them: a string. */
export function catchKeys() {
  const end = new AbortController();
  let typed = "";
  const hear = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab" || isField(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === "Backspace") typed = typed.slice(0, -1);
    else if (event.key.length === 1 && !event.repeat) typed += event.key;
  };
  addEventListener("keydown", hear, { capture: true, signal: end.signal });
  return () => {
    end.abort();
    return typed;
  };
}

/** Type them into the first field of the dialog; where that takes no text they are the keys that the dialog names. */
export function typeInto(field, typed) {
  if (!typed) return;
  if (takesText(field)) return void document.execCommand("insertText", false, typed); // as if typed: it can be undone
  for (const key of typed) field?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}
