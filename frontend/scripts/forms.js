// Forms: unsaved input, sending on change, tags, dropped files with progress, copying, tick all.
import { $, $$, errorOf, goTo, headers, make, makeIcon, notice, on, post, root, words } from "./core.js";

/** How many choices are another one than before, and the first of them: "Member: See, People: All → Own". */
function tellChanges(told, chosen, which) {
  const { one, unsaved } = told.dataset;
  if (chosen.length) told.textContent = chosen.length === 1 ? one : unsaved.replace("{n}", chosen.length);
  const before = (select) => $("option[selected]", select)?.text ?? "";
  const first = chosen.slice(0, 2).map((now) => [now, now.closest("select")]);
  const lines = first.map(([now, of]) => `${of.ariaLabel}: ${before(of)} → ${now.text}`);
  which.textContent = [...lines, ...(chosen.length > 2 ? ["…"] : [])].join("; ");
}

function guard() {
  on("input", "form[data-guard]", (_event, form) => {
    form.dataset.dirty = "";
    const told = $("[data-unsaved]", form);
    if (told) tellChanges(told, $$("option:checked:not([selected])", form), $("[data-changes]", form));
  });
  on("submit", "form[data-guard]", (_event, form) => delete form.dataset.dirty);
  addEventListener("beforeunload", (event) => {
    if ($("form[data-guard][data-dirty]") && !("leaving" in root.dataset)) event.preventDefault();
  });
}

/** Fields that are shown or needed only when a condition holds: the server says which, while the form is filled in. */
function conditions() {
  let timer = 0;
  let number = 0;
  const ask = async (form) => {
    const mine = ++number;
    const typed = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const url = $("[data-conditions]", form).dataset.conditions;
    const answer = await post(url, new URLSearchParams(typed)).catch(() => null);
    if (!answer?.ok || mine !== number) return;
    const { hidden, needed } = await answer.json();
    for (const field of $$("[data-when]", form)) {
      const name = field.dataset.when;
      const label = $("label", field);
      field.hidden = hidden.includes(name);
      $(".req", label)?.remove();
      if (needed.includes(name))
        label.append(" ", make("span", { className: "req", title: words("needed") }, "*"));
    }
  };
  const later = (_event, form) => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(form), 250);
  };
  on("input", "form:has([data-conditions])", later);
  on("change", "form:has([data-conditions])", later);
}

export function addTag(box, text) {
  const name = box.dataset.tags;
  const value = text.trim().replace(/,$/, "").trim();
  if (
    !value ||
    $$(`input[name="${CSS.escape(name)}"]`, box).some(
      (other) => other.value.toLowerCase() === value.toLowerCase(),
    )
  )
    return;
  const remove = make(
    "button",
    { type: "button", "aria-label": words("remove", { name: value }) },
    makeIcon("x", "xs"),
  );
  const tag = make(
    "span",
    { className: "tag h-grey" },
    value,
    make("input", { type: "hidden", name, value }),
    remove,
  );
  $("input[type=text]", box).before(tag);
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function tags() {
  const field = "[data-tags] input[type=text]";
  on("keydown", field, (event, input) => {
    const box = input.closest("[data-tags]");
    if ((event.key === "Enter" || event.key === ",") && input.value.trim()) {
      event.preventDefault();
      addTag(box, input.value);
      input.value = "";
    } else if (event.key === "Backspace" && !input.value) {
      $$(".tag", box).at(-1)?.remove();
    }
  });
  on(
    "focusout",
    field,
    (_event, input) => (addTag(input.closest("[data-tags]"), input.value), (input.value = "")),
  );
  on("click", "[data-tags] .tag button", (_event, button) => {
    const box = button.closest("[data-tags]");
    button.closest(".tag").remove();
    $("input[type=text]", box).focus();
  });
  on("click", "[data-tags]", (event, box) => event.target === box && $("input[type=text]", box).focus());
}

function showFiles(zone, input) {
  const names = [...input.files].map((file) => file.name).join(", ");
  const label = $("[data-drop-text]", zone);
  if (names && label) label.textContent = names;
}

function files() {
  for (const type of ["dragenter", "dragover"]) {
    on(type, "[data-drop]", (event, zone) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  on(
    "dragleave",
    "[data-drop]",
    (event, zone) => !zone.contains(event.relatedTarget) && zone.classList.remove("over"),
  );
  on("drop", "[data-drop]", (event, zone) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    zone.classList.remove("over");
    const input = $("input[type=file]", zone);
    const given = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1))
      given.items.add(file);
    input.files = given.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  on("change", "[data-drop] input[type=file]", (_event, input) => {
    showFiles(input.closest("[data-drop]"), input);
    if (input.form?.hasAttribute("data-autosend")) input.form.requestSubmit();
  });
}

/** Send a form with files and show how far it is; the answer's address becomes the page. */
function upload(event, form) {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const request = new XMLHttpRequest();
  const label = $("[data-drop-text]", form);
  request.upload.onprogress = ({ loaded, total }) => {
    if (label) label.textContent = words("uploading", { percent: Math.round((100 * loaded) / total) });
    const bar = $("progress", form);
    if (bar) Object.assign(bar, { hidden: false, max: total, value: loaded });
  };
  request.onload = async () => {
    const target =
      request.getResponseHeader("HX-Redirect") ??
      (request.responseURL !== form.action ? request.responseURL : "");
    if (request.status < 400) return target ? goTo(target) : location.reload();
    notice(await errorOf(new Response(request.responseText, { status: request.status })), { bad: true });
  };
  request.onerror = () => notice(words("offline"), { bad: true });
  request.open("POST", form.action);
  for (const [name, value] of Object.entries({ ...headers(), "HX-Request": "true" }))
    request.setRequestHeader(name, value);
  request.send(new FormData(form, event.submitter));
}

export function start() {
  guard();
  tags();
  files();
  conditions();
  on("submit", "form[data-upload]", upload);
  on("change", "form[data-autosubmit]", (_event, form) => form.requestSubmit());
  on("click", "[data-copy]", async (_event, button) => {
    await globalThis.navigator.clipboard.writeText(button.dataset.copy);
    if (button.dataset.copied) notice(button.dataset.copied);
  });
  on("change", "[data-check-all]", (_event, box) => {
    for (const other of $$(`input[name="${CSS.escape(box.dataset.checkAll)}"]`, box.form ?? document))
      other.checked = box.checked;
  });
  for (const box of $$("input[data-indeterminate]")) box.indeterminate = true;
}
