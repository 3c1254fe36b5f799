// What lesson noise observes of a whole run. Knows no page.

import { number } from '../quantities.js';

/** The spread that is looked for. */
const WANTED = 0.2;

export const noise = {
  // Of the batch sizes measured, the one whose spread of x̂ is nearest to a fifth, in factors: `16` (or fewer), `32`, `64`,
  // `128` (or more).
  'batch-at-fifth': ({ tables }) => {
    const rows = (tables['x-hat-noise']?.rows ?? []).map((row) => [number(row[0]), number(row[1])]);
    const away = ([, spread]) => Math.abs(Math.log(spread / WANTED));
    const spreading = rows.filter(([, spread]) => spread > 0);
    const [nearest] = spreading.sort((one, other) => away(one) - away(other));
    return nearest && `${Math.min(Math.max(nearest[0], 16), 128)}`;
  },
};
