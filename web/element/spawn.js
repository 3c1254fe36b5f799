// Starts a worker for the page, from wherever the lab is hosted. Sends and reads no message.

/** A worker of `engine`. */
export function spawnWorker(engine) {
  const url = new URL('./worker.js', import.meta.url);
  url.searchParams.set('engine', engine);
  // Not `location.origin`: a sandboxed frame has an address and yet no origin.
  if (url.origin === self.origin) return new Worker(url, { type: 'module' });
  // A worker must come from the page's own origin, what it imports need not: the lab's host answers with CORS. A classic
  // one, for in a sandboxed frame a module worker from a Blob does not start.
  const target = JSON.stringify(url.href);
  const script = `self.early = []; self.onmessage = (event) => early.push(event);
    import(${target}).catch((error) => self.postMessage({ failed: \`\${error?.message ?? error}\` }));`;
  const blobUrl = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(blobUrl);
  const revoke = () => URL.revokeObjectURL(blobUrl);
  worker.addEventListener('message', revoke, { once: true });
  worker.addEventListener('error', revoke, { once: true });
  return worker;
}
