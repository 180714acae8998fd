// The installed app says itself that the network does not answer: one page and its look are kept, nobody's data.
const PAGE = {{ page | tojson }};
const KEPT = {{ kept | tojson }};
const STORE = KEPT.join();

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(KEPT)));
});
addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== STORE).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names))));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const isKept = KEPT.includes(new URL(request.url).pathname);
  if (request.method !== "GET" || !(isKept || request.mode === "navigate")) return;
  event.respondWith(fetch(request).catch(() => caches.match(isKept ? request : PAGE)));
});
