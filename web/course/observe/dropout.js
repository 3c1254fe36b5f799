// What lesson dropout observes of its four runs. Knows no page.

import { number } from '../quantities.js';

// The runs in the order of the table: without either, dropout alone, Batch Normalization alone, both.
const RUNS = ['neither', 'alone', 'alone', 'both'];
// Closer than a point counts as level: three of 320 test points.
const LEVEL = 0.01;
// Columns of the table.
const ACCURACY = 4;

export const dropout = {
  // Which run is ahead on the test points: `neither`, `alone`, `both`; `level` if the best two are less than a point apart.
  'ahead-on-test': ({ tables }) => {
    const right = (tables['compared-runs']?.rows ?? []).map((row) => number(row[ACCURACY]));
    if (right.length < RUNS.length || right.some(Number.isNaN)) return undefined;
    const [best, second] = [...right].sort((a, b) => b - a);
    return best - second < LEVEL ? 'level' : RUNS[right.indexOf(best)];
  },
};
