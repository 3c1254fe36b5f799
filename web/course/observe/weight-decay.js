// What lesson weight-decay observes of the weights before a normalisation. Knows no page.

import { number } from '../quantities.js';

// Column of the table: lr/‖W‖² at the end.
const RATE = 4;

export const weightDecay = {
  // How many times as large lr/‖W‖² is with decay as without: `alike`, below 2; `few`, up to 10; `more`.
  'rate-ratio': ({ tables }) => {
    const rows = tables['weight-norm']?.rows ?? [];
    if (rows.length === 0) return undefined;
    // Of a run without decay there is no other.
    const ratio = number(rows[0][RATE]) / number(rows.at(-1)[RATE]);
    if (!(ratio > 0)) return undefined;
    if (ratio < 2) return 'alike';
    return ratio <= 10 ? 'few' : 'more';
  },
};
