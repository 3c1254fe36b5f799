// What lesson first-look observes of a whole run. Knows no page.

import { layersOf } from '../quantities.js';

/** By how much the values of a layer lie otherwise than at the start: mean and spread, in spreads of the start. */
function moved(start, end) {
  const { mean, std } = start.output;
  return (Math.abs(end.output.mean - mean) + Math.abs(end.output.std - std)) / std;
}

export const firstLook = {
  // Where in A the rows have moved most: `first`, `middle` or `last` third of its layers; `none` if all stand as at the start.
  'most-moved-a': ({ history }) => {
    const [start, end] = [history[0], history.at(-1)].map((snapshot) => layersOf(snapshot, 0));
    const changes = end.map((layer, place) => moved(start[place], layer));
    const most = Math.max(...changes);
    if (most < 0.05) return 'none';
    return ['first', 'middle', 'last'][Math.floor((3 * changes.indexOf(most)) / changes.length)];
  },
};
