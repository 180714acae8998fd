// htmx: CSRF token, notices from answers, one sentence for every failure, the thin loading bar.
import htmx from "htmx.org/dist/htmx.esm.js";
import { headers, root } from "./basics.js";
import { notice, readNotices, sentenceOf } from "./notices.js";

export { htmx };

/** What was only to be looked at is not there; nothing of it was to be saved. */
const fail = ({ request }, text, general) =>
  notice(sentenceOf(text, request.method === "GET" ? "notLoaded" : general), { bad: true });
const sending = new WeakSet();
let running = 0;
const count = (step) => {
  running = Math.max(0, running + step);
  root.toggleAttribute("data-loading", running > 0);
};

export function start() {
  const listen = document.addEventListener.bind(document);
  listen("htmx:config:request", ({ detail: { ctx } }) => Object.assign(ctx.request.headers, headers()));
  listen("htmx:before:request", ({ detail: { ctx } }) => {
    count(1);
    if (ctx.sourceElement?.matches("form[hx-post]")) sending.add(ctx.sourceElement);
  });
  listen("htmx:finally:request", ({ detail: { ctx } }) => {
    count(-1);
    sending.delete(ctx.sourceElement);
  });
  // htmx would queue it: a double click shall not write down the same call twice
  const once = (event) => {
    if (!sending.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  listen("submit", once, true);
  listen("htmx:after:request", ({ detail: { ctx } }) => {
    const told = readNotices(ctx.response.headers);
    const { status } = ctx.response;
    if (!told && status >= 400 && ![409, 422].includes(status)) fail(ctx, ctx.text, "notSaved");
  });
  listen("htmx:error", ({ detail: { ctx, error } }) => {
    if (!ctx) return console.error(error);
    fail(ctx, "", navigator.onLine ? "noAnswer" : "offline");
  });
}
