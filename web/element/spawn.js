// Starts workers for the page, from wherever the lab is hosted. Reads no message.

/**
 * Starts a worker of `first` at once, so that it loads beside the page, and gives the function by which the page asks for
 * workers. Where it first asks for another engine, or the signal comes, that worker is ended.
 */
export function workersFrom(first, signal) {
  let expected = begin(first);
  const early = [];
  const keep = (event) => early.push(event);
  expected.addEventListener('message', keep);
  expected.addEventListener('error', keep);
  const drop = () => {
    expected?.terminate();
    expected = undefined;
  };
  signal.addEventListener('abort', drop);
  const spawn = (engine) => {
    if (engine !== first) drop();
    const worker = expected;
    expected = undefined;
    if (!worker) return begin(engine);
    // Whoever takes it listens by then.
    queueMicrotask(() => {
      worker.removeEventListener('message', keep);
      worker.removeEventListener('error', keep);
      for (const { type, data, message } of early) {
        worker.dispatchEvent(type === 'error' ? new ErrorEvent(type, { message }) : new MessageEvent(type, { data }));
      }
    });
    return worker;
  };
  spawn.drop = drop;
  return spawn;
}

function begin(engine) {
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
