// A table for each side of a grid: cells by the values of two settings, coloured as they come. Trains nothing.

import { make } from './bench-dom.js';
import { fill } from './bench-texts.js';
import { colorOf, css, lettersOn } from './grid-scale.js';

const figure = (share) => (100 * share).toFixed(1);
const percent = (share) => `${figure(share)}\u202f%`;

// Equal layers in a row as how many there are: a column is as wide as its name.
function named(value, scope) {
  const equal = /^(\d+)(-\1)+$/.exec(value);
  const name = make('th', equal ? `${value.split('-').length} × ${equal[1]}` : value);
  name.title = value;
  name.scope = scope;
  return name;
}

/** Where an accuracy lies between chance and all right. */
export const shareOf = (accuracy, chance) => (accuracy - chance) / (1 - chance);

/** The figures of a cell as a sentence. */
export function tell(cell, texts) {
  const { batch, running, full } = cell.accuracy;
  const values = { step: cell.step, at: cell.diverged_at, batch: percent(batch), running: percent(running), full: percent(full), loss: cell.loss.toPrecision(3) };
  const range = cell.range ? ` ${fill(texts.range, { low: percent(cell.range[0]), high: percent(cell.range[1]), seeds: cell.seeds.length })}` : '';
  return fill(cell.diverged_at === null ? texts.cell : texts.cellDiverged, values) + range;
}

function linkTo(cell, chance, texts) {
  const link = make('a', cell.diverged_at === null ? figure(cell.accuracy.running) : texts.mark);
  link.href = `index.html#${cell.state}`;
  link.title = tell(cell, texts);
  link.ariaLabel = `${link.textContent}: ${link.title}`;
  if (cell.diverged_at !== null) {
    link.className = 'diverged';
    return link;
  }
  const color = colorOf(shareOf(cell.accuracy.running, chance));
  link.style.background = css(color);
  link.style.color = lettersOn(color);
  return link;
}

/**
 * The tables of a grid: `axes` as `makeGrid` takes them, `planned` what `hear.plan` told, `cells` those there are, by the
 * same places, `steps` how far the others are. Gives an element for each side.
 */
export function tablesOf({ axes, planned, cells, steps, chance }, texts) {
  const runs = [...new Set(planned.map((cell) => cell.run))];
  const [rows, columns] = [axes[0], axes[1] ?? { setting: '', values: [''] }];
  return runs.map((run) => {
    const table = make('table');
    const norms = new Set(planned.filter((cell) => cell.run === run).map((cell) => cell.norm));
    table.append(make('caption', norms.size === 1 ? `${run} · ${[...norms][0]}` : run));
    const head = make('tr');
    head.append(make('th', [rows.setting, columns.setting].filter(Boolean).join(' \\ ')), ...columns.values.map((value) => named(value, 'col')));
    const body = rows.values.map((value, row) => {
      const line = make('tr');
      line.append(named(value, 'row'), ...columns.values.map((_, column) => {
        const place = (row * columns.values.length + column) * runs.length + runs.indexOf(run);
        const entry = make('td');
        entry.dataset.place = place;
        entry.append(cells[place] ? linkTo(cells[place], chance, texts) : make('span', steps[place] ?? '·'));
        return entry;
      }));
      return line;
    });
    table.append(head, ...body);
    const figure = make('figure');
    figure.append(table);
    return figure;
  });
}

/** One cell of tables that are shown already. */
export function showCell(tables, place, cell, chance, texts) {
  tables.querySelector(`[data-place="${place}"]`)?.replaceChildren(linkTo(cell, chance, texts));
}
