// The page of bench.html: table, chart, buttons, and the interface for an outside rig. Computes nothing of what it times.

import { makeBaseline } from './bench-baseline.js';
import { makeCase, peerInfo, peerReady } from './bench-case.js';
import { drawChart, micros } from './bench-chart.js';
import { measure, pause } from './bench-measure.js';
import { ROWS } from './bench-rows.js';
import { chooseLanguage, fill, textsOf } from './bench-texts.js';
import { usableEngines } from './probe.js';

const ENGINES = ['scalar', 'simd128', 'relaxed'];
const CONTENDERS = ['js', ...ENGINES];
const RUNS = 11;

Object.assign(window, { makeCase, peerReady, peerInfo });

let language = chooseLanguage();
let texts = textsOf(language);
let status = ['idle', {}];
let isRunning = false;
let results = ROWS.map(({ id }) => ({ id, runs: 0, micros: {} }));

const part = (name) => document.querySelector(`[data-part="${name}"]`);

function element(kind, text, attributes = {}) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const best = (row) => Math.min(...ENGINES.map((engine) => row.micros[engine] ?? Infinity));
const ratio = (row) => row.micros.js / best(row);

function showTable() {
  const usable = usableEngines();
  const head = element('tr');
  head.append(
    element('th', texts.work, { scope: 'col' }),
    ...CONTENDERS.map((name) => element('th', texts[name], { scope: 'col', class: `key ${name}` })),
    element('th', texts.ratio, { scope: 'col' }),
    element('th', texts.runs, { scope: 'col' }),
  );
  part('head').replaceChildren(head);
  part('rows').replaceChildren(...results.map((row) => {
    const line = element('tr');
    const title = element('th', undefined, { scope: 'row' });
    title.append(element('code', row.id), element('span', texts.rows[row.id]));
    line.append(title);
    for (const name of CONTENDERS) {
      const figure = row.micros[name];
      const cell = element('td', figure === undefined ? '–' : micros(figure));
      if (figure === best(row)) cell.className = 'best';
      if (name !== 'js' && !usable.includes(name)) cell.title = texts.missing;
      line.append(cell);
    }
    const share = ratio(row);
    line.append(
      element('td', Number.isFinite(share) ? `${share.toPrecision(3)}×` : '–', { class: 'ratio' }),
      element('td', row.runs || '–'),
    );
    return line;
  }));
  drawChart(part('chart'), results, CONTENDERS.map((name) => [name, texts[name]]));
}

function show() {
  document.documentElement.lang = language;
  document.title = `${texts.title} · batchnorm-lab`;
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = texts[place.dataset.text];
  part('start').textContent = isRunning ? texts.stop : texts.start;
  part('status').textContent = fill(texts[status[0]], status[1]);
  for (const choice of document.querySelectorAll('[name="lang"]')) choice.checked = choice.value === language;
  showTable();
}

function say(text, values = {}) {
  status = [text, values];
  part('status').textContent = fill(texts[text], values);
}

/** Measures one row; null if it was stopped. */
async function measureRow(row, runs, advance) {
  const inputs = row.inputs();
  const cases = [];
  try {
    const names = ['js'];
    cases.push(makeBaseline(row, inputs));
    for (const engine of ENGINES) {
      if (!usableEngines().includes(engine)) continue;
      const made = await makeCase(row.name, row.shape, inputs, { engine });
      if (made.unsupported) throw new Error(made.unsupported);
      cases.push(made);
      names.push(engine);
    }
    const figures = await measure(cases, runs, advance);
    return figures && Object.fromEntries(names.map((name, place) => [name, figures[place]]));
  } finally {
    for (const made of cases) made.dispose?.();
  }
}

/** Runs the table and gives its rows, `{ id, runs, micros: { js, scalar, … } }`. */
export async function runTable(runs = RUNS) {
  isRunning = true;
  results = ROWS.map(({ id }) => ({ id, runs: 0, micros: {} }));
  show();
  const bar = part('progress');
  try {
    await peerReady;
    for (const [place, row] of ROWS.entries()) {
      say('running', { row: row.id });
      await pause();
      const figures = await measureRow(row, runs, (share) => {
        bar.value = (place + share) / ROWS.length;
        return isRunning;
      });
      if (!figures) break;
      Object.assign(results[place], { runs, micros: figures });
      showTable();
    }
    say(isRunning ? 'finished' : 'stopped', { runs });
  } catch (error) {
    say('failed', { why: error?.message ?? String(error) });
  } finally {
    isRunning = false;
    show();
  }
  return results;
}
window.runTable = runTable;

function csv() {
  const lines = results.map((row) => [
    row.id, ...CONTENDERS.map((name) => row.micros[name] ?? ''), row.runs, Number.isFinite(ratio(row)) ? ratio(row) : '',
  ].join(','));
  return `${['work', ...CONTENDERS.map((name) => `${name}_us`), 'runs', 'js_over_best'].join(',')}\n${lines.join('\n')}\n`;
}

part('start').addEventListener('click', () => {
  if (isRunning) isRunning = false;
  else runTable();
});
part('copy').addEventListener('click', async ({ target }) => {
  const wasCopied = await navigator.clipboard.writeText(csv()).then(() => true, () => false);
  target.textContent = wasCopied ? texts.copied : texts.copyFailed;
  setTimeout(() => { target.textContent = texts.copy; }, 1500);
});
for (const choice of document.querySelectorAll('[name="lang"]')) {
  choice.addEventListener('change', () => {
    language = choice.value;
    texts = textsOf(language);
    show();
  });
}
show();
peerReady.catch((error) => say('failed', { why: error?.message ?? String(error) }));
