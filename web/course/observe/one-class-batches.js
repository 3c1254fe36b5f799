// What lesson one-class-batches observes of a whole run. Knows no page.

// Shares of the test points: below the first it is guessing, above the last it has learned.
const GUESSING = 0.6;
const LEARNED = 0.8;

export const oneClassBatches = {
  // What A gets right at the end by its running averages: `guess`, `some` or `most`.
  'a-gets-right': ({ history }) => {
    const right = history.at(-1).sides.find((side) => side.index === 0)?.accuracy.eval_running;
    if (right === undefined || right === null) return undefined;
    if (right < GUESSING) return 'guess';
    return right <= LEARNED ? 'some' : 'most';
  },
};
