// Plain JavaScript on typed arrays, the measure beside the lab's WebAssembly. As careful as the lab's kernels: the same
// layout (feature-major, so that statistics are sums over one run of memory), nothing allocated while it runs, several
// sums at once where one would wait for itself. Sums are f64, as JavaScript's are; what is stored is f32.

import { batchNorm, transpose } from './bench-baseline-norm.js';
import { training } from './bench-baseline-network.js';
import { playground } from './bench-baseline-playground.js';

/** A case with `run(n)` and `read()` or `steps(n)`, as makeCase gives, for inputs as makeCase takes. */
export function makeBaseline({ name, shape }, inputs) {
  if (name === 'hist') return histogram(inputs);
  if (name === 'train') return shape === 'playground' ? playground(inputs) : training(inputs);
  return normalization(name, inputs);
}

function histogram({ x, bins }) {
  const counts = new Uint32Array(bins);
  let lo = 0;
  let hi = 0;
  const run = (n) => {
    for (; n > 0; n -= 1) {
      lo = x[0];
      hi = x[0];
      for (let i = 1; i < x.length; i += 1) {
        const value = x[i];
        if (value < lo) lo = value;
        if (value > hi) hi = value;
      }
      counts.fill(0);
      const scale = bins / (hi - lo);
      const last = bins - 1;
      for (let i = 0; i < x.length; i += 1) {
        const bin = ((x[i] - lo) * scale) | 0;
        counts[bin > last ? last : bin] += 1;
      }
    }
  };
  return { run, read: () => { run(1); return { counts, lo, hi }; } };
}

function normalization(name, inputs) {
  const [rows, features, ...places] = inputs.shape;
  const count = rows * places.reduce((all, side) => all * side, 1);
  const columns = inputs.x.length / rows;
  const [x, dy] = [transpose(inputs.x, rows, columns), transpose(inputs.dy, rows, columns)];
  const [xhat, y, dx] = [0, 0, 0].map(() => new Float32Array(x.length));
  const layer = batchNorm(features, count, inputs);
  const once = name === 'bn_infer' ? () => layer.infer(x, y) : () => {
    layer.forward(x, xhat, y);
    layer.backward(dy, xhat, dx);
  };
  return {
    run(n) {
      for (; n > 0; n -= 1) once();
    },
    read() {
      once();
      const back = (values) => transpose(values, columns, rows);
      return name === 'bn_infer' ? { yinf: back(y) }
        : { y: back(y), dx: back(dx), dgamma: layer.dgamma, dbeta: layer.dbeta };
    },
  };
}
