// `version`, `files` (kept at once) and `later` (kept when first used: models) are put in front of this by the build.
const cacheName = `orrery-${version}`;
const base = new URL("./", self.location.href).href;
// A worker loaded by URL is not bound by the page's <meta> policy, and a static host may set no header: this does.
const workerPolicy = "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; connect-src 'self'";
// It lives in the egress frame, whose policy names what it may reach.
const ownPolicy = /\/assets\/worker-egress-/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(files.map((file) => new Request(new URL(file, base), { cache: "no-cache" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("orrery-") && name !== cacheName).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const isOurs = (url) => url.href.startsWith(base) && !url.pathname.slice(new URL(base).pathname.length).startsWith("api/");

function underPolicy(request, answer) {
  if (request.destination !== "worker" || ownPolicy.test(request.url) || answer.headers.has("content-security-policy")) return answer;
  const headers = new Headers(answer.headers);
  headers.set("content-security-policy", workerPolicy);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

async function answer(request, url) {
  const cache = await caches.open(cacheName);
  // A query or a fragment is the page's own business; the file is the same.
  const key = request.mode === "navigate" && url.href.replace(/[?#].*$/, "") === base ? new URL("./", base).href : url.href.replace(/[?#].*$/, "");
  const kept = await cache.match(key);
  // Names under assets/ carry their content's hash or change with the cache's version; the page itself is asked for first.
  if (kept && request.mode !== "navigate") return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok && later.includes(url.href.slice(base.length))) await cache.put(key, fresh.clone());
    return fresh;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !isOurs(url)) return;
  event.respondWith(answer(event.request, url).then((response) => underPolicy(event.request, response)));
});
