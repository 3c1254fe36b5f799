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

/** `{ peak, points: [{ axis, batch, width, micros, flops, bytes }] }` of an engine, medians of `runs`; `peak` in operations a second. */
export async function measureGrowth(engine, runs) {
  const { flops: peak } = await measureRoof(engine, runs, () => true);
  const points = [];
  for (const point of POINTS) {
    const { batch, width } = point;
    const spec = { dims: [64, width, width, width, 10], act: 'sigmoid', loss: 'ce', batch, nb: 2, lr: 0.1 };
    const made = await makeCase('train', 'growth', trainInputs('growth', spec), { engine });
    if (made.unsupported) throw new Error(made.unsupported);
    try {
      const [micros] = await measure([made], runs, () => true);
      points.push({ ...point, micros, ...made.cost });
    } finally {
      made.dispose();
    }
  }
  return { peak, points };
}
