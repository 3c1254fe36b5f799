// The rows of the table: what is measured, and inputs for it from a documented seeded generator. Measures nothing.

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

const SPECS = {
  mlp_a: { dims: [2, 16, 16, 16, 1], act: 'tanh', loss: 'mse', batch: 32, nb: 8, lr: 0.03 },
  mlp_b: { dims: [64, 100, 100, 100, 10], act: 'sigmoid', loss: 'ce', batch: 60, nb: 8, lr: 0.1 },
  mlp_b_relu: { dims: [64, 100, 100, 100, 10], act: 'relu', loss: 'ce', batch: 60, nb: 8, lr: 0.1 },
  cnn_c: { hw: 8, ch: [8, 16], classes: 10, act: 'relu', loss: 'ce', batch: 32, nb: 8, lr: 0.05 },
  // The same without Batch Normalization: what TensorFlow Playground trains, one object a unit and a weight.
  playground: { dims: [2, 16, 16, 16, 1], act: 'tanh', loss: 'mse', batch: 32, nb: 8, lr: 0.03, bn: false },
};

/** Inputs of the training cases. */
export function trainInputs(key, seed = 1) {
  const spec = SPECS[key];
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

const training = (key) => ({ id: `train/${key}`, name: 'train', shape: key, inputs: () => trainInputs(key) });
const normalizing = (name, shape) => ({
  id: `${name}/${shape.join('x')}`, name, shape, inputs: () => batchNormInputs(shape),
});

/** `{ id, name, shape, inputs() }` of every row, in the order in which they are shown. */
export const ROWS = [
  training('mlp_a'),
  training('mlp_b'),
  training('mlp_b_relu'),
  training('cnn_c'),
  normalizing('bn_fwdbwd', [256, 64]),
  normalizing('bn_fwdbwd', [4096, 256]),
  normalizing('bn_fwdbwd', [64, 32, 28, 28]),
  normalizing('bn_infer', [4096, 256]),
  {
    id: 'hist/100000x64', name: 'hist', shape: [100000, 64],
    inputs: () => ({ x: normals(1)(100000), bins: 64 }),
  },
  training('playground'),
];
