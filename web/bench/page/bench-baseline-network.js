// Plain JavaScript, networks: affine layers, activations, losses, one step of gradient descent. Activations are
// feature-major, so that a weight that was read serves several rows.

import { convolutionLayer } from './bench-baseline-conv.js';
import { batchNorm, transpose } from './bench-baseline-norm.js';

/** Training steps of the networks of the table. */
export function training({ spec, X, T, params, eps, mom }) {
  const { batch, nb, lr } = spec;
  const size = X.length / (batch * nb);
  const fresh = (features) => ({
    gamma: new Float32Array(features).fill(1), beta: new Float32Array(features), rmean: new Float32Array(features),
    rvar: new Float32Array(features).fill(1), eps, mom,
  });
  const layers = [];
  let width = size;
  params.forEach(({ W }, place) => {
    const isLast = place === params.length - 1;
    if (spec.hw && !isLast) {
      const layer = convolutionLayer(W, place ? spec.ch[place - 1] : 1, spec.ch[place], spec.hw, batch, lr);
      layers.push(layer);
      width = layer.units;
    } else {
      const outputs = W.length / width;
      layers.push(affineLayer(W, width, outputs, spec.hw && { channels: spec.ch.at(-1) }, isLast, batch, lr, place > 0));
      width = outputs;
    }
    if (isLast) return;
    const features = spec.hw ? spec.ch[place] : width;
    layers.push(normalizationLayer(batchNorm(features, (width / features) * batch, fresh(features)), width * batch, lr));
    layers.push(activationLayer(spec.act, width * batch));
  });
  const outputs = width;
  const d = new Float32Array(outputs * batch);
  const batches = Array.from({ length: nb }, (_, k) => transpose(
    X.subarray(k * batch * size, (k + 1) * batch * size), batch, size));
  let k = 0;
  const step = () => {
    let y = batches[k];
    for (const layer of layers) y = layer.forward(y);
    const loss = spec.loss === 'mse' ? halfSquares(y, T, k * batch * outputs, outputs, batch, d)
      : crossEntropy(y, T, k * batch, outputs, batch, d);
    let gradient = d;
    for (let place = layers.length - 1; place >= 0; place -= 1) gradient = layers[place].backward(gradient);
    k = (k + 1) % nb;
    return loss;
  };
  const steps = (n) => {
    let loss = NaN;
    for (; n > 0; n -= 1) loss = step();
    return loss;
  };
  return { steps, run: steps };
}

function halfSquares(y, T, from, outputs, rows, d) {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let output = 0; output < outputs; output += 1) {
      const distance = y[output * rows + row] - T[from + row * outputs + output];
      sum += distance * distance;
      d[output * rows + row] = distance / (rows * outputs);
    }
  }
  return sum / (2 * rows * outputs);
}

function crossEntropy(y, T, from, classes, rows, d) {
  let loss = 0;
  for (let row = 0; row < rows; row += 1) {
    let max = -Infinity;
    for (let place = row; place < y.length; place += rows) if (y[place] > max) max = y[place];
    let sum = 0;
    for (let place = row; place < y.length; place += rows) {
      d[place] = Math.exp(y[place] - max);
      sum += d[place];
    }
    for (let place = row; place < y.length; place += rows) d[place] /= sum * rows;
    const target = T[from + row] * rows + row;
    loss += Math.log(sum) - (y[target] - max);
    d[target] -= 1 / rows;
  }
  return loss / rows;
}

/** The given weights, `[in, out]` with channels last, as `[out, in]` with channels first, as what comes in is. */
function outputFirst(W, inputs, outputs, channels) {
  const weight = new Float32Array(W.length);
  const positions = inputs / channels;
  for (let c = 0; c < channels; c += 1) {
    for (let p = 0; p < positions; p += 1) {
      const [own, given] = [c * positions + p, p * channels + c];
      for (let o = 0; o < outputs; o += 1) weight[o * inputs + own] = W[given * outputs + o];
    }
  }
  return weight;
}

/** One step against the gradient of weights and bias. */
function update(weight, bias, dy, input, size, lr) {
  const { inputs, outputs, rows } = size;
  for (let o = 0; o < outputs; o += 1) {
    for (let i = 0; i < inputs; i += 1) {
      let a = 0;
      let b = 0;
      let row = 0;
      for (; row + 1 < rows; row += 2) {
        a += dy[o * rows + row] * input[i * rows + row];
        b += dy[o * rows + row + 1] * input[i * rows + row + 1];
      }
      if (row < rows) a += dy[o * rows + row] * input[i * rows + row];
      weight[o * inputs + i] -= lr * (a + b);
    }
    if (bias) {
      let sum = 0;
      for (let row = 0; row < rows; row += 1) sum += dy[o * rows + row];
      bias[o] -= lr * sum;
    }
  }
}

/** Weights `[out, in]`; four rows share every weight that is read. */
function affineLayer(W, inputs, outputs, image, hasBias, rows, lr, passesBack) {
  const weight = outputFirst(W, inputs, outputs, image ? image.channels : 1);
  const [bias, y, dx] = [outputs, outputs * rows, inputs * rows].map((length) => new Float32Array(length));
  let input = null;
  return {
    forward(x) {
      input = x;
      for (let o = 0; o < outputs; o += 1) {
        let row = 0;
        for (; row + 3 < rows; row += 4) {
          let a = bias[o];
          let b = a;
          let c = a;
          let d = a;
          for (let i = 0, at = row; i < inputs; i += 1, at += rows) {
            const w = weight[o * inputs + i];
            a += w * x[at];
            b += w * x[at + 1];
            c += w * x[at + 2];
            d += w * x[at + 3];
          }
          const at = o * rows + row;
          y[at] = a;
          y[at + 1] = b;
          y[at + 2] = c;
          y[at + 3] = d;
        }
        for (; row < rows; row += 1) {
          let sum = bias[o];
          for (let i = 0; i < inputs; i += 1) sum += weight[o * inputs + i] * x[i * rows + row];
          y[o * rows + row] = sum;
        }
      }
      return y;
    },
    /** The update is made here, after the gradient towards the input. */
    backward(dy) {
      if (passesBack) {
        for (let i = 0; i < inputs; i += 1) {
          let row = 0;
          for (; row + 3 < rows; row += 4) {
            let a = 0;
            let b = 0;
            let c = 0;
            let d = 0;
            for (let o = 0, at = row; o < outputs; o += 1, at += rows) {
              const w = weight[o * inputs + i];
              a += w * dy[at];
              b += w * dy[at + 1];
              c += w * dy[at + 2];
              d += w * dy[at + 3];
            }
            const at = i * rows + row;
            dx[at] = a;
            dx[at + 1] = b;
            dx[at + 2] = c;
            dx[at + 3] = d;
          }
          for (; row < rows; row += 1) {
            let sum = 0;
            for (let o = 0; o < outputs; o += 1) sum += weight[o * inputs + i] * dy[o * rows + row];
            dx[i * rows + row] = sum;
          }
        }
      }
      update(weight, hasBias && bias, dy, input, { inputs, outputs, rows }, lr);
      return dx;
    },
  };
}

function normalizationLayer(norm, length, lr) {
  const [xhat, y] = [new Float32Array(length), new Float32Array(length)];
  return {
    forward(x) {
      norm.forward(x, xhat, y);
      return y;
    },
    backward(dy) {
      norm.backward(dy, xhat, dy);
      for (let f = 0; f < norm.gamma.length; f += 1) {
        norm.gamma[f] -= lr * norm.dgamma[f];
        norm.beta[f] -= lr * norm.dbeta[f];
      }
      return dy;
    },
  };
}

function activationLayer(kind, length) {
  const y = new Float32Array(length);
  const forwards = {
    tanh: (x) => { for (let i = 0; i < length; i += 1) y[i] = Math.tanh(x[i]); },
    sigmoid: (x) => { for (let i = 0; i < length; i += 1) y[i] = 1 / (1 + Math.exp(-x[i])); },
    relu: (x) => { for (let i = 0; i < length; i += 1) y[i] = x[i] > 0 ? x[i] : 0; },
  };
  const backwards = {
    tanh: (d) => { for (let i = 0; i < length; i += 1) d[i] *= 1 - y[i] * y[i]; },
    sigmoid: (d) => { for (let i = 0; i < length; i += 1) d[i] *= y[i] * (1 - y[i]); },
    relu: (d) => { for (let i = 0; i < length; i += 1) if (y[i] <= 0) d[i] = 0; },
  };
  const [forward, backward] = [forwards[kind], backwards[kind]];
  return {
    forward(x) {
      forward(x);
      return y;
    },
    backward(d) {
      backward(d);
      return d;
    },
  };
}
