// What lesson fine-tuning observes of its networks. Knows no page.

import { number } from '../quantities.js';

// The runs in the order of the table: nothing frozen, γ and β, μ and σ², both; the last is one of these, re-estimated.
const COUNT = 4;
// From this loss on it is worth a word.
const LOST = 0.1;
// Columns of the table.
const ACCURACY = 4;
const BEFORE = 6;

const NAMES = { 0b0000: 'none', 0b1010: 'affine', 0b1100: 'statistics', 0b1111: 'all' };

export const fineTuning = {
  // Which of them lost more than ten points in the new domain: `statistics`, `affine`, `all`, `none`; else their numbers.
  'lost-by': ({ tables }) => {
    const rows = (tables['compared-runs']?.rows ?? []).slice(0, COUNT);
    const lost = rows.map((row) => number(row[BEFORE]) - number(row[ACCURACY]));
    if (lost.length < COUNT || lost.some(Number.isNaN)) return undefined;
    const places = lost.map((points, place) => (points > LOST ? place + 1 : 0)).filter(Boolean);
    const bits = places.reduce((sum, place) => sum + 2 ** (place - 1), 0);
    return NAMES[bits] ?? places.join(', ');
  },
};
