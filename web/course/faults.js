// The faults of the fault theatre: whether a run shows one, from its numbers. `there`, `gone`, or nothing where it is neither.

const between = (value, there, gone) => {
  if (value === undefined || Number.isNaN(value)) return undefined;
  const isMore = there > gone;
  if (isMore ? value >= there : value <= there) return 'there';
  return (isMore ? value <= gone : value >= gone) ? 'gone' : undefined;
};

export const FAULTS = {
  // Batches' own statistics against running averages.
  'train-eval': (of) => between(of('right-batch') - of('right-running'), 0.15, 0.05),
  'batch-one': (of) => between(of('is-refused'), 1, 0),
  momentum: (of) => between(of('variance-jump'), 0.15, 0.08),
  'biased-variance': (of) => between(of('variance-ratio'), 0.85, 0.92),
  // What is trained stands still, what is counted does not.
  'frozen-moves': (of) => (of('gamma-moved') === 0 ? between(of('mean-moved'), 0.05, 0) : undefined),
  nan: (of) => (of('diverged-at') === undefined ? between(of('loss-now'), Infinity, 1) : 'there'),
  // By statistics of the whole set, however low the loss of each batch.
  'one-class': (of) => between(of('right-full'), 0.75, 0.9),
  'stale-statistics': (of) => between(of('right-full') - of('right-running'), 0.15, 0.05),
  // The same shards by two ways to share.
  'unequal-shards': (of, act) => between(of(act === 'mend' ? 'deviation-sync' : 'deviation-averaged'), 1e-3, 1e-5),
};
