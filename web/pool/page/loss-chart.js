// Losses over the steps as lines in an SVG. Trains nothing.

import { add } from './bench-svg.js';

const [LEFT, RIGHT, BOTTOM] = [52, 12, 24];

const short = (value) => (value !== 0 && (value < 0.01 || value >= 1000) ? value.toExponential(0) : String(Number(value.toPrecision(2))));

// What is not finite is a gap.
function pathOf(points, x, y) {
  let path = '';
  let isBroken = true;
  for (const [step, loss] of points) {
    if (Number.isFinite(loss)) path += `${isBroken ? 'M' : 'L'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`;
    isBroken = !Number.isFinite(loss);
  }
  return path;
}

/**
 * Draws `lines`, each `{ kind, points: [[step, loss]] }` with the class `kind`, into an empty `svg` of `width` by `height`:
 * linear from 0 as far as the largest finite loss, from step 0 to `last`, which `end` says in words; gridlines at these
 * `shares` of the height, the first `top` pixels left free. Whether there was anything finite to draw.
 */
export function drawLosses(svg, lines, { width, height, top, shares, last, end }) {
  svg.replaceChildren();
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const finite = lines.flatMap(({ points }) => points.map(([, loss]) => loss)).filter(Number.isFinite);
  const most = finite.reduce((largest, loss) => Math.max(largest, loss), 1e-6);
  const x = (step) => LEFT + (step / Math.max(last, 1)) * (width - LEFT - RIGHT);
  const y = (loss) => height - BOTTOM - (loss / most) * (height - top - BOTTOM);
  for (const loss of shares.map((share) => share * most)) {
    add(svg, 'line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(loss), y2: y(loss) });
    add(svg, 'text', { x: LEFT - 6, y: y(loss) + 4, 'text-anchor': 'end' }, short(loss));
  }
  add(svg, 'text', { x: LEFT, y: height - 6, 'text-anchor': 'middle' }, '0');
  add(svg, 'text', { x: width - RIGHT, y: height - 6, 'text-anchor': 'end' }, end);
  for (const { kind, points } of lines) add(svg, 'path', { class: kind, d: pathOf(points, x, y) });
  return finite.length > 0;
}
