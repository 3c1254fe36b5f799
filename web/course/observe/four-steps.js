// What lesson four-steps observes of the batch on the lines. Knows no page.

import { number } from '../quantities.js';

export const fourSteps = {
  // On which side of 0 more of the x̂ lie: `left`, `right`; `same` where there are as many on each.
  'more-x-hat': ({ tables }) => {
    const xHat = (tables['number-line']?.rows ?? []).map((row) => number(row[4]));
    if (xHat.length === 0) return undefined;
    const [left, right] = [xHat.filter((x) => x < 0).length, xHat.filter((x) => x > 0).length];
    if (left === right) return 'same';
    return left > right ? 'left' : 'right';
  },
};
