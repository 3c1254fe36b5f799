// What lesson images observes of a whole run. Knows no page.

/** A point of accuracy: less is no lead. */
const POINT = 0.01;

export const images = {
  // Which network reads more of the test digits at the end: `a`, `b`; `same` within a point.
  'more-digits': ({ history }) => {
    const of = (index) => history.at(-1).sides.find((side) => side.index === index)?.accuracy.eval_running;
    const lead = of(1) - of(0);
    if (Number.isNaN(lead)) return undefined;
    if (Math.abs(lead) <= POINT) return 'same';
    return lead > 0 ? 'b' : 'a';
  },
};
