// A cell that is pointed at or has the focus is read: its figures as a sentence, its loss as a small curve. Arrows walk from
// cell to cell. Trains nothing.

import { add } from './bench-svg.js';
import { fill } from './bench-texts.js';
import { tell } from './grid-table.js';
import { drawLosses } from './loss-chart.js';

const [WIDTH, HEIGHT, TOP] = [360, 132, 24];
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// Means of equally long stretches, each at its middle.
function points({ stride, losses }, last) {
  return Array.from(losses, (loss, place) => [Math.min(last, stride * (place + 0.5)), loss]);
}

/** Draws a cell's loss into an empty `svg`. */
export function drawCurve(svg, cell, texts) {
  const lines = [{ kind: 'curve', points: points(cell.curve, cell.step) }];
  const end = fill(texts.curveEnd, { step: cell.step });
  const hasAny = drawLosses(svg, lines, { width: WIDTH, height: HEIGHT, top: TOP, shares: [0, 1], last: cell.step, end });
  // What diverged within the first stretch has no point to show.
  svg.style.display = hasAny ? '' : 'none';
  add(svg, 'text', { x: 0, y: 12 }, texts.curve);
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
