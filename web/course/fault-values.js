// Numbers of a whole run by which the fault theatre judges: of its snapshots and of what its panels say. Knows no page.

import { layersOf, number } from './quantities.js';

const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const lastSide = (snapshot) => snapshot.sides.at(-1);
const layersNow = (snapshot) => layersOf(snapshot, lastSide(snapshot).index);
// The least of two statistics with which numbers are compared.
const SMALL = 1e-6;
// Steps over which what moves from step to step is averaged.
const LATE_STEPS = 50;

/** Over the units of the first layer, running variance over that of the whole training set. */
function variances(snapshot) {
  const [layer] = layersNow(snapshot);
  if (!layer?.running_var.length) return [];
  return layer.running_var.map((variance, unit) => variance / Math.max(layer.full_var[unit], SMALL));
}

/** The largest change of one figure of all units since the moment at which a setting was last changed on the way. */
function movedBy(history, kind) {
  const last = history.at(-1);
  const changes = new URLSearchParams(last.state).get('changes') ?? '';
  const at = Math.max(...changes.split(',').map((change) => Number(change.split(':')[0])));
  const before = history.findLast((snapshot) => snapshot.step <= at);
  if (!before || before === last) return undefined;
  const then = layersNow(before);
  const apart = layersNow(last).flatMap((layer, place) => layer[kind].map((value, unit) => Math.abs(value - then[place][kind][unit])));
  return apart.length ? Math.max(...apart) : undefined;
}

// A way's deviation after the first step, by its row of the table: synchronised, averaged.
const deviation = (row) => ({ tables }) => tables.devices && number(tables.devices.rows[row][1]);

export const FAULT_VALUES = {
  // Accuracy by the batches' own statistics and by running averages, of the last side shown.
  'right-batch': ({ last }) => lastSide(last).accuracy.eval_batch,
  'right-running': ({ last }) => lastSide(last).accuracy.eval_running,
  'right-full': ({ last }) => lastSide(last).accuracy.eval_full,
  // Why it cannot begin, 1 or 0.
  'is-refused': ({ last }) => Number(lastSide(last).refused !== null),
  // The running variance of the first layer over that of the whole training set: the unit in the middle.
  'variance-ratio': ({ last }) => {
    const all = variances(last);
    return all.length ? middle(all) : undefined;
  },
  // How much of itself the running variance moves from one step to the next: units of the first layer, the last 50 steps.
  'variance-jump': ({ history }) => {
    const late = history.slice(-LATE_STEPS);
    const jumps = late.slice(1).flatMap((snapshot, place) => {
      const before = layersNow(late[place])[0];
      const [layer] = layersNow(snapshot);
      return (layer?.running_var ?? []).map((variance, unit) => Math.abs(variance - before.running_var[unit]) / Math.max(layer.full_var[unit], SMALL));
    });
    return jumps.length ? jumps.reduce((sum, jump) => sum + jump, 0) / jumps.length : undefined;
  },
  'gamma-moved': ({ history }) => movedBy(history, 'gamma'),
  'mean-moved': ({ history }) => movedBy(history, 'running_mean'),
  'diverged-at': ({ last }) => lastSide(last).diverged ?? undefined,
  'loss-now': ({ last }) => lastSide(last).loss.train ?? undefined,
  'loss-batch': ({ last }) => lastSide(last).loss.batch ?? undefined,
  'deviation-sync': deviation(0),
  'deviation-averaged': deviation(1),
};
