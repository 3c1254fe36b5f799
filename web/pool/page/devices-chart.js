// The losses of devices.html as two lines. Trains nothing.

import { add } from './bench-svg.js';
import { fill } from './bench-texts.js';

const [MOST_WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 200, 44, 12, 12, 24];
/** More points than pixels say no more: beyond, each is the mean of a stretch. */
const MOST_POINTS = 340;

const short = (value) => String(Number(value.toPrecision(2)));

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

/** Draws `[own, whole]`, a loss for every step from the first on, linear from 0. What is not finite is a gap. */
export function drawLosses(svg, sides, texts) {
  svg.replaceChildren();
  // Never scaled: its letters are as large as the page's.
  const width = Math.min(MOST_WIDTH, svg.parentElement.clientWidth);
  svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
  svg.setAttribute('aria-label', texts.loss);
  svg.style.width = `${width}px`;
  const last = Math.max(sides[0].length, 1);
  const lines = sides.map(points);
  const finite = lines.flat().map(([, loss]) => loss).filter(Number.isFinite);
  const most = Math.max(...finite, 1e-6);
  const x = (step) => LEFT + (step / last) * (width - LEFT - RIGHT);
  const y = (loss) => HEIGHT - BOTTOM - (loss / most) * (HEIGHT - TOP - BOTTOM);
  for (const loss of [0, most / 2, most]) {
    add(svg, 'line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(loss), y2: y(loss) });
    add(svg, 'text', { x: LEFT - 6, y: y(loss) + 4, 'text-anchor': 'end' }, short(loss));
  }
  add(svg, 'text', { x: LEFT, y: HEIGHT - 6, 'text-anchor': 'middle' }, '0');
  add(svg, 'text', { x: width - RIGHT, y: HEIGHT - 6, 'text-anchor': 'end' }, fill(texts.curveEnd, { step: last }));
  for (const [side, line] of lines.entries()) {
    let path = '';
    let isBroken = true;
    for (const [step, loss] of line) {
      if (Number.isFinite(loss)) path += `${isBroken ? 'M' : 'L'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`;
      isBroken = !Number.isFinite(loss);
    }
    add(svg, 'path', { class: side === 0 ? 'curve' : 'whole', d: path });
  }
}
