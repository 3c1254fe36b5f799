// Says whether a worker has a GPU worth using, one that is not played by the CPU: `{ gpu: boolean }`, its
// only message. `worker.js` loads it like an engine, so that it comes the way engines come. Trains nothing.

export default async function load() {}

export async function start() {
  const found = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  self.postMessage({ gpu: !!found && !(found.info?.isFallbackAdapter ?? found.isFallbackAdapter) });
}
