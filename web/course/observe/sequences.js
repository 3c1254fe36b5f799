// What lesson sequences observes of the answers by length. Knows no page.

import { number } from '../quantities.js';

// The first length of each third, and from how much on A is behind: a share.
const THIRDS = [['long', 10], ['middle', 7], ['short', 4]];
const BEHIND = 0.02;

/** What a side gets right of the lengths of each third, from the answers' table: run, length, right, all. */
function shares(tables, side) {
  const counts = Object.fromEntries(THIRDS.map(([name]) => [name, [0, 0]]));
  for (const row of tables.boundary?.rows ?? []) {
    const third = THIRDS.find(([, first]) => number(row[1]) >= first);
    if (!row[0].startsWith(side) || !third) continue;
    counts[third[0]][0] += number(row[2]);
    counts[third[0]][1] += number(row[3]);
  }
  return Object.fromEntries(Object.entries(counts).map(([name, [right, all]]) => [name, right / all]));
}

export const sequences = {
  // In which third of the lengths A is furthest behind B: `short`, `middle` or `long`; `none` if it is nowhere behind.
  'furthest-behind': ({ tables }) => {
    const [a, b] = ['A', 'B'].map((side) => shares(tables, side));
    const gaps = THIRDS.map(([name]) => [name, b[name] - a[name]]).sort(([, one], [, other]) => other - one);
    if (gaps.some(([, gap]) => Number.isNaN(gap))) return undefined;
    return gaps[0][1] > BEHIND ? gaps[0][0] : 'none';
  },
};
