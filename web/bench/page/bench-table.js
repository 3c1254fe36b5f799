// The tables of bench.html: every row in every build, and the machine's own peaks. Knows only the figures it is given.

import { micros } from './bench-chart.js';

function element(kind, text, attributes = {}) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Three digits of billions. */
const billions = (value) => (value / 1e9).toPrecision(3);

function heading(texts, names) {
  const line = element('tr');
  line.append(...names.map(([name, kind]) => element('th', texts[name] ?? name, { scope: 'col', class: kind ?? '' })));
  return line;
}

/** Rate and share of the peak, and for Batch Normalization the ratio to the walks that it needs. */
function notes(row, name, texts) {
  const lines = [];
  const reached = row.under?.[name];
  if (reached) {
    const rate = reached.bound === 'compute'
      ? `${billions(reached.flops)} GFLOP/s` : `${billions(reached.bytes)} GB/s`;
    lines.push(`${rate}, ${Math.round(100 * reached.share)}\u202f%`);
  }
  const passes = row.passes?.[name];
  if (passes) lines.push(`${(row.micros[name] / passes).toFixed(2)}× ${texts.walks}`);
  return lines;
}

/** Fills `head` and `body` with `results` in the builds `contenders`, of which `usable` can run here. */
export function showRows({ head, body }, results, { texts, contenders, usable, ratio }) {
  head.replaceChildren(heading(texts, [
    ['work'], ...contenders.map((name) => [name, `key ${name}`]), ['ratio'], ['runs'],
  ]));
  body.replaceChildren(...results.map((row) => {
    const line = element('tr');
    const title = element('th', undefined, { scope: 'row' });
    title.append(element('code', row.id), element('span', texts.rows[row.id]));
    line.append(title);
    const fastest = Math.min(...contenders.slice(1).map((name) => row.micros[name] ?? Infinity));
    for (const name of contenders) {
      const figure = row.micros[name];
      const cell = element('td', figure === undefined ? '–' : micros(figure));
      if (figure === fastest) cell.className = 'best';
      if (name !== 'js' && !usable.includes(name)) cell.title = texts.missing;
      cell.append(...notes(row, name, texts).map((note) => element('span', note)));
      line.append(cell);
    }
    const share = ratio(row);
    line.append(
      element('td', Number.isFinite(share) ? `${share.toPrecision(3)}×` : '–', { class: 'ratio' }),
      element('td', row.runs || '–'),
    );
    return line;
  }));
}

const size = (bytes) => (bytes < 1024 ** 2 ? `${bytes / 1024} KB` : `${bytes / 1024 ** 2} MB`);

/** Fills `head` and `body` with the peaks of `engines`, as far as they are measured. */
export function showRoofs({ head, body }, roofs, { texts, engines }) {
  const sizes = Object.values(roofs)[0]?.memory.map((walk) => walk.size) ?? [];
  head.replaceChildren(heading(texts, [['build'], ['GFLOP/s'], ...sizes.map((bytes) => [`GB/s, ${size(bytes)}`])]));
  body.replaceChildren(...engines.map((engine) => {
    const line = element('tr');
    const roof = roofs[engine];
    line.append(
      element('th', texts[engine], { scope: 'row', class: `key ${engine}` }),
      element('td', roof ? billions(roof.flops) : '–'),
      ...(roof?.memory ?? []).map(({ read, copy }) => element('td', `${billions(read)} / ${billions(copy)}`)),
    );
    return line;
  }));
}
