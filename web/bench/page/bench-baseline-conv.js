// Plain JavaScript, convolution by 3×3 weights with a border of zeros. Images are [channel, position, row]: which
// neighbours a position has is settled once, and four rows share every weight that is read.

const SIDE = 3;

/** The neighbours of every position of a square image: where their list ends, at which place of the weights, where. */
function neighbours(side) {
  const [ends, places, positions] = [[], [], []];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      for (let place = 0; place < SIDE * SIDE; place += 1) {
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

/** A layer with `forward(x)` and `backward(dy)`, which also makes the update. `W` is [row, column, in, out]. */
export function convolutionLayer(W, inputs, outputs, side, rows, lr) {
  const size = side * side;
  const all = SIDE * SIDE;
  const weight = new Float32Array(W.length); // [out, in, place]
  const turned = new Float32Array(W.length); // [in, out, place], places back to front
  for (let t = 0; t < all; t += 1) {
    for (let c = 0; c < inputs; c += 1) {
      for (let o = 0; o < outputs; o += 1) weight[(o * inputs + c) * all + t] = W[(t * inputs + c) * outputs + o];
    }
  }
  const [ends, places, positions] = neighbours(side);
  const y = new Float32Array(outputs * size * rows);
  const dx = new Float32Array(inputs * size * rows);
  const gradient = new Float32Array(W.length);
  let input = null;

  /** For every channel and position of `into`: the sum over the channels and neighbours of `from`. */
  function gather(from, channels, weights, into, intoChannels) {
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
            const own = (o * channels + channel) * all;
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
            const own = (o * channels + channel) * all;
            for (let tap = start; tap < end; tap += 1) {
              sum += weights[own + places[tap]] * from[(channel * size + positions[tap]) * rows + row];
            }
          }
          into[at + row] = sum;
        }
      }
    }
  }

  function weightGradient(dy) {
    gradient.fill(0);
    for (let o = 0; o < outputs; o += 1) {
      for (let c = 0; c < inputs; c += 1) {
        const own = (o * inputs + c) * all;
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
      gather(x, inputs, weight, y, outputs);
      return y;
    },
    backward(dy) {
      // A layer of one channel is the first: nobody reads the gradient towards the picture.
      if (inputs > 1) {
        for (let o = 0; o < outputs; o += 1) {
          for (let c = 0; c < inputs; c += 1) {
            for (let t = 0; t < all; t += 1) {
              turned[(c * outputs + o) * all + (all - 1 - t)] = weight[(o * inputs + c) * all + t];
            }
          }
        }
        gather(dy, outputs, turned, dx, inputs);
      }
      weightGradient(dy);
      for (let i = 0; i < weight.length; i += 1) weight[i] -= lr * gradient[i];
      return dx;
    },
  };
}
