// A cell that is pointed at or has the focus is read: its figures as a sentence, its loss as a small curve. Arrows walk from
// cell to cell. Trains nothing.

import { add } from './bench-svg.js';
import { fill } from './bench-texts.js';
import { tell } from './grid-table.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [360, 132, 52, 12, 24, 24];
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const short = (value) => (value !== 0 && (value < 0.01 || value >= 1000) ? value.toExponential(0) : String(Number(value.toPrecision(2))));

// Means of equally long stretches, each at its middle; what is not finite is a gap.
function points({ stride, losses }, last) {
  return Array.from(losses, (loss, place) => [Math.min(last, stride * (place + 0.5)), loss]);
}

/** Draws a cell's loss into an empty `svg`: linear from 0, as far as the largest finite one. */
export function drawCurve(svg, cell, texts) {
  svg.replaceChildren();
  const all = points(cell.curve, cell.step);
  const finite = all.filter(([, loss]) => Number.isFinite(loss));
  // What diverged within the first stretch has no point to show.
  svg.style.display = finite.length ? '' : 'none';
  const most = Math.max(...finite.map(([, loss]) => loss), 1e-6);
  const x = (step) => LEFT + (step / Math.max(cell.step, 1)) * (WIDTH - LEFT - RIGHT);
  const y = (loss) => HEIGHT - BOTTOM - (loss / most) * (HEIGHT - TOP - BOTTOM);
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  add(svg, 'text', { x: 0, y: 12 }, texts.curve);
  for (const loss of [0, most]) {
    add(svg, 'line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(loss), y2: y(loss) });
    add(svg, 'text', { x: LEFT - 6, y: y(loss) + 4, 'text-anchor': 'end' }, short(loss));
  }
  add(svg, 'text', { x: LEFT, y: HEIGHT - 6, 'text-anchor': 'middle' }, '0');
  add(svg, 'text', { x: WIDTH - RIGHT, y: HEIGHT - 6, 'text-anchor': 'end' }, fill(texts.curveEnd, { step: cell.step }));
  let path = '';
  let isBroken = true;
  for (const [step, loss] of all) {
    if (Number.isFinite(loss)) path += `${isBroken ? 'M' : 'L'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`;
    isBroken = !Number.isFinite(loss);
  }
  add(svg, 'path', { class: 'curve', d: path });
}

/** Reads what is pointed at in `tables` into `place`; `now()` gives `{ shown, texts }`. */
export function followReading(tables, place, now) {
  const [title, text, svg] = place.children;
  const read = (entry) => {
    const { shown, texts } = now();
    const cell = shown?.cells[entry?.dataset.place];
    if (!cell) return;
    place.hidden = false;
    title.textContent = `${cell.run} · ${cell.norm} · ${cell.values.map((value, axis) => `${shown.axes[axis].setting} = ${value}`).join(', ')}`;
    text.textContent = tell(cell, texts);
    drawCurve(svg, cell, texts);
  };
  for (const event of ['pointerover', 'focusin']) tables.addEventListener(event, ({ target }) => read(target.closest('td')));
  tables.addEventListener('keydown', (event) => {
    const from = event.target.closest('td');
    if (!from || !(event.key in STEPS) || event.altKey || event.ctrlKey || event.metaKey) return;
    const [across, down] = STEPS[event.key];
    const body = [...from.closest('table').rows];
    const row = body[body.indexOf(from.parentElement) + down];
    // At the side of a table the other one begins.
    const beside = [...tables.querySelectorAll('table')].map((table) => table.rows[from.parentElement.rowIndex]);
    const line = beside.flatMap((one) => [...(one?.querySelectorAll('td') ?? [])]);
    const next = down ? row?.cells[from.cellIndex] : line[line.indexOf(from) + across];
    const link = next?.querySelector('a');
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}
