// What lesson initialisation observes of its grid of networks. Knows no page.

import { number } from '../quantities.js';

// Accuracy in percent from which a network has learned.
const LEARNED = 93;
// The row that is asked about: the first from below.
const ROW = 0;

export const initialisation = {
  // In which map more networks of the tanh row have learned: `a`, `b`; `same` if as many.
  'wider-tanh': ({ tables }) => {
    const rows = tables['race-grid']?.rows ?? [];
    const activations = [...new Set(rows.map((row) => row[2]))];
    const own = rows.filter((row) => row[2] === activations[ROW]);
    const count = (side) => own.filter((row) => row[0].startsWith(side) && number(row[4]) >= LEARNED).length;
    const [a, b] = [count('A'), count('B')];
    if (a === b) return 'same';
    return a > b ? 'a' : 'b';
  },
};
