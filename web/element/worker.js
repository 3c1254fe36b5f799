// The worker's first lines: loads the build that its address asks for and hands messages to it. Trains nothing itself.
//
// Messages in: ArrayBuffer or Uint8Array, a `Command`. Messages out: ArrayBuffer, an `Event` (transferred);
// or `{ failed: text }`, which says why the worker could not be loaded and is the only and last message then.
// Before all of them, where the address says `given`: the word `module` out, the compiled module in, which the page
// fetches beside this file (spawn.js).

// What came before this file did, where a Blob around it kept it (spawn.js).
const early = self.early ?? [];
let take;
self.onmessage = (event) => (take && event.data instanceof WebAssembly.Module ? take(event.data) : early.push(event));

const asked = new URL(import.meta.url).searchParams;
const engine = asked.get('engine');
const given = () => new Promise((resolve) => {
  take = resolve;
  self.onmessageerror = () => resolve(); // not to be shared here: it is fetched as ever
  self.postMessage('module');
});
try {
  if (!/^[a-z0-9-]+$/.test(engine)) throw new Error(`no engine named ${engine}`);
  const { default: load, start } = await import(`./worker-${engine}.js`);
  await load(asked.has('given') ? { module_or_path: await given() } : undefined);
  start(); // sets self.onmessage
  for (const event of early) self.onmessage(event);
} catch (error) {
  self.postMessage({ failed: `${engine}: ${error?.message ?? error}` });
  self.close();
}
