// Plain JavaScript, convolution by 3×3 weights with a border of zeros. Images are [channel, position, row]: which
// neighbours a position has is settled once, and four rows share every weight that is read.

const SIDE = 3;
const ALL = SIDE * SIDE;

/** The neighbours of every position of a square image: where their list ends, at which place of the weights, where. */
function neighbours(side) {
  const [ends, places, positions] = [[], [], []];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      for (let place = 0; place < ALL; place += 1) {
        const [row, column] = [y + Math.floor(place / SIDE) - 1, x + (place % SIDE) - 1];
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        places.push(place);
        positions.push(row * side + column);
      }
      ends.push(places.length);
    }
  }
  return [ends, places, positions].map((list) => Int32Array.from(list));
}

/** The given weights, `[row, column, in, out]`, as `[out, in, place]`. */
function outputFirst(W, inputs, outputs) {
  const weight = new Float32Array(W.length);
  for (let t = 0; t < ALL; t += 1) {
    for (let c = 0; c < inputs; c += 1) {
      for (let o = 0; o < outputs; o += 1) weight[(o * inputs + c) * ALL + t] = W[(t * inputs + c) * outputs + o];
    }
  }
  return weight;
}

/** Weights `[out, in, place]` into `[in, out, place]`, places back to front, for the way back. */
function flip(weight, flipped, inputs, outputs) {
  for (let o = 0; o < outputs; o += 1) {
    for (let c = 0; c < inputs; c += 1) {
      for (let t = 0; t < ALL; t += 1) {
        flipped[(c * outputs + o) * ALL + (ALL - 1 - t)] = weight[(o * inputs + c) * ALL + t];
      }
    }
  }
}

/** For every channel and position of `into`: the sum over the channels and neighbours of `from`. */
function gather(field, from, channels, weights, into, intoChannels) {
  const { size, rows, ends, places, positions } = field;
  for (let o = 0; o < intoChannels; o += 1) {
    for (let p = 0; p < size; p += 1) {
      const start = p ? ends[p - 1] : 0;
      const end = ends[p];
      const at = (o * size + p) * rows;
      let row = 0;
      for (; row + 3 < rows; row += 4) {
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        for (let channel = 0; channel < channels; channel += 1) {
          const own = (o * channels + channel) * ALL;
          const plane = channel * size;
          for (let tap = start; tap < end; tap += 1) {
            const w = weights[own + places[tap]];
            const x = (plane + positions[tap]) * rows + row;
            a += w * from[x];
            b += w * from[x + 1];
            c += w * from[x + 2];
            d += w * from[x + 3];
          }
        }
        into[at + row] = a;
        into[at + row + 1] = b;
        into[at + row + 2] = c;
        into[at + row + 3] = d;
      }
      for (; row < rows; row += 1) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel += 1) {
          const own = (o * channels + channel) * ALL;
          for (let tap = start; tap < end; tap += 1) {
            sum += weights[own + places[tap]] * from[(channel * size + positions[tap]) * rows + row];
          }
        }
        into[at + row] = sum;
      }
    }
  }
}

/** A layer with `forward(x)` and `backward(dy)`, which also makes the update. `W` is [row, column, in, out]. */
export function convolutionLayer(W, inputs, outputs, side, rows, lr) {
  const size = side * side;
  const weight = outputFirst(W, inputs, outputs);
  const flipped = new Float32Array(W.length); // [in, out, place], places back to front
  const [ends, places, positions] = neighbours(side);
  const field = { size, rows, ends, places, positions };
  const y = new Float32Array(outputs * size * rows);
  const dx = new Float32Array(inputs * size * rows);
  const gradient = new Float32Array(W.length);
  let input = null;

  function weightGradient(dy) {
    gradient.fill(0);
    for (let o = 0; o < outputs; o += 1) {
      for (let c = 0; c < inputs; c += 1) {
        const own = (o * inputs + c) * ALL;
        for (let p = 0; p < size; p += 1) {
          const up = (o * size + p) * rows;
          for (let tap = p ? ends[p - 1] : 0; tap < ends[p]; tap += 1) {
            const x = (c * size + positions[tap]) * rows;
            let a = 0;
            let b = 0;
            let row = 0;
            for (; row + 1 < rows; row += 2) {
              a += dy[up + row] * input[x + row];
              b += dy[up + row + 1] * input[x + row + 1];
            }
            if (row < rows) a += dy[up + row] * input[x + row];
            gradient[own + places[tap]] += a + b;
          }
        }
      }
    }
  }

  return {
    units: outputs * size,
    forward(x) {
      input = x;
      gather(field, x, inputs, weight, y, outputs);
      return y;
    },
    backward(dy) {
      // A layer of one channel is the first: nobody reads the gradient towards the picture.
      if (inputs > 1) {
        flip(weight, flipped, inputs, outputs);
        gather(field, dy, outputs, flipped, dx, inputs);
      }
      weightGradient(dy);
      for (let i = 0; i < weight.length; i += 1) weight[i] -= lr * gradient[i];
      return dx;
    },
  };
}
