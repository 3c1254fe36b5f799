// The page of grid.html: fields, progress, tables. Trains nothing: grid.js does, in workers.

import { make } from './bench-dom.js';
import { chooseLanguage, fill, onLanguage, showTexts } from './bench-texts.js';
import { gradient } from './grid-scale.js';
import { followReading } from './grid-read.js';
import { showCell, tablesOf } from './grid-table.js';
import { AXES, textsOf } from './grid-texts.js';
import { makeGrid } from './grid.js';

/** The base that stands in the field at first: the ReLU spiral of the lesson on learning rates. */
const SETTINGS = 'data=spiral&act=relu&init=he-normal&sgdm=0&batch=32';
const CHOSEN = ['lr', 'layers'];

let language = chooseLanguage();
let texts = textsOf(language);
let status = ['idle', {}];
let grid = null;
let shown = null; // what tablesOf takes

window.makeGrid = makeGrid;

const part = (name) => document.querySelector(`[data-part="${name}"]`);

function showLegend() {
  const scale = make('span');
  const bar = make('span', '', 'scale');
  bar.style.background = gradient();
  scale.append(texts.chance, bar, texts.allRight);
  const mark = make('span');
  mark.append(make('span', texts.mark, 'sign'), texts.diverged);
  part('legend').replaceChildren(make('span', texts.legend), scale, mark);
}

function showTables() {
  part('tables').replaceChildren(...(shown ? tablesOf(shown, texts) : []));
}

function say(text, values = {}) {
  status = [text, values];
  part('status').textContent = fill(texts[text], values);
}

function show() {
  showTexts(language, texts);
  for (const option of document.querySelectorAll('option')) option.textContent = texts.settingNames[option.value] ?? option.value;
  part('start').textContent = grid ? texts.cancel : texts.start;
  say(...status);
  showLegend();
  showTables();
}

// What a reader typed: values apart by spaces or commas.
const valuesOf = (text) => text.split(/[\s,]+/).filter(Boolean);

const axesNow = () => [0, 1]
  .map((axis) => ({ setting: part(`setting-${axis}`).value, values: valuesOf(part(`values-${axis}`).value) }))
  .filter(({ setting }) => setting !== '');

// A number, or the text, which is refused with its own words.
const numberOf = (name) => (part(name).value.trim() === '' ? NaN : Number(part(name).value));

// Chance is the share of one class.
const chanceOf = (axes, settings) => (/data=digits/.test(settings) || axes.some(({ values }) => values.includes('digits')) ? 0.1 : 0.5);

function hearing(axes, settings) {
  const began = performance.now();
  let count = 0;
  return {
    plan(planned) {
      part('reading').hidden = true;
      shown = { axes, planned, cells: [], steps: [], chance: chanceOf(axes, settings) };
      showTables();
    },
    cell(place, cell) {
      shown.cells[place] = cell;
      count += 1;
      showCell(part('tables'), place, cell, shown.chance, texts);
      part('progress').value = count / shown.planned.length;
      say('running', { count, all: shown.planned.length, seconds: ((performance.now() - began) / 1000).toFixed(1) });
    },
    progress(place, step) {
      shown.steps[place] = step;
      const entry = part('tables').querySelector(`[data-place="${place}"] span`);
      if (entry) entry.textContent = step;
    },
  };
}

async function start() {
  const axes = axesNow();
  const settings = part('settings').value.trim();
  const began = performance.now();
  part('progress').value = 0;
  grid = makeGrid(axes, settings, numberOf('steps'), { seeds: numberOf('seeds'), hear: hearing(axes, settings) });
  say('starting');
  show();
  try {
    const cells = await grid.run();
    say('finished', { all: cells.length, seconds: ((performance.now() - began) / 1000).toFixed(1) });
  } catch (error) {
    if (error.name === 'AbortError') say('cancelled');
    else if (error.name === 'Refusal') say(error.allowed ? 'refused' : 'refusedAlone', error);
    else say('failed', { why: error.message });
  }
  grid = null;
  part('start').textContent = texts.start;
}

for (const [axis, chosen] of CHOSEN.entries()) {
  const select = part(`setting-${axis}`);
  const names = AXES.map(([name]) => name);
  for (const name of axis === 0 ? names : ['', ...names]) select.append(Object.assign(make('option'), { value: name }));
  const suggest = () => { part(`values-${axis}`).value = AXES.find(([name]) => name === select.value)?.[1] ?? ''; };
  select.addEventListener('change', suggest);
  select.value = chosen;
  suggest();
}
part('settings').value = new URLSearchParams(location.search).get('state') ?? SETTINGS;
part('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (grid) grid.cancel();
  else start();
});
followReading(part('tables'), part('reading'), () => ({ shown, texts }));
onLanguage((chosen) => {
  language = chosen;
  part('reading').hidden = true;
  texts = textsOf(language);
  show();
});
show();
