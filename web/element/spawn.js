// Starts a worker for the page, from wherever the lab is hosted. Sends and reads no message.

/** A module worker of `engine`; `baseUrl` is absolute and ends with a slash. */
export function spawnWorker(baseUrl, engine) {
  const url = new URL(`worker.js?engine=${encodeURIComponent(engine)}`, baseUrl);
  if (url.origin === self.location.origin) return new Worker(url, { type: 'module' });
  // A worker must come from the page's own origin, what it imports need not: the lab's host answers with CORS.
  const script = new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' });
  const blobUrl = URL.createObjectURL(script);
  const worker = new Worker(blobUrl, { type: 'module' });
  worker.addEventListener('message', () => URL.revokeObjectURL(blobUrl), { once: true });
  worker.addEventListener('error', () => URL.revokeObjectURL(blobUrl), { once: true });
  return worker;
}
