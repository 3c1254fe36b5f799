// The worker's first lines: loads the build that its address asks for and hands messages to it. Trains nothing itself.
//
// Messages in: ArrayBuffer or Uint8Array, a `Command`. Messages out: ArrayBuffer, an `Event` (transferred);
// or `{ failed: text }`, which says why the worker could not be loaded and is the only and last message then.

// What came before this file did, where a Blob around it kept it (spawn.js).
const early = self.early ?? [];
self.onmessage = (event) => early.push(event);

const engine = new URL(import.meta.url).searchParams.get('engine');
try {
  if (!/^[a-z0-9-]+$/.test(engine)) throw new Error(`no engine named ${engine}`);
  const { default: load, start } = await import(`./worker-${engine}.js`);
  await load();
  start(); // sets self.onmessage
  for (const event of early) self.onmessage(event);
} catch (error) {
  self.postMessage({ failed: `${engine}: ${error?.message ?? error}` });
  self.close();
}
