// Numbers of a run's state, by the names that lessons give them: of a snapshot. Knows no page.

const sideOf = (snapshot, index) => snapshot.sides.find((side) => side.index === index);
const accuracy = (index, kind) => (snapshot) => sideOf(snapshot, index)?.accuracy[kind];
const loss = (index, kind) => (snapshot) => sideOf(snapshot, index)?.loss[kind];

export const QUANTITIES = {
  step: (snapshot) => snapshot.step,
  'accuracy-a': accuracy(0, 'eval_running'),
  'accuracy-b': accuracy(1, 'eval_running'),
  'accuracy-full-a': accuracy(0, 'eval_full'),
  'accuracy-full-b': accuracy(1, 'eval_full'),
  'accuracy-batch-a': accuracy(0, 'eval_batch'),
  'accuracy-batch-b': accuracy(1, 'eval_batch'),
  'accuracy-train-a': accuracy(0, 'train'),
  'accuracy-train-b': accuracy(1, 'train'),
  'loss-a': loss(0, 'eval'),
  'loss-b': loss(1, 'eval'),
  'loss-train-a': loss(0, 'train'),
  'loss-train-b': loss(1, 'train'),
  'loss-batch-a': loss(0, 'batch'),
  'loss-batch-b': loss(1, 'batch'),
  // The step at which it diverged; nothing while it has not.
  'diverged-a': (snapshot) => sideOf(snapshot, 0)?.diverged ?? undefined,
  'diverged-b': (snapshot) => sideOf(snapshot, 1)?.diverged ?? undefined,
  // Running averages behind the statistics of the whole training set, in accuracy.
  'lag-b': (snapshot) => {
    const of = sideOf(snapshot, 1)?.accuracy;
    return of && of.eval_full - of.eval_running;
  },
  'gamma-below-one': (snapshot) => gammas(snapshot).filter((gamma) => gamma < 1).length,
  'gamma-count': (snapshot) => gammas(snapshot).length,
  'gamma-largest': (snapshot) => Math.max(...gammas(snapshot)),
  'gamma-smallest': (snapshot) => Math.min(...gammas(snapshot)),
};

/** Every γ of side B, layer by layer. */
export function gammas(snapshot) {
  return (sideOf(snapshot, 1)?.layers ?? []).flatMap((layer) => layer.gamma);
}

/** Of side `index`, its layers. */
export function layersOf(snapshot, index) {
  return sideOf(snapshot, index)?.layers ?? [];
}

/** As a reader sees it: shares in percent, others with three figures. */
export function shown(name, value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  if (name.startsWith('accuracy') || name.startsWith('lag')) return `${(100 * value).toFixed(1)}\u202f%`;
  return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(3))}`.replace('-', '−');
}

/** The number of a table's cell, which is written for people. */
export function number(cell) {
  return Number(cell.replace('−', '-').replace(/[\u202f\u00a0,]/g, ''));
}
