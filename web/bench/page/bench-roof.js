// The machine's own peaks, measured in the same run as the rows, and how near a row comes to them. Draws nothing.

import { loadEngine, makeCase } from './bench-case.js';
import { measure } from './bench-measure.js';

/** Arrays that are walked through: near, in the last cache of most machines, in memory. */
const SIZES = [256 * 1024, 4 * 1024 ** 2, 64 * 1024 ** 2];
/** Batch Normalization forward and backward is also held against the walks that it cannot do without. */
const WITH_PASSES = 'bn_fwdbwd';

/**
 * `{ flops, memory: [{ size, read, copy }] }` of an engine, in operations and bytes a second; null if it was stopped.
 * Of the ways to compute without a look at memory the best counts: which it is depends on machine and engine.
 */
export async function measureRoof(engine, runs, advance) {
  const forms = (await loadEngine(engine)).arithmetic_forms();
  const wanted = [
    ...Array.from({ length: forms }, (_, form) => ['arithmetic', form]),
    ...SIZES.flatMap((size) => [['read', size], ['copy', size]]),
  ];
  const rates = [];
  for (const [place, [name, shape]] of wanted.entries()) {
    const made = await makeCase(name, shape, {}, { engine });
    if (made.unsupported) throw new Error(made.unsupported);
    try {
      const micros = await measure([made], runs, (share) => advance((place + share) / wanted.length));
      if (!micros) return null;
      rates.push((1e6 * (made.cost.flops || made.cost.bytes)) / micros[0]);
    } finally {
      made.dispose();
    }
  }
  const walks = rates.slice(forms);
  return {
    flops: Math.max(...rates.slice(0, forms)),
    memory: SIZES.map((size, place) => ({ size, read: walks[2 * place], copy: walks[2 * place + 1] })),
  };
}

/**
 * What `cost` in so many microseconds is: `{ flops, bytes }` a second, the roof that is lower for it (`compute` or
 * `memory`) and the share of it that is reached. Of the arrays that were walked through, the one nearest in size to
 * what a call moves is its memory, and the faster of both walks its peak.
 */
export function under(roof, cost, micros) {
  const seconds = micros / 1e6;
  const distance = ({ size }) => Math.abs(Math.log(size / cost.bytes));
  const { read, copy } = roof.memory.reduce((best, next) => (distance(next) < distance(best) ? next : best));
  const atBest = { compute: cost.flops / roof.flops, memory: cost.bytes / Math.max(read, copy) };
  const bound = atBest.compute > atBest.memory ? 'compute' : 'memory';
  return { flops: cost.flops / seconds, bytes: cost.bytes / seconds, bound, share: atBest[bound] / seconds };
}

/** The case that makes only the walks which `row` needs; null where there is none. */
export async function passesOf(row, inputs, engine) {
  return row.name === WITH_PASSES ? makeCase('bn_passes', row.shape, inputs, { engine }) : null;
}
