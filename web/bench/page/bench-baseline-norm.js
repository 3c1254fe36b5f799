// Plain JavaScript, Batch Normalization on feature-major arrays: the statistics of a feature are sums over one run of memory.
// Several sums at once, so that none waits for its own last addition. Sums are f64, what is stored is f32.

/** `[rows, columns]` into `[columns, rows]`. */
export function transpose(from, rows, columns) {
  const into = new Float32Array(from.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) into[column * rows + row] = from[row * columns + column];
  }
  return into;
}

/** Mean and biased variance of `x[from .. to]`, into place `feature`. */
function moments(x, from, to, mean, variance, feature) {
  const first = x[from];
  let [a, b, c, d, i] = [0, 0, 0, 0, from];
  for (; i + 3 < to; i += 4) {
    a += x[i] - first;
    b += x[i + 1] - first;
    c += x[i + 2] - first;
    d += x[i + 3] - first;
  }
  for (; i < to; i += 1) a += x[i] - first;
  const count = to - from;
  const centre = first + (a + b + (c + d)) / count;
  a = b = c = d = 0;
  for (i = from; i + 3 < to; i += 4) {
    const p = x[i] - centre;
    const q = x[i + 1] - centre;
    const r = x[i + 2] - centre;
    const s = x[i + 3] - centre;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (; i < to; i += 1) a += (x[i] - centre) * (x[i] - centre);
  mean[feature] = centre;
  variance[feature] = (a + b + (c + d)) / count;
}

/** Batch Normalization of `features` runs of `count` values. */
export function batchNorm(features, count, { gamma, beta, rmean, rvar, eps, mom }) {
  const zeros = () => new Float32Array(features);
  const layer = {
    gamma: Float32Array.from(gamma), beta: Float32Array.from(beta), dgamma: zeros(), dbeta: zeros(),
    rmean: Float32Array.from(rmean), rvar: Float32Array.from(rvar), mean: new Float64Array(features),
    variance: new Float64Array(features),
    forward(x, xhat, y) {
      for (let f = 0; f < features; f += 1) {
        const [from, to] = [f * count, (f + 1) * count];
        moments(x, from, to, layer.mean, layer.variance, f);
        const [mean, inverse] = [layer.mean[f], 1 / Math.sqrt(layer.variance[f] + eps)];
        const [scale, shift] = [layer.gamma[f], layer.beta[f]];
        for (let i = from; i < to; i += 1) {
          const value = (x[i] - mean) * inverse;
          xhat[i] = value;
          y[i] = scale * value + shift;
        }
        layer.rmean[f] += mom * (mean - layer.rmean[f]);
        layer.rvar[f] += mom * ((layer.variance[f] * count) / (count - 1) - layer.rvar[f]);
      }
    },
    /** `dx` may be `dy`. */
    backward(dy, xhat, dx) {
      for (let f = 0; f < features; f += 1) {
        const [from, to] = [f * count, (f + 1) * count];
        let [a, b, c, d, i] = [0, 0, 0, 0, from];
        for (; i + 1 < to; i += 2) {
          a += dy[i];
          b += dy[i] * xhat[i];
          c += dy[i + 1];
          d += dy[i + 1] * xhat[i + 1];
        }
        if (i < to) {
          a += dy[i];
          b += dy[i] * xhat[i];
        }
        layer.dbeta[f] = a + c;
        layer.dgamma[f] = b + d;
        const scale = layer.gamma[f] / Math.sqrt(layer.variance[f] + eps);
        const [throughMean, throughVariance] = [(a + c) / count, (b + d) / count];
        for (i = from; i < to; i += 1) dx[i] = scale * (dy[i] - throughMean - xhat[i] * throughVariance);
      }
    },
    infer(x, y) {
      for (let f = 0; f < features; f += 1) {
        const scale = layer.gamma[f] / Math.sqrt(layer.rvar[f] + eps);
        const shift = layer.beta[f] - layer.rmean[f] * scale;
        for (let i = f * count; i < (f + 1) * count; i += 1) y[i] = x[i] * scale + shift;
      }
    },
  };
  return layer;
}
