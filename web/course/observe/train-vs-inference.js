// What lesson train-vs-inference observes of a whole run. Knows no page.

/** Accuracies closer than this count as the same, as on the page. */
const SAME = 0.02;

export const trainVsInference = {
  // By which statistics B gets the fewest test points right at the end: `batch`, `running` or `full`; `even` if all agree.
  'fewest-right': ({ history }) => {
    const of = history.at(-1).sides.find((side) => side.index === 1)?.accuracy;
    if (!of || [of.eval_batch, of.eval_running, of.eval_full].includes(null)) return undefined;
    const kinds = [['batch', of.eval_batch], ['running', of.eval_running], ['full', of.eval_full]];
    kinds.sort(([, one], [, other]) => one - other);
    return kinds[2][1] - kinds[0][1] <= SAME ? 'even' : kinds[0][0];
  },
};
