// Plain JavaScript the way teaching pages such as TensorFlow Playground train: an object for every unit and for every
// weight, one sample after the other, updates after a batch. Without Batch Normalization.

class Weight {
  constructor(from, to, value) {
    this.from = from;
    this.to = to;
    this.value = value;
    this.sum = 0;
  }
}

class Unit {
  constructor(activation) {
    this.activation = activation;
    this.ins = [];
    this.outs = [];
    this.bias = 0;
    this.biasSum = 0;
    this.output = 0;
    this.slope = 0;
  }

  forward() {
    let total = this.bias;
    for (const weight of this.ins) total += weight.value * weight.from.output;
    this.output = this.activation.of(total);
  }

  /** From the slopes of the next layer's inputs to its own. */
  backward(outer) {
    this.slope = outer * this.activation.slope(this.output);
    this.biasSum += this.slope;
    for (const weight of this.ins) weight.sum += this.slope * weight.from.output;
  }
}

const TANH = { of: (x) => Math.tanh(x), slope: (y) => 1 - y * y };
const SAME = { of: (x) => x, slope: () => 1 };

/** The training case `playground`. */
export function playground({ spec, X, T, params }) {
  const { dims, batch, nb, lr } = spec;
  const last = dims.length - 1;
  const layers = dims.map((width, depth) => Array.from({ length: width }, () => new Unit(depth < last ? TANH : SAME)));
  params.forEach(({ W }, depth) => {
    layers[depth].forEach((from, i) => {
      layers[depth + 1].forEach((to, o) => {
        const weight = new Weight(from, to, W[i * dims[depth + 1] + o]);
        from.outs.push(weight);
        to.ins.push(weight);
      });
    });
  });

  function sample(row) {
    layers[0].forEach((unit, i) => { unit.output = X[row * dims[0] + i]; });
    for (const layer of layers.slice(1)) for (const unit of layer) unit.forward();
    let loss = 0;
    layers[last].forEach((unit, o) => {
      const distance = unit.output - T[row * dims[last] + o];
      loss += (distance * distance) / 2;
      unit.backward(distance);
    });
    for (let depth = last - 1; depth > 0; depth -= 1) {
      for (const unit of layers[depth]) {
        let outer = 0;
        for (const weight of unit.outs) outer += weight.value * weight.to.slope;
        unit.backward(outer);
      }
    }
    return loss / dims[last];
  }

  let k = 0;
  const steps = (n) => {
    let loss = NaN;
    for (; n > 0; n -= 1) {
      loss = 0;
      for (let row = k * batch; row < (k + 1) * batch; row += 1) loss += sample(row) / batch;
      const rate = lr / (batch * dims[last]);
      for (const layer of layers) {
        for (const unit of layer) {
          unit.bias -= rate * unit.biasSum;
          unit.biasSum = 0;
          for (const weight of unit.ins) {
            weight.value -= rate * weight.sum;
            weight.sum = 0;
          }
        }
      }
      k = (k + 1) % nb;
    }
    return loss;
  };
  return { steps, run: steps };
}
