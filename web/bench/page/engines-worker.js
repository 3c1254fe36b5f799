// Measures training steps of growing networks in every engine, away from the page. Messages in: `{ engines, points, runs }`.
// Messages out, in turn: `{ adapter }`, of each engine at each point `{ place, begun }` and then
// `{ place, engine, measured }` or `{ place, engine, refused }`, `{ done: true }`; or `{ failed }`, the last one then.

import { makeCase } from './bench-case.js';
import { median } from './bench-measure.js';
import { trainInputs } from './bench-rows.js';

/** One timed run is at least this long, unless a single step is longer. */
const RUN_MILLIS = 25;
/** More steps than this are no better measured. */
const MOST_STEPS = 512;

async function time(act) {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** Milliseconds of one call, median of `runs`, each long enough for the clock. */
async function measure(act, runs) {
  let calls = 1;
  // The first call compiles; a GPU makes its programs then.
  await time(() => act(1));
  let last = await time(() => act(1));
  while (last < RUN_MILLIS && calls < MOST_STEPS) {
    calls = Math.min(MOST_STEPS, Math.ceil(calls * Math.min(8, (1.3 * RUN_MILLIS) / Math.max(last, 0.1))));
    last = await time(() => act(calls));
  }
  const all = [last / calls];
  while (all.length < runs) all.push((await time(() => act(calls))) / calls);
  return median(all);
}

async function measurePoint({ batch, width }, engine, runs) {
  const spec = { dims: [64, width, width, width, 10], act: 'relu', loss: 'ce', batch, nb: 2, lr: 0.05 };
  const made = await makeCase('train', 'growth', trainInputs('growth', spec), { engine });
  if (made.unsupported) return { refused: made.unsupported };
  try {
    const millis = await measure(made.run, runs);
    const measured = { millis, ...made.cost };
    if (made.copy) {
      measured.copyMillis = await measure(async (n) => {
        for (let left = n; left > 0; left -= 1) await made.copy();
      }, runs);
      measured.copyBytes = made.copyBytes;
    }
    return { measured };
  } catch (error) {
    // A GPU may lose its device or have no room; the other engines go on.
    return { refused: error?.message ?? String(error) };
  } finally {
    made.dispose();
  }
}

/** What the browser tells of its GPU; many tell a family only. */
async function adapterName() {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  const { vendor, architecture, device, description } = adapter?.info ?? {};
  return adapter ? [description, vendor, architecture, device].filter(Boolean).join(', ') || 'unnamed' : '';
}

self.onmessage = async ({ data: { engines, points, runs } }) => {
  try {
    self.postMessage({ adapter: engines.includes('webgpu') ? await adapterName() : '' });
    const lost = new Set();
    for (const [place, point] of points.entries()) {
      for (const engine of engines.filter((name) => !lost.has(name))) {
        self.postMessage({ place, begun: engine });
        const told = await measurePoint(point, engine, runs);
        // An engine that has failed is left alone from then on, and says so once.
        if (told.refused) lost.add(engine);
        self.postMessage({ place, engine, ...told });
      }
    }
    self.postMessage({ done: true });
  } catch (error) {
    self.postMessage({ failed: error?.message ?? String(error) });
  }
};
