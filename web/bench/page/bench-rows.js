// Inputs for the rows of the table (web/bench/rows.json) from a documented seeded generator. Measures nothing.

import LIST from './bench-row-list.js';

/** mulberry32: 32 bits of state, the same numbers in every browser. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers by Box and Muller. */
function normals(seed) {
  const next = uniform(seed);
  return (count, scale = 1, shift = 0) => Float32Array.from({ length: count }, () =>
    shift + scale * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

const product = (sides) => sides.reduce((all, side) => all * side, 1);

/** Inputs of the Batch Normalization cases. */
export function batchNormInputs(shape, seed = 1) {
  const [draw, features] = [normals(seed), shape[1]];
  return {
    shape,
    x: draw(product(shape), 1.5, 0.5),
    dy: draw(product(shape)),
    gamma: draw(features, 0.2, 1),
    beta: draw(features, 0.2),
    rmean: draw(features, 0.1),
    rvar: draw(features, 0.1, 1).map(Math.abs),
    eps: 1e-5,
    mom: 0.1,
  };
}

/** Inputs of the training cases. */
export function trainInputs(key, spec, seed = 1) {
  const draw = normals(seed);
  const rows = spec.batch * spec.nb;
  const weights = (inputs, outputs, places = 1) => ({
    W: draw(places * inputs * outputs, Math.sqrt(1 / (inputs * places))),
  });
  const [X, params] = spec.hw
    ? [draw(rows * spec.hw ** 2), [
        ...spec.ch.map((outputs, layer) => weights(layer ? spec.ch[layer - 1] : 1, outputs, 9)),
        weights(spec.hw ** 2 * spec.ch.at(-1), spec.classes),
      ]]
    : [draw(rows * spec.dims[0]), spec.dims.slice(1).map((outputs, layer) => weights(spec.dims[layer], outputs))];
  const next = uniform(seed + 1);
  const classes = spec.classes ?? spec.dims.at(-1);
  const T = spec.loss === 'mse'
    ? Float32Array.from({ length: rows * classes }, () => (next() < 0.5 ? -1 : 1))
    : Int32Array.from({ length: rows }, () => Math.floor(next() * classes));
  return { key, spec, X, T, params, eps: 1e-5, mom: 0.1 };
}

function inputsOf({ name, shape, spec }) {
  if (name === 'train') return trainInputs(shape, spec);
  if (name === 'hist') return { x: normals(1)(shape[0]), bins: shape[1] };
  return batchNormInputs(shape);
}

/** `{ id, name, shape, spec, inputs() }` of every row, in the order in which they are shown. */
export const ROWS = LIST.map((row) => ({ ...row, inputs: () => inputsOf(row) }));
