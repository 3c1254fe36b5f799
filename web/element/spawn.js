// Starts workers for the page and for pools, from wherever the lab is hosted. Reads no message.

/**
 * Starts a worker of `first` at once, so that it loads beside the page, and gives the function by which the page asks for
 * workers. Where it first asks for another engine, or the signal comes, that worker is ended.
 */
export function workersFrom(first, signal) {
  let early = [];
  const keep = (event) => {
    if (!early) return;
    event.stopImmediatePropagation();
    early.push(event);
  };
  let expected = begin(first, keep);
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
    // In a task of its own: the page may be built between two listeners of one message, which whoever takes the worker would
    // not hear any more.
    setTimeout(() => {
      const kept = early;
      early = undefined;
      for (const { type, data, message } of kept) {
        worker.dispatchEvent(type === 'error' ? new ErrorEvent(type, { message }) : new MessageEvent(type, { data }));
      }
    });
    return worker;
  };
  spawn.drop = drop;
  return spawn;
}

const modules = {};
/** The compiled module of each engine, for all workers of the document; what failed may be tried again. */
export const compiled = (engine) => (modules[engine] ??= compile(engine).catch((error) => {
  delete modules[engine];
  throw error;
}));

async function compile(engine) {
  const answer = await fetch(new URL(`./worker-${engine}_bg.wasm`, import.meta.url));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  const isNamed = answer.headers.get('Content-Type') === 'application/wasm';
  return isNamed ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}

/**
 * A worker whose module is fetched here, at once, instead of after its scripts. `keep` hears its messages first.
 */
export function begin(engine, keep = () => {}) {
  const worker = open(engine, engine !== 'probe');
  if (engine === 'probe') return worker;
  const module = compiled(engine);
  const failed = (error) => worker.dispatchEvent(new MessageEvent('message', { data: { failed: `${engine}: ${error.message}` } }));
  module.catch(failed);
  worker.addEventListener('message', (event) => {
    if (event.data !== 'module') return keep(event);
    event.stopImmediatePropagation();
    module.then((it) => worker.postMessage(it), () => {});
  });
  return worker;
}

function open(engine, isGiven) {
  const url = new URL('./worker.js', import.meta.url);
  url.searchParams.set('engine', engine);
  if (isGiven) url.searchParams.set('given', '');
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
