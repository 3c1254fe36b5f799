// What lesson gamma-beta observes of a whole run. Knows no page.

import { layersOf } from '../quantities.js';

/** Layer and unit that the panel has selected, counted from 0. */
function selected(snapshot) {
  const link = new URLSearchParams(snapshot.state);
  return ['layer', 'unit'].map((name) => Number(link.get(name) ?? 0));
}

/** Every γ of B in that layer. */
function gammasOf(snapshot, layer) {
  return layersOf(snapshot, 1)[layer]?.gamma ?? [];
}

export const gammaBeta = {
  // The γ of the selected unit over the steps.
  'selected-gamma': ({ history }) => {
    const [layer, unit] = selected(history.at(-1));
    const points = history.map((snapshot) => [snapshot.step, gammasOf(snapshot, layer)[unit]]);
    return points.filter(([, gamma]) => Number.isFinite(gamma));
  },
  // How many γ of the selected layer lie below 1 at the end: `none`, `two` at most, `four` at most, or `more`.
  'below-one': ({ history }) => {
    const [layer] = selected(history.at(-1));
    const below = gammasOf(history.at(-1), layer).filter((gamma) => gamma < 1).length;
    if (below === 0) return 'none';
    if (below <= 2) return 'two';
    return below <= 4 ? 'four' : 'more';
  },
};

export const axes = {
  'selected-gamma': { x: [0, 400], y: [0, 3], log: '', names: { en: ['step', 'γ'], 'zh-Hans': ['步', 'γ'] } },
};
