// Passkeys: the server gives a challenge, the device signs it, the server says where to go. Hidden where there are none.
import { $, $$, post } from "./core.js";

// a passkey belongs to a name: at a bare address of the network there are none
const isName = !/^[\d.]+$|:/.test(location.hostname);
const knows = () => isName && !!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;

async function ask(url, body) {
  const answer = await post(url, body);
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? "");
  return said;
}

async function use(box) {
  const options = await ask(box.dataset.passkey);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  const stay = $('input[name="stay"]')?.checked ? "stay=1" : "";
  const url = box.dataset.passkeyFinish;
  return ask(stay ? `${url}${url.includes("?") ? "&" : "?"}${stay}` : url, { credential: credential.toJSON() });
}

async function create(box) {
  const options = await ask(box.dataset.passkeyNew);
  if (options.go) return options; // who he is must be shown again first
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  const name = (document.getElementById(box.dataset.passkeyName) ?? $("input", box))?.value ?? "";
  return ask(box.dataset.passkeyFinish, { credential: credential.toJSON(), name });
}

async function press(box) {
  const button = $("button", box);
  const trouble = $('[role="alert"]', box);
  button.disabled = true;
  trouble.hidden = true;
  try {
    const { go } = await (box.dataset.passkeyNew ? create(box) : use(box));
    location.assign(go);
  } catch (error) {
    // who closes the browser's own dialog knows that
    if (error.name !== "NotAllowedError") {
      trouble.textContent = error.message;
      trouble.hidden = !error.message;
    }
    button.disabled = false;
  }
}

export function start() {
  if (!knows()) return;
  for (const box of $$("[data-passkey], [data-passkey-new]")) {
    box.hidden = false;
    $("button", box).addEventListener("click", () => press(box));
  }
}
