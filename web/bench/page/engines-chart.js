// Steps a second against size, a line for each engine, as SVG on two logarithmic scales. Knows nothing but its figures.

import { add } from './bench-svg.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [440, 300, 56, 16, 28, 46];

/** Where `series` comes to lead `others` for good: a size between two points, the first point, or null. */
export function crossing(series, others) {
  const leads = series.map(([size, rate]) => {
    const rivals = others.map((other) => other.find(([at]) => at === size)?.[1]).filter((value) => value !== undefined);
    return [size, rivals.length ? Math.log(rate / Math.max(...rivals)) : NaN];
  }).filter(([, lead]) => Number.isFinite(lead));
  const behind = leads.findLastIndex(([, lead]) => lead < 0);
  if (leads.length === 0 || behind === leads.length - 1) return null;
  if (behind < 0) return leads[0][0];
  const [[from, before], [to, after]] = leads.slice(behind, behind + 2);
  return from * (to / from) ** (-before / (after - before));
}

/** 12, 340, 1.2k, 56k. */
export function short(value) {
  if (value < 1) return value.toPrecision(1);
  if (value < 1000) return value.toFixed(value < 10 ? 1 : 0).replace(/\.0$/, '');
  return `${(value / 1000).toFixed(value < 10000 ? 1 : 0).replace(/\.0$/, '')}k`;
}

/**
 * Draws `lines` of `{ name, text, points: [[size, rate]] }` into an empty `svg`; `sizes` are the ticks below,
 * `texts` are `{ x, y, ahead }`; `at` is the size that `ahead` marks, null where there is none.
 */
export function drawLines(svg, { lines, sizes, texts, at }) {
  svg.replaceChildren();
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  const rates = lines.flatMap(({ points }) => points.map(([, rate]) => rate));
  const first = Math.floor(Math.log10(Math.min(...rates, 10)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...rates, 1000))));
  const [low, high] = [Math.log2(sizes[0]), Math.log2(sizes.at(-1))];
  const x = (size) => LEFT + ((Math.log2(size) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const y = (rate) => HEIGHT - BOTTOM - ((Math.log10(rate) - first) / (last - first)) * (HEIGHT - TOP - BOTTOM);
  for (let power = first; power <= last; power += 1) {
    add(svg, 'line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(10 ** power), y2: y(10 ** power) });
    add(svg, 'text', { class: 'tick', x: LEFT - 7, y: y(10 ** power) + 3, 'text-anchor': 'end' }, short(10 ** power));
  }
  for (const size of sizes) {
    add(svg, 'line', { class: 'mark', x1: x(size), x2: x(size), y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4 });
    add(svg, 'text', { class: 'tick', x: x(size), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, size);
  }
  add(svg, 'text', { class: 'axis', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, 'text-anchor': 'middle' }, texts.x);
  add(svg, 'text', { class: 'axis', x: 0, y: 12 }, texts.y);
  if (at !== null) {
    const isLate = x(at) > (LEFT + WIDTH) / 2;
    add(svg, 'line', { class: 'crossing', x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM });
    const place = { class: 'ahead', x: x(at) + (isLate ? -5 : 5), y: TOP + 8, 'text-anchor': isLate ? 'end' : 'start' };
    add(svg, 'text', place, texts.ahead);
  }
  for (const { name, text, points } of lines) {
    const path = points.map(([size, rate], place) => `${place ? 'L' : 'M'}${x(size)} ${y(rate)}`).join('');
    add(svg, 'path', { class: `line ${name}`, d: path });
    for (const [size, rate] of points) {
      const dot = add(svg, 'circle', { class: `dot ${name}`, cx: x(size), cy: y(rate), r: 3 });
      add(dot, 'title', {}, `${text}: ${size} → ${short(rate)}`);
    }
  }
}
