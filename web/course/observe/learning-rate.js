// What lesson learning-rate observes of its grid of networks. Knows no page.

import { number } from '../quantities.js';

// Accuracy in percent from which a learning rate is of use, and the row that is asked about, from below.
const USABLE = 93;
const ROW = 3;

/** A row of the grid's table: side, learning rate, layers, accuracies by three kinds of statistics, step of divergence. */
function cells(tables) {
  const rows = tables['race-grid']?.rows ?? [];
  const layers = [...new Set(rows.map((row) => row[2]))];
  return rows.map((row) => ({
    side: row[0].startsWith('A') ? 'a' : 'b',
    rate: number(row[1]),
    depth: layers.indexOf(row[2]),
    accuracy: number(row[4]),
    diverged: number(row[6]),
    isDeepest: row[2] === layers.at(-1),
  }));
}

/** The largest usable rate of a side over the smallest, in the row asked about; 1 where there is none. */
function span(all, side) {
  const own = all.filter((cell) => cell.side === side && cell.depth === ROW && cell.accuracy >= USABLE);
  const rates = own.map((cell) => cell.rate);
  return rates.length ? Math.max(...rates) / Math.min(...rates) : 1;
}

export const learningRate = {
  // How many times as wide B's usable span is as A's.
  'span-ratio': ({ tables }) => {
    const all = cells(tables);
    return span(all, 'b') / span(all, 'a');
  },
  // Where the network stands that diverged first, of equals the deepest: `a-deepest`, `a-other`, `b`; `none` if all are finite.
  'first-diverged': ({ tables }) => {
    const all = cells(tables).filter((cell) => cell.diverged >= 0);
    if (!all.length) return 'none';
    const step = Math.min(...all.map((cell) => cell.diverged));
    const first = all.filter((cell) => cell.diverged === step).sort((one, other) => other.depth - one.depth)[0];
    if (first.side === 'b') return 'b';
    return first.isDeepest ? 'a-deepest' : 'a-other';
  },
};
