// What every module needs: finding elements, sentences of the page, requests with the CSRF token.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const root = document.documentElement;

const sentences = JSON.parse($("#words")?.textContent ?? "{}");
/** The translated sentence of that key with {names} filled in. */
export const words = (key, values = {}) =>
  (sentences[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

export const headers = () => ({ "X-CSRFToken": $('meta[name="csrf"]')?.content ?? "" });

/** POST an object as JSON, or a FormData as it is. */
export const post = (url, body = {}, options = {}) => {
  const isForm = body instanceof FormData || body instanceof URLSearchParams;
  return fetch(url, {
    ...options,
    method: "POST",
    headers: isForm ? headers() : { ...headers(), "Content-Type": "application/json" },
    body: isForm ? body : JSON.stringify(body),
  });
};

/** Go where the server says. Who is led to the sign-in is not asked whether to leave: what he typed is kept. */
export const goTo = (address) => {
  if (/[?&]next=/.test(address)) root.dataset.leaving = "";
  location.assign(address);
};

/** The markup of a part of a page; null when none came. Who is not signed in any more is led to the sign-in. */
export const part = async (address) => {
  const answer = await fetch(address, { headers: { ...headers(), "HX-Request": "true" } }).catch(() => null);
  const target = answer?.headers.get("HX-Redirect");
  if (target) goTo(target);
  return answer?.ok && !target ? answer.text() : null;
};

/** Open that address in the dialog; until its script is there no single key acts on the page (keys.js). */
export const openLater = (url) => {
  root.dataset.opening = "";
  import("./dialogs.js").finally(() => delete root.dataset.opening).then(({ openDialog }) => openDialog(url));
};

/** Speak to screen readers. */
export const speak = (text) => {
  const region = $("#say");
  if (region) region.textContent = text;
};

/** Listen on the document for events on elements that match, also those that come later, and for what was missed. */
export const on = (type, selector, handler, options) => {
  const hear = (event) => {
    const element = event.target.closest?.(selector);
    if (element) handler(event, element);
  };
  document.addEventListener(type, hear, options);
  for (const event of early) if (event.type === type && event.target.isConnected) hear(event);
};

const iconHref = (name) => ($("use")?.getAttribute("href") ?? "").replace(/#.*$/, "") + "#" + name;

/** An element with properties and children; text is never read as HTML. */
export const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

export const makeIcon = (name, size = "") => {
  const drawing = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(drawing, "svg");
  icon.setAttribute("class", `i ${size}`);
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS(drawing, "use"));
  icon.firstChild.setAttribute("href", iconHref(name));
  return icon;
};
