// The page's service worker. It adds the headers that give a page shared memory (for hosts that set none) and answers from its
// cache when there is no network. It knows no file by name but offline-list.json, which the build writes: everything is relative to
// its own folder, so it works in any sub-folder and never touches what another page of the site has stored.

const SCOPE = new URL("./", self.location.href);
const CACHE = `grailos:${SCOPE.pathname}:1`;
const LIST = new URL("offline-list.json", SCOPE);

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith(`grailos:${SCOPE.pathname}:`) && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== SCOPE.origin || !address.pathname.startsWith(SCOPE.pathname)) return;
  // A quirk of developer tools: such a request cannot be repeated.
  if (request.cache === "only-if-cached" && request.mode !== "same-origin") return;
  event.respondWith(answer(event, request, address));
});

self.addEventListener("message", (event) => {
  if (event.data?.kind !== "keep") return;
  const [port] = event.ports;
  event.waitUntil(keepAll().then((kept) => port?.postMessage({ kept }), () => port?.postMessage({ kept: false })));
});

async function answer(event, request, address) {
  const cache = await caches.open(CACHE).catch(() => undefined);
  const key = keyOf(address);
  // Files with a hash in their name never change: the cache is as good as the network, and faster.
  const known = /\/(assets|images)\/[^/]+-[\w-]{8}\.\w+$/.test(address.pathname) ? await cache?.match(key) : undefined;
  if (known) return isolated(await ranged(known, request));
  try {
    const response = await fetch(request);
    // Parts of files (206) are not kept: they would stand for the whole.
    if (cache && response.status === 200 && response.type === "basic") event.waitUntil(cache.put(key, response.clone()).catch(() => {}));
    if (response.status < 500) return isolated(response);
    return isolated(await stored(cache, key, request) ?? response);
  } catch (error) {
    const fallback = await stored(cache, key, request);
    if (fallback) return isolated(fallback);
    throw error;
  }
}

async function stored(cache, key, request) {
  const found = await cache?.match(key);
  return found && ranged(found, request);
}

/** The page itself has one key, whatever its query: the query and the fragment are for the page's code. Each version of a module, or of the index of images, has its own: scripts must not get another one. */
function keyOf(address) {
  const path = address.pathname.endsWith("/index.html") ? address.pathname.slice(0, -"index.html".length) : address.pathname;
  const key = new URL(path, SCOPE.origin), version = path.endsWith("/") ? null : address.searchParams.get("v");
  if (version !== null) key.searchParams.set("v", version);
  return key.href;
}

const withoutVersion = (key) => key.split("?")[0];

/** The part of a whole file that a Range header asks for. */
async function ranged(response, request) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range) return response;
  const whole = await response.blob();
  const start = Number(range[1]);
  const end = range[2] === "" ? whole.size - 1 : Math.min(Number(range[2]), whole.size - 1);
  const headers = new Headers(response.headers);
  if (start > end) {
    headers.set("Content-Range", `bytes */${whole.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${start}-${end}/${whole.size}`);
  headers.set("Content-Length", String(end - start + 1));
  return new Response(whole.slice(start, end + 1, whole.type), { status: 206, statusText: "Partial Content", headers });
}

/** The same response with the headers that isolate the page and let its Workers load. */
function isolated(response) {
  if (response.type === "opaque" || response.type === "opaqueredirect" || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  // A body may not be given with these.
  const body = [101, 204, 205, 304].includes(response.status) ? null : response.body;
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

/** Fetches what the page is made of, and forgets files of older versions. Answers whether all of it is there. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  const response = await fetch(LIST, { cache: "no-cache" });
  if (!response.ok) return false;
  await cache.put(LIST.href, response.clone());
  const { files } = await response.json();
  const wanted = new Set(files.map((file) => keyOf(new URL(file, SCOPE))));
  for (const key of wanted) {
    // One after the other: this must not compete with what the person does.
    if ((key.includes("/assets/") || key.includes("?v=")) && await cache.match(key)) continue;
    const file = await fetch(key, { cache: "no-cache" });
    if (!file.ok) return false;
    await cache.put(key, file);
  }
  const current = new Set([...wanted].map(withoutVersion));
  for (const { url } of await cache.keys()) {
    if (wanted.has(url) || !url.startsWith(SCOPE.href)) continue;
    if (url.includes("/assets/") || current.has(withoutVersion(url))) await cache.delete(url);
  }
  return true;
}
