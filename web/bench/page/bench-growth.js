// How the time of a training step grows with the batch and with the width of its layers. Draws nothing: bench.html does
// not show it, `cargo xtask bench --growth` asks for it.

import { makeCase } from './bench-case.js';
import { measure } from './bench-measure.js';
import { measureRoof } from './bench-roof.js';
import { trainInputs } from './bench-rows.js';

const BATCHES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const WIDTHS = [4, 8, 16, 32, 64, 128, 256, 512];
/** What stays as it is while the other grows: that of train/mlp_b. */
const [BATCH, WIDTH] = [60, 100];

const POINTS = [
  ...BATCHES.map((batch) => ({ axis: 'batch', batch, width: WIDTH })),
  ...WIDTHS.map((width) => ({ axis: 'width', batch: BATCH, width })),
];

/** Rounds over all points. A machine with other guests is slower by half for stretches of seconds, which no median over
 *  milliseconds knows of: what counts is the best of rounds that lie far apart. */
const ROUNDS = 4;

/** `{ peak, points: [{ axis, batch, width, micros, flops, bytes }] }` of an engine; `peak` in operations a second. */
export async function measureGrowth(engine, runs) {
  const best = { peak: 0, points: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { flops: peak } = await measureRoof(engine, runs, () => true);
    best.peak = Math.max(best.peak, peak);
    for (const [place, point] of POINTS.entries()) {
      const measured = await measurePoint(engine, point, runs);
      const before = best.points[place]?.micros ?? Infinity;
      if (measured.micros < before) best.points[place] = measured;
    }
  }
  return best;
}

async function measurePoint(engine, point, runs) {
  const { batch, width } = point;
  const spec = { dims: [64, width, width, width, 10], act: 'sigmoid', loss: 'ce', batch, nb: 2, lr: 0.1 };
  const made = await makeCase('train', 'growth', trainInputs('growth', spec), { engine });
  if (made.unsupported) throw new Error(made.unsupported);
  try {
    const [micros] = await measure([made], runs, () => true);
    return { ...point, micros, ...made.cost };
  } finally {
    made.dispose();
  }
}
