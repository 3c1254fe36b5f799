// What lesson drift observes of how far the layers' inputs move. Knows no page.

import { number } from '../quantities.js';

// Columns of the table: the mean drift of the first quarter of a run, and of the last.
const [FIRST, LAST] = [7, 8];
// What moves less, in standard deviations, is at rest.
const AT_REST = 0.01;
// What is so much of the first quarter's is as large.
const AS_LARGE = 0.9;

export const drift = {
  // What became of the drift of B's last layer: `rests`, `falls` or `stays`.
  'drift-end-b': ({ tables }) => {
    const row = (tables.drift?.rows ?? []).filter((of) => of[0].startsWith('B')).at(-1);
    if (!row) return undefined;
    const [first, last] = [FIRST, LAST].map((column) => number(row[column]));
    if (!(last >= 0)) return undefined;
    if (last < AT_REST) return 'rests';
    return last < AS_LARGE * first ? 'falls' : 'stays';
  },
};
