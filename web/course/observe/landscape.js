// What lesson landscape observes of the loss along the gradient. Knows no page.

import { number } from '../quantities.js';

// The loss that is asked about: a tick of the chart's axis.
const BOUND = 10;
// The table writes the smallest step sizes as fractions.
const FRACTIONS = { '¼': 0.25, '½': 0.5 };

/** Step sizes of a side in learning rates, with the highest loss over the last states. */
function highest(tables, side) {
  const rows = (tables.landscape?.rows ?? []).filter((row) => row[0].startsWith(side));
  return rows.map((row) => [FRACTIONS[row[1]] ?? number(row[1]), row[5] === '∞' ? Infinity : number(row[5])]);
}

export const landscape = {
  // The upper edge of B's band over the step sizes.
  'upper-edge-b': ({ tables }) => highest(tables, 'B').filter(([, loss]) => loss > 0),
  // The first step size at which the upper edge of A's band lies above a loss of 10: `16` or less, `32`, `64` or more, `never`.
  'above-ten-a': ({ tables }) => {
    const first = highest(tables, 'A').find(([, loss]) => loss > BOUND);
    if (!first) return 'never';
    if (first[0] <= 16) return '16';
    return first[0] <= 32 ? '32' : '64';
  },
};

export const axes = {
  'upper-edge-b': { chart: 'landscape-chart', x: [0.25, 128], y: [0.1, 1000], log: 'xy', names: { en: ['step size, learning rates', 'loss'], 'zh-Hans': ['步长（学习率的倍数）', '损失'] } },
};
