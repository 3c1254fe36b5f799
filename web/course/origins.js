// Where a number comes from: under its formula, the numbers of the selected unit of the run on the screen. Computes no
// statistic: those are the snapshot's.

import { settingsOf } from './figure.js';
import { number, shown } from './quantities.js';
import { make, say } from './words.js';

const FEW = 3;

const text = (value) => shown('', value);
// A negative one behind an operator.
const factor = (value) => (value < 0 ? `(${text(value)})` : text(value));

/**
 * The selected unit of the last side that normalises: of a snapshot, and of what the panel `selected-unit` says of the same
 * frame; `preset` has every setting of the lesson. Nothing where no side normalises over the batch, or the values did not come.
 */
export function unitOf(snapshot, table, preset) {
  const link = settingsOf(snapshot.state);
  const setting = (name) => link.get(name) ?? preset[name];
  const side = snapshot.sides.findLast(({ layers }) => layers[0]?.running_mean.length || layers[0]?.gamma.length);
  if (!side) return undefined;
  const layer = Math.min(Number(setting('layer')), side.layers.length - 1);
  const stats = side.layers[layer];
  const unit = Math.min(Number(setting('unit')), stats.batch_mean.length - 1);
  const run = 'AB'[side.index];
  const rows = table.rows.filter((row) => row[0] === run);
  if (!rows.length) return undefined;
  const values = (column) => rows.map((row) => number(row[column]));
  const share = setting('momentum') === 'cumulative' ? undefined : Number(setting('momentum'));
  const isKeras = setting('convention') === 'keras';
  const of = (name) => stats[name][unit];
  const isRunning = setting('stats') === 'running' && stats.running_mean.length > 0;
  return {
    run,
    layer: layer + 1,
    unit: unit + 1,
    step: snapshot.step,
    n: rows.length,
    x: values(3),
    xHat: values(4),
    y: values(5),
    mean: of('batch_mean'),
    variance: of('batch_var'),
    runningMean: of('running_mean'),
    runningVariance: of('running_var'),
    gamma: of('gamma') ?? 1,
    beta: of('beta') ?? 0,
    epsilon: Number(setting('eps')),
    share: share !== undefined && isKeras ? 1 - share : share,
    unbias: isKeras ? 1 : rows.length / (rows.length - 1),
    isRunning,
  };
}

const list = (values) => `${values.slice(0, FEW).map(text).join(', ')}${values.length > FEW ? ', …' : ''}`;

const moved = (of, old, added, share, factorOf) => (share === undefined
  ? text(old)
  : `${text(old)} → ${text(1 - share)} · ${factor(old)} + ${text(share)} · ${factorOf}${factor(added)}`);

/** The terms of one number, ending with the number as the snapshot has it. */
export const TERMS = {
  mean: (of) => `x = ${list(of.x)};  Σx/${of.n} = ${text(of.mean)}`,
  variance: (of) => `x − μ = ${list(of.x.map((x) => x - of.mean))};  Σ(x − μ)²/${of.n} = ${text(of.variance)}`,
  'x-hat': (of) => {
    const [mean, variance] = of.isRunning ? [of.runningMean, of.runningVariance] : [of.mean, of.variance];
    return `(${text(of.x[0])} − ${factor(mean)}) / √(${text(variance)} + ${of.epsilon}) = ${text(of.xHat[0])}`;
  },
  y: (of) => `${text(of.gamma)} · ${factor(of.xHat[0])} + ${factor(of.beta)} = ${text(of.y[0])}`,
  'running-mean': (of) => moved(of, of.runningMean, of.mean, of.share, ''),
  'running-variance': (of) => moved(of, of.runningVariance, of.variance, of.share, of.unbias === 1 ? '' : `${of.n}/${of.n - 1} · `),
};

/** What stands in the block of one number. */
export function origin(name, of) {
  if (!of || (name.startsWith('running') && of.runningMean === undefined)) return say('from-nothing');
  const where = say('from-unit', of);
  const statistics = name === 'x-hat' && of.isRunning ? ` ${say('from-running')}` : '';
  // A wide colon brings its own room.
  const room = where.endsWith('：') ? '' : ' ';
  return `${where}${room}${TERMS[name](of)}${statistics}`;
}

/** Keeps the open blocks of a lesson up to date; gives what is to be called when the run has changed. */
export function followOrigins(main, element, preset) {
  const blocks = [...main.querySelectorAll('details.from')];
  let isBusy = false;
  const refresh = async () => {
    const open = blocks.filter((block) => block.open);
    if (isBusy || !open.length) return;
    isBusy = true;
    try {
      const snapshot = await element.snapshot();
      const of = unitOf(snapshot, await element.snapshot('selected-unit'), preset);
      for (const block of open) {
        const said = origin(block.dataset.from, of);
        const place = block.querySelector('.from-numbers');
        if (place.textContent !== said) place.textContent = said;
      }
    } catch {
      // The run was replaced meanwhile: another frame comes.
    }
    isBusy = false;
  };
  for (const block of blocks) block.addEventListener('toggle', refresh);
  return refresh;
}

/** Puts a figure of the run on the screen, where it stands, into a block that is opened; it is gone once that is closed. */
export function followFigures(main, element) {
  for (const block of main.querySelectorAll('details[data-figure]')) {
    block.addEventListener('toggle', () => {
      block.querySelector('batchnorm-lab')?.remove();
      if (!block.open) return;
      const figure = make('batchnorm-lab');
      for (const [name, value] of [
        ['view', 'figure'],
        ['lesson', main.dataset.lesson],
        ['panels', block.dataset.figure],
        ['hide', 'title'],
        ['reveal', 'auto'],
        ['state', element.state],
      ]) figure.setAttribute(name, value);
      block.append(figure);
    });
  }
}
