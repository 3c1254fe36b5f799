// The page of bench.html: table, chart, buttons, and the interface for an outside rig. Computes nothing of what it times.

import { makeBaseline } from './bench-baseline.js';
import { makeCase, peerInfo, peerReady } from './bench-case.js';
import { drawChart } from './bench-chart.js';
import { measure, pause } from './bench-measure.js';
import { measureRoof, passesOf, under } from './bench-roof.js';
import { ROWS } from './bench-rows.js';
import { showRoofs, showRows } from './bench-table.js';
import { chooseLanguage, fill, onLanguage, showTexts, textsOf } from './bench-texts.js';
import { usableEngines } from './probe.js';

const ENGINES = ['scalar', 'simd128', 'relaxed'];
const CONTENDERS = ['js', ...ENGINES];
const RUNS = 11;
/** A peak needs fewer: it is the best of several walks. */
const ROOF_RUNS = 5;

Object.assign(window, { makeCase, peerReady, peerInfo });

let language = chooseLanguage();
let texts = textsOf(language);
let status = ['idle', {}];
let isRunning = false;
let results = nothingYet();
let roofs = {};

function nothingYet() {
  return ROWS.map(({ id }) => ({ id, runs: 0, micros: {} }));
}

const part = (name) => document.querySelector(`[data-part="${name}"]`);

const best = (row) => Math.min(...ENGINES.map((engine) => row.micros[engine] ?? Infinity));
const ratio = (row) => row.micros.js / best(row);

function showTable() {
  const options = { texts, contenders: CONTENDERS, engines: ENGINES, usable: usableEngines(), ratio };
  showRows({ head: part('head'), body: part('rows') }, results, options);
  showRoofs({ head: part('roof-head'), body: part('roofs') }, roofs, options);
  drawChart(part('chart'), results, CONTENDERS.map((name) => [name, texts[name]]));
}

function show() {
  showTexts(language, texts);
  part('start').textContent = isRunning ? texts.stop : texts.start;
  part('status').textContent = fill(texts[status[0]], status[1]);
  showTable();
}

function say(text, values = {}) {
  status = [text, values];
  part('status').textContent = fill(texts[text], values);
}

/** Measures one row: `{ micros, passes, under }` by contender; null if it was stopped. */
async function measureRow(row, runs, advance) {
  const inputs = row.inputs();
  const contenders = [['micros', 'js', makeBaseline(row, inputs)]];
  try {
    for (const engine of ENGINES.filter((engine) => usableEngines().includes(engine))) {
      const add = (kind, made) => {
        if (made.unsupported) throw new Error(made.unsupported);
        contenders.push([kind, engine, made]);
      };
      add('micros', await makeCase(row.name, row.shape, inputs, { engine }));
      const passes = await passesOf(row, inputs, engine);
      if (passes) add('passes', passes);
    }
    const figures = await measure(contenders.map(([, , made]) => made), runs, advance);
    if (!figures) return null;
    const told = { micros: {}, passes: {}, under: {} };
    for (const [place, [kind, name, made]] of contenders.entries()) {
      told[kind][name] = figures[place];
      if (kind === 'micros' && name !== 'js') told.under[name] = under(roofs[name], made.cost, figures[place]);
    }
    return told;
  } finally {
    for (const [, , made] of contenders) made.dispose?.();
  }
}

/** What is measured, in turn: the peaks of every engine, then the rows. */
function* work(runs) {
  for (const engine of ENGINES.filter((engine) => usableEngines().includes(engine))) {
    yield [texts.peak, async (advance) => {
      const roof = await measureRoof(engine, Math.min(runs, ROOF_RUNS), advance);
      if (roof) roofs[engine] = roof;
      return roof;
    }];
  }
  for (const [place, row] of ROWS.entries()) {
    yield [row.id, async (advance) => {
      const figures = await measureRow(row, runs, advance);
      if (figures) Object.assign(results[place], { runs, ...figures });
      return figures;
    }];
  }
}

/**
 * Runs everything: `{ roofs, rows }`, the peaks of each engine (see `measureRoof`) and, of every row,
 * `{ id, runs, micros, passes, under }`, each by contender: microseconds, those of the plain walks, and the rates.
 */
export async function runTable(runs = RUNS) {
  isRunning = true;
  [results, roofs] = [nothingYet(), {}];
  show();
  const bar = part('progress');
  try {
    await peerReady;
    const parts = [...work(runs)];
    for (const [place, [name, measured]] of parts.entries()) {
      say('running', { row: name });
      await pause();
      const isDone = await measured((share) => {
        bar.value = (place + share) / parts.length;
        return isRunning;
      });
      if (!isDone) break;
      showTable();
    }
    say(isRunning ? 'finished' : 'stopped', { runs });
  } catch (error) {
    say('failed', { why: error?.message ?? String(error) });
  } finally {
    isRunning = false;
    show();
  }
  return { roofs, rows: results };
}
window.runTable = runTable;

function csv() {
  const lines = results.map((row) => [
    row.id, ...CONTENDERS.map((name) => row.micros[name] ?? ''), row.runs, Number.isFinite(ratio(row)) ? ratio(row) : '',
    ...ENGINES.flatMap((name) => [row.under?.[name]?.share ?? '', row.passes?.[name] ?? '']),
  ].join(','));
  const head = ['work', ...CONTENDERS.map((name) => `${name}_us`), 'runs', 'js_over_best',
    ...ENGINES.flatMap((name) => [`${name}_share_of_peak`, `${name}_walks_us`])];
  return `${head.join(',')}\n${lines.join('\n')}\n`;
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
onLanguage((chosen) => {
  language = chosen;
  texts = textsOf(language);
  show();
});
show();
peerReady.catch((error) => say('failed', { why: error?.message ?? String(error) }));
