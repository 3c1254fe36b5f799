// What lesson batch-renorm observes of its networks. Knows no page.

import { number } from '../quantities.js';

// The runs in the order of the table: Batch Normalization, Batch Renormalization, ghosts; at batches of 4, then of 64.
const COUNT = 6;
const LEARNED = 0.8;
// Column of the table.
const ACCURACY = 4;

const NAMES = { 0b000000: 'none', 0b011000: 'large', 0b011010: 'renorm', 0b011011: 'all' };

export const batchRenorm = {
  // Which of them get more than 80 % right: `renorm`, `large`, `all` but the ghosts, `none`; else their numbers.
  'above-80': ({ tables }) => {
    const right = (tables['compared-runs']?.rows ?? []).map((row) => number(row[ACCURACY]));
    if (right.length < COUNT || right.some(Number.isNaN)) return undefined;
    const places = right.map((share, place) => (share > LEARNED ? place + 1 : 0)).filter(Boolean);
    const bits = places.reduce((sum, place) => sum + 2 ** (place - 1), 0);
    return NAMES[bits] ?? places.join(', ');
  },
};
