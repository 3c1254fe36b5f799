// What lesson which-cells observes of the cell that is looked at. Knows no page.

import { number } from '../quantities.js';

const KINDS = ['batch', 'layer', 'group', 'instance'];

export const whichCells = {
  // Under which normalisation the cell shares the largest deviation, RMSNorm, which has none, left out: `batch`, `layer`,
  // `group`, `instance`.
  'widest-cells': ({ tables }) => {
    const rows = tables['which-cells']?.rows ?? [];
    if (rows.length === 0) return undefined;
    const deviations = KINDS.map((kind, place) => [kind, number(rows[place][3])]);
    return deviations.reduce((most, other) => (other[1] > most[1] ? other : most))[0];
  },
};
