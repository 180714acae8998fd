// htmx: CSRF token, notices from answers, one sentence for every failure, the thin loading bar.
import htmx from "htmx.org/dist/htmx.esm.js";
import { headers, root, words } from "./basics.js";
import { notice, readNotices } from "./notices.js";

export { htmx };

const sending = new WeakSet();
let running = 0;
const count = (step) => {
  running = Math.max(0, running + step);
  root.toggleAttribute("data-loading", running > 0);
};

export function start() {
  const { addEventListener } = document;
  const listen = addEventListener.bind(document);
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
  addEventListener.call(document, "submit", once, true);
  listen("htmx:after:request", async ({ detail: { ctx } }) => {
    const told = readNotices(ctx.response.headers);
    const { status } = ctx.response;
    if (told || status < 400 || status === 422 || status === 409) return;
    let sentence = words("notSaved");
    try {
      sentence = JSON.parse(ctx.text).error ?? sentence;
    } catch {
      // an error page, not a sentence for people
    }
    notice(sentence, { bad: true });
  });
  listen("htmx:error", ({ detail: { ctx, error } }) => {
    if (!ctx) return console.error(error);
    notice(words(navigator.onLine ? "noAnswer" : "offline"), { bad: true });
  });
}
