// What lesson gradients observes of the profiles through the depth. Knows no page.

import { number } from '../quantities.js';

// Without normalisation, then batch: the order of the kinds in the table.
const BATCH = 1;
// Within this factor a line counts as flat.
const FLAT = 3;

/** The gradient norms of Batch Normalization from the first layer to the last: `now` or at the `start`. */
function batchGradients(tables, when) {
  const rows = tables['depth-profile']?.rows ?? [];
  const kinds = [...new Set(rows.map((row) => row[0]))];
  const own = rows.filter((row) => row[0] === kinds[BATCH]);
  return own.map((row) => number(row[when === 'now' ? 4 : 5]));
}

export const gradients = {
  // The gradient norm of Batch Normalization by layer before the first step.
  'batch-gradient': ({ tables }) => {
    const norms = batchGradients(tables, 'start');
    return norms.map((norm, place) => [place + 1, norm]).filter(([, norm]) => norm > 0);
  },
  // How it lies after training, from the second layer, which is the first as wide as the others, to the last.
  'gradient-line': ({ tables }) => {
    const norms = batchGradients(tables, 'now');
    const ratio = norms[1] / norms.at(-1);
    if (ratio > FLAT) return 'higher-first';
    return ratio * FLAT < 1 ? 'lower-first' : 'flat';
  },
};

export const axes = {
  'batch-gradient': { chart: 'depth-gradient', x: [1, 20], y: [0.1, 100], log: 'y', names: { en: ['layer', 'gradient norm'], 'zh-Hans': ['层', '梯度范数'] } },
};
