// The losses of several devices and of one that has every batch whole, as two lines. Trains nothing.

import { fill } from './bench-texts.js';
import { drawLosses } from './loss-chart.js';

const [MOST_WIDTH, HEIGHT, TOP] = [720, 200, 12];
/** More points than pixels say no more: beyond, each is the mean of a stretch. */
const MOST_POINTS = 340;
const KINDS = ['curve', 'whole'];

// Means of equally long stretches, each at its middle.
function points(losses) {
  const stride = Math.ceil(losses.length / MOST_POINTS);
  const all = [];
  for (let from = 0; from + stride <= losses.length; from += stride) {
    const sum = losses.slice(from, from + stride).reduce((total, loss) => total + loss, 0);
    all.push([from + (stride + 1) / 2, sum / stride]);
  }
  return all;
}

/** Draws `[several, whole]`, a loss for every step from the first on. */
export function drawSides(svg, sides, texts) {
  // Never scaled: its letters are as large as the page's.
  const width = Math.min(MOST_WIDTH, svg.parentElement.clientWidth);
  const last = sides[0].length;
  const lines = sides.map((losses, side) => ({ kind: KINDS[side], points: points(losses) }));
  drawLosses(svg, lines, { width, height: HEIGHT, top: TOP, shares: [0, 0.5, 1], last, end: fill(texts.curveEnd, { step: last }) });
  svg.setAttribute('aria-label', texts.loss);
  svg.style.width = `${width}px`;
}
