/* A page of our own where the service does not answer. Nothing that is read is kept: only the files named here,
   which tell of nobody. Forms go past this worker, so that nothing is said of them but what the browser itself says. */
"use strict";

const KEPT = "offline-{{ version }}";
const PAGE = "/static/offline.html";
const FILES = [PAGE, "/static/offline.css", "/static/icon.svg"];
/* What a relay before the service answers while the service is down. */
const NOT_THERE = [502, 504];

self.addEventListener("install", (event) => {
  const files = FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    /* The browser's own request, with all that it says of where it comes from; the worker makes none of its own. */
    if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
  })());
});

async function answer(event) {
  try {
    const found = (await event.preloadResponse) || (await fetch(event.request));
    if (!NOT_THERE.includes(found.status)) return found;
  } catch {
    /* No network, or no service. */
  }
  return (await caches.match(PAGE)) || Response.error();
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method === "GET" && mode === "navigate") event.respondWith(answer(event));
  else if (FILES.includes(url.slice(self.location.origin.length))) {
    event.respondWith(caches.match(url).then((kept) => kept || fetch(event.request)));
  }
});
