/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
import { build, files, version } from '$service-worker';

// Keeps the shell of the application, so that it opens without a network. Never an answer of the API, never sound:
// those are the server's, and what it says now is the truth.
const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE = `rookery-shell-${version}`;
const SHELL = '/';
const KEPT = new Set([...build, ...files]);

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([SHELL, ...KEPT]))
      .then(() => worker.skipWaiting())
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim())
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (KEPT.has(url.pathname)) event.respondWith(kept(request));
  else if (request.mode === 'navigate' && !/^\/(api|health|ready|metrics)(\/|$)/.test(url.pathname)) {
    event.respondWith(page(request));
  }
});

async function kept(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

/** The page from the network, so that a new version is seen at once; the kept shell when there is no network. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
}
