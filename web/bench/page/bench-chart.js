// Bars on a logarithmic scale, as SVG. Knows nothing but the figures it is given.

import { add } from './bench-svg.js';

const [WIDTH, LEFT, RIGHT, BAR, GAP, HEAD] = [760, 170, 80, 11, 16, 26];

/** Three digits, as many as are measured. */
export const micros = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** Draws `rows` of `{ id, micros: { contender: µs } }` into an empty `svg`; `names` are `[contender, text]` in order. */
export function drawChart(svg, rows, names) {
  svg.replaceChildren();
  const shown = rows.filter((row) => Object.keys(row.micros).length > 0);
  const values = shown.flatMap((row) => Object.values(row.micros));
  if (values.length === 0) return;
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  const x = (value) => LEFT + ((Math.log10(value) - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const heightOf = (row) => names.filter(([name]) => row.micros[name] !== undefined).length * BAR + GAP;
  const height = HEAD + shown.reduce((sum, row) => sum + heightOf(row), 0);
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
  for (let power = first; power <= last; power += 1) {
    add(svg, 'line', { class: 'grid', x1: x(10 ** power), x2: x(10 ** power), y1: HEAD - 6, y2: height });
    const text = power < 3 ? `${10 ** power} µs` : `${10 ** (power - 3)} ms`;
    add(svg, 'text', { class: 'tick', x: x(10 ** power), y: HEAD - 12, 'text-anchor': 'middle' }, text);
  }
  let y = HEAD;
  for (const row of shown) {
    add(svg, 'text', { class: 'row', x: LEFT - 10, y: y + heightOf(row) / 2, 'text-anchor': 'end' }, row.id);
    y += GAP / 2;
    for (const [name, text] of names) {
      const value = row.micros[name];
      if (value === undefined) continue;
      const bar = add(svg, 'rect', {
        class: `bar ${name}`, x: LEFT, y: y + 1, width: Math.max(1, x(value) - LEFT), height: BAR - 2,
      });
      add(bar, 'title', {}, `${row.id}, ${text}: ${micros(value)} µs`);
      add(svg, 'text', { class: 'figure', x: x(value) + 5, y: y + BAR - 2 }, micros(value));
      y += BAR;
    }
    y += GAP / 2;
  }
}
