// What lesson fold observes of the unit that is folded. Knows no page.

import { number } from '../quantities.js';

// The row of the length of the weights, and from where on it has changed.
const LENGTH = 0;
const CHANGED = 0.01;

export const fold = {
  // What folding has done to the length of the unit's weights: `longer`, `shorter`, `alike`.
  'folded-length': ({ tables }) => {
    const row = tables.fold?.rows[LENGTH];
    if (row === undefined) return undefined;
    const [own, folded] = row.slice(1).map(number);
    if (!(own > 0 && folded > 0)) return undefined;
    const growth = folded / own - 1;
    if (Math.abs(growth) <= CHANGED) return 'alike';
    return growth > 0 ? 'longer' : 'shorter';
  },
};
