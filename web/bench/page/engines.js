// The page of engines.html: charts, table, buttons. Measures nothing: engines-worker.js does.

import { make } from './bench-dom.js';
import { NAMESPACE } from './bench-svg.js';
import { chooseLanguage, fill, onLanguage, showTexts } from './bench-texts.js';
import { crossing, drawLines, short } from './engines-chart.js';
import { textsOf } from './engines-texts.js';
import { usableEngines } from './probe.js';

const NAMES = ['scalar', 'simd128', 'relaxed', 'webgpu'];
/** What stays as it is while the other grows. */
const [BATCH, WIDTH] = [256, 128];
const AXES = [
  { axis: 'batch', sizes: [4, 16, 64, 256, 1024, 4096] },
  { axis: 'width', sizes: [8, 16, 32, 64, 128, 256, 512] },
];
const RUNS = 3;

const points = AXES.flatMap(({ axis, sizes }) => sizes.map((size) => ({ axis, batch: BATCH, width: WIDTH, [axis]: size })));

let language = chooseLanguage();
let texts = textsOf(language);
let status = ['idle', {}];
let worker = null;
let finish = () => {};
let adapter = '';
let refusals = [];
let results = [];

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const engines = () => NAMES.filter((name) => usableEngines().includes(name));
const rateOf = ({ millis }) => 1000 / millis;

/** `[[size, steps a second]]` of an engine along an axis. */
function series(name, axis) {
  return results.filter((row) => row.axis === axis && row.by[name]).map((row) => [row[axis], rateOf(row.by[name])]);
}

function words(axis, at, isMeasured) {
  if (!isMeasured) return engines().includes('webgpu') ? '' : texts.noGpu;
  const kind = axis === 'batch' ? 'Batch' : 'Width';
  const values = { batch: BATCH, width: WIDTH, at: at && short(Math.round(at)) };
  return fill(texts[(at === null ? 'never' : 'cross') + kind], values);
}

function showCharts() {
  part('charts').replaceChildren(...AXES.map(({ axis, sizes }) => {
    const gpu = series('webgpu', axis);
    const others = NAMES.slice(0, 3).map((name) => series(name, axis)).filter((line) => line.length > 0);
    const at = crossing(gpu, others);
    const figure = make('figure');
    const title = fill(axis === 'batch' ? texts.byBatch : texts.byWidth, { batch: BATCH, width: WIDTH });
    const svg = document.createElementNS(NAMESPACE, 'svg');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', title);
    svg.dataset.chart = axis;
    const lines = NAMES.map((name) => ({ name, text: texts[name], points: series(name, axis) })).filter(({ points: p }) => p.length);
    drawLines(svg, { lines, sizes, at, texts: { x: texts[axis], y: texts.rate, ahead: texts.ahead } });
    figure.append(make('figcaption', title), svg, make('p', words(axis, at, gpu.length > 0 && others.length > 0)));
    return figure;
  }));
}

function figures(measured) {
  const cell = make('td');
  if (!measured) return cell;
  const [flops, bytes] = [measured.flops, measured.bytes].map((count) => (count / measured.millis / 1e6).toPrecision(2));
  cell.append(short(rateOf(measured)), make('span', `${flops} · ${bytes}`));
  return cell;
}

function copyCell(measured) {
  const cell = make('td');
  if (!measured?.copyMillis) return cell;
  const rate = measured.copyBytes / measured.copyMillis / 1e6;
  cell.append(`${measured.copyMillis.toPrecision(2)} ms`, make('span', `${rate.toPrecision(2)} GB/s`));
  return cell;
}

function showTable() {
  const head = make('tr');
  head.append(make('th', texts.point), ...engines().map((name) => {
    const cell = make('th');
    cell.append(make('span', texts[name], `key ${name}`));
    return cell;
  }));
  const hasGpu = engines().includes('webgpu');
  if (hasGpu) head.append(make('th', texts.copy));
  part('head').replaceChildren(head);
  part('keys').replaceChildren(...engines().map((name) => make('li', texts[name], `key ${name}`)));
  const rows = results.filter((row) => Object.keys(row.by).length > 0).map((row) => {
    const line = make('tr');
    const name = make('th', `${row.batch} × ${row.width}`);
    name.scope = 'row';
    line.append(name, ...engines().map((engine) => figures(row.by[engine])));
    if (hasGpu) line.append(copyCell(row.by.webgpu));
    return line;
  });
  if (rows.length === 0) {
    const cell = make('td', texts.empty);
    cell.colSpan = engines().length + 2;
    cell.style.textAlign = 'left';
    rows.push(make('tr'));
    rows[0].append(cell);
  }
  part('rows').replaceChildren(...rows);
  part('csv').disabled = results.every((row) => Object.keys(row.by).length === 0);
}

function say(text, values = {}) {
  status = [text, values];
  const refused = refusals.map(([engine, why]) => fill(texts.refused, { engine: texts[engine], why }));
  const told = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, texts[value] ?? value]));
  part('status').textContent = [fill(texts[text], told), ...refused].join(' ');
}

function show() {
  showTexts(language, texts);
  part('start').textContent = worker ? texts.stop : texts.start;
  say(...status);
  showCharts();
  showTable();
}

function end(text, values) {
  worker?.terminate();
  worker = null;
  status = [text, values];
  show();
  finish({ adapter, refusals, results });
}

const browserName = () => {
  const brands = navigator.userAgentData?.brands?.filter(({ brand }) => !/not/i.test(brand)) ?? [];
  return brands.map(({ brand, version }) => `${brand} ${version}`).join(', ') || navigator.userAgent;
};

/** Measures everything: `{ adapter, refusals, results }`; `wanted` limits the points and engines, for tests. */
export function runEngines({ runs = RUNS, wanted = () => true } = {}) {
  const chosen = points.filter(wanted);
  [results, refusals, adapter] = [chosen.map((point) => ({ ...point, by: {} })), [], ''];
  worker = new Worker(new URL('engines-worker.js', import.meta.url), { type: 'module' });
  const total = chosen.length * engines().length;
  worker.onmessage = ({ data }) => {
    if (data.adapter !== undefined) adapter = data.adapter;
    if (data.begun) {
      const { batch, width } = chosen[data.place];
      part('progress').value = (data.place * engines().length + engines().indexOf(data.begun)) / total;
      say('running', { engine: data.begun, batch, width });
    }
    if (data.measured) results[data.place].by[data.engine] = data.measured;
    if (data.refused) refusals.push([data.engine, data.refused]);
    if (data.engine) {
      showCharts();
      showTable();
    }
    if (data.done) {
      part('progress').value = 1;
      end('finished', { browser: browserName(), adapter: adapter || 'none' });
    }
    if (data.failed) end('failed', { why: data.failed });
  };
  worker.onerror = (event) => end('failed', { why: event.message ?? '' });
  worker.postMessage({ engines: engines(), points: chosen, runs });
  show();
  return new Promise((tell) => { finish = tell; });
}
window.runEngines = runEngines;

function csv() {
  const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
  const head = ['browser', 'adapter', 'axis', 'batch', 'units', 'engine', 'steps_per_second', 'gflop_per_second',
    'gbyte_per_second', 'copy_ms', 'copy_bytes'];
  const lines = results.flatMap((row) => Object.entries(row.by).map(([engine, told]) => [
    quoted(browserName()), quoted(adapter), row.axis, row.batch, row.width, engine, rateOf(told),
    told.flops / told.millis / 1e6, told.bytes / told.millis / 1e6, told.copyMillis ?? '', told.copyBytes ?? '',
  ].join(',')));
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
window.enginesCsv = csv;

part('start').addEventListener('click', () => {
  if (worker) end('stopped', {});
  else runEngines();
});
part('csv').addEventListener('click', () => {
  const link = make('a');
  link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
  link.download = 'batchnorm-lab-engines.csv';
  link.click();
  URL.revokeObjectURL(link.href);
});
onLanguage((chosen) => {
  language = chosen;
  texts = textsOf(language);
  show();
});
show();
