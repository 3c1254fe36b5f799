// What jobs of a pool of workers measure of their networks on the way. Draws nothing.

import { figures } from './grid.js';
import { Refusal, loadPlanner } from './pool.js';
import { checkHow, mostWorkers, poolOf, readLink, require } from './pool-ask.js';

const SIDES = ['A', 'B'];

function checkNumbers(field, values, isFine, allowed) {
  require(Array.isArray(values), field, values, 'a list of numbers');
  for (const value of values) require(typeof value === 'number' && isFine(value), field, value, allowed);
}

// The jobs that `make` gives of the planner, each with what it measures.
function plan(planner, measure, make) {
  let own;
  try {
    own = make(planner.MeasurePlan);
    return Array.from({ length: own.count() }, (_, job) => ({
      link: own.link(job),
      side: own.side(job),
      steps: own.steps(job),
      points: own.curve_points(job),
      work: own.work(job),
      needsDigits: own.needs_digits(job),
      norm: own.norm(job),
      seed: own.seed(job),
      decay: own.weight_decay(job),
      // One that all share, or a function of the job.
      measure: typeof measure === 'function' ? measure(job) : measure,
    }));
  } catch (error) {
    throw error?.field === undefined ? error : new Refusal(error);
  } finally {
    own?.free();
  }
}

// `check` refuses, `prepare(planner, link)` gives the jobs.
function measuring(settings, options, check, prepare) {
  const own = { engine: options.engine ?? readLink(settings).engine, workers: options.workers ?? mostWorkers(), seeds: options.seeds ?? 1 };
  const hear = options.hear ?? {};
  let pool;
  let running;
  let stop = new AbortController();

  async function train({ signal }) {
    check(own);
    const planner = await loadPlanner(own.engine);
    const jobs = prepare(planner, readLink(settings).link, own.seeds);
    signal.throwIfAborted();
    const told = (place, report) => {
      const { side, norm, decay } = jobs[place];
      return { run: SIDES[side], norm, decay, ...figures(jobs[place], report, own.engine) };
    };
    hear.plan?.(jobs.map(({ side, norm, seed }) => ({ run: SIDES[side], norm, seed })));
    pool = poolOf(own.engine, own.workers, options.pools);
    const run = pool.run(jobs, {
      report: (place, report) => hear.result?.(place, told(place, report)),
      progress: (place, step) => hear.progress?.(place, step),
    });
    signal.addEventListener('abort', run.cancel);
    const reports = await run.done;
    return reports.map((report, place) => told(place, report));
  }

  return {
    run: () => (running ??= train((stop = new AbortController())).finally(() => { running = undefined; })),
    cancel: () => stop.abort(),
    end: () => pool?.end(),
    get workers() {
      return pool?.workers ?? 0;
    },
  };
}

/**
 * The loss along the negative gradient, θ − η·g, of each side that a link's `settings` show, measured while it trains: at
 * step `from` and each `every` steps, on the mini-batch of the next step and in training mode. The run does not notice.
 *
 * `run()` promises a list, side A before B, seed by seed, of what a cell of `makeGrid` is, without `values`, and
 * `landscape: { points, loss: { low, high }, change: { low, high } }`. A point is `{ step, rate, loss, gradient_norm, losses,
 * gradient_changes, smoothness }`: `loss` where the network stands, `rate` its learning rate; by step size η = factor · rate
 * the loss there and ‖g(θ − η·g) − g‖, how far the gradient has turned; `smoothness` is the largest of these over η·‖g‖, the
 * effective β of Santurkar et al. (2018, Figure 4). `loss` and `change` of the landscape are the band: least and most over
 * the last points, by step size, of the loss and of what is added to it; what is not finite counts as ∞. Rejected with a
 * `Refusal`, `{ field, got, allowed }`, for what cannot be used, with an `AbortError` once `cancel()` was called.
 *
 * Options: `steps` (200), `from` (0), `every` (a fiftieth of them), `factors` (powers of two from ¼ to 16), `last` points of the band
 * (10); `seeds`, `engine`, `workers` and `pools` as of `makeGrid`; `hear` is told of `plan(list)`, `result(place, result)` and
 * `progress(place, step)`.
 */
export function measureLandscape(settings, options = {}) {
  const { steps = 200, from = 0, factors = [0.25, 0.5, 1, 2, 4, 8, 16], last = 10 } = options;
  const every = options.every ?? Math.max(1, Math.floor(steps / 50));
  const check = (own) => {
    checkHow(settings, own, [['every', every], ['last', last]]);
    for (const [field, value] of [['steps', steps], ['from', from]]) {
      require(Number.isInteger(value) && value >= 0, field, value, 'a whole number from 0 on');
    }
    checkNumbers('factors', factors, (factor) => factor > 0 && Number.isFinite(factor), 'numbers above 0');
  };
  return measuring(settings, options, check, (planner, link, seeds) => {
    const measure = { landscape: { from, every, factors: Float64Array.from(factors), last } };
    return plan(planner, measure, (of) => of.landscape(link, steps, seeds, from, every, measure.landscape.factors, last));
  });
}

/**
 * How the signal goes through the depth of the network of a link's `settings`, for each of several normalisations, `kinds`,
 * as links name them: after the steps of `options.steps`, rising, on the mini-batch of the next step and in training mode.
 *
 * `run()` promises a list, kind by kind, seed by seed, of what a cell of `makeGrid` is, without `values`, and `profile`: a list
 * of `{ step, loss, layers }`. A layer is `{ kind, before, normalized, output, weight_gradient, input_gradient }`: standard
 * deviations of all values of a hidden layer before normalisation, after it (null without), and after the activation; norms
 * of the loss's gradient by the weights and by what the layer was given. A network that diverges has the steps before that.
 * Rejected as `measureLandscape`.
 *
 * Options: `steps` ([0]: the fresh network); `seeds`, `engine`, `workers`, `pools` and `hear` as of `measureLandscape`.
 */
export function measureProfile(settings, kinds, options = {}) {
  const { steps = [0] } = options;
  const check = (own) => {
    require(Array.isArray(kinds) && kinds.every((kind) => typeof kind === 'string'), 'kinds', kinds, 'a list of normalisations');
    checkHow(settings, own, []);
    checkNumbers('profile', steps, (step) => Number.isInteger(step) && step >= 0, 'whole numbers from 0 on');
  };
  return measuring(settings, options, check, (planner, link, seeds) => {
    const measure = { profile: Float64Array.from(steps) };
    return plan(planner, measure, (of) => of.profile(link, kinds, measure.profile, seeds));
  });
}

/**
 * Whole runs beside each other: `runs` are pairs of a link's text and a side, 0 or 1, each trained for `steps`.
 *
 * `run()` promises a list, run by run, of what a cell of `makeGrid` is, without `values`, and `scores`: every so many steps,
 * the first of the fresh network, `{ step, losses, accuracy }` as of the cell. Rejected as `measureLandscape`.
 *
 * Options: `steps` (1000), `every` (a fiftieth of them); `engine`, `workers`, `pools` and `hear` as of `measureLandscape`.
 */
export function measureRuns(runs, options = {}) {
  const { steps = 1000 } = options;
  const every = options.every ?? Math.max(1, Math.floor(steps / 50));
  const [first] = runs[0] ?? [];
  const check = (own) => {
    checkHow(first, own, [['steps', steps], ['every', every]]);
    for (const [link] of runs) require(typeof link === 'string', 'runs', link, 'the text of a link');
  };
  return measuring(first, options, check, (planner) => {
    const links = runs.map(([link]) => readLink(link).link);
    const sides = Uint8Array.from(runs, ([, side]) => side);
    return plan(planner, { scores: every }, (of) => of.compared(links, sides, steps, every));
  });
}

/**
 * r and d of Batch Renormalization of the unit that a link's `settings` select, over a run of `steps`.
 *
 * `run()` promises a list of one such cell, with `corrections`: every so many steps, on the mini-batch of the next one,
 * `{ step, batch, running, wanted, used, bounds, clipped }`. `batch` and `running` are mean and standard deviation; of r
 * and of d, `wanted` is before the bounds, `used` within them, `bounds` the largest r and |d|, `clipped` the share of the
 * layer's units that are. Rejected as `measureLandscape`.
 *
 * Options as of `measureRuns`.
 */
export function measureCorrections(settings, options = {}) {
  const { steps = 1000 } = options;
  const every = options.every ?? Math.max(1, Math.floor(steps / 50));
  const check = (own) => checkHow(settings, own, [['steps', steps], ['every', every]]);
  return measuring(settings, options, check, (planner, link) => plan(planner, { corrections: every }, (of) => of.corrections(link, steps, every)));
}

const requireStep = (field, value, least) => require(Number.isInteger(value) && value >= least, field, value, `a whole number from ${least} on`);

/**
 * How far what each hidden layer's activation is given has moved, of each side that a link's `settings` show, on the same
 * rows and in training mode: at step 0 and each `every` steps, since the state `back` steps before.
 *
 * `run()` promises a list, side A before B, seed by seed, of what a cell of `makeGrid` is, without `values`, and `drift`: a list
 * of `{ step, layers }`. A layer is `{ mean, deviation, drift }`, means over its units: of means, of standard deviations, and of
 * Wasserstein-1 distances over the deviation at the earlier state; the first state has not moved. A network that diverges has
 * the states before that. Rejected as `measureLandscape`.
 *
 * Options: `steps` (200), `every` (a fiftieth of them), `back` (as many), `rows` of the training set (128); `seeds`, `engine`,
 * `workers`, `pools` and `hear` as of `measureLandscape`.
 */
export function measureDrift(settings, options = {}) {
  const { steps = 200, rows = 128 } = options;
  const every = options.every ?? Math.max(1, Math.floor(steps / 50));
  const back = options.back ?? every;
  const check = (own) => {
    checkHow(settings, own, [['every', every], ['back', back], ['rows', rows]]);
    requireStep('steps', steps, 0);
  };
  return measuring(settings, options, check, (planner, link, seeds) => plan(planner, { drift: { every, back, rows } },
    (of) => of.drift(link, steps, seeds, every, back, rows)));
}

/**
 * The weights that a normalisation follows, while a side of a link's `settings` trains: the last that is shown and normalises;
 * and, where the link has weight decay, of the same run without it.
 *
 * `run()` promises a list, the link's own run first, seed by seed, of what a cell of `makeGrid` is, without `values`, and
 * `decay`; `weights`: a list of `{ step, norm, rate }`, ‖W‖ of all these weights together and lr/‖W‖², at step 0 and each `every`
 * steps; of the link's own run also `scaled`, measured on a copy of its last state, all these weights times `factor`:
 * `{ norm, output, change, turned, rows, gradient }`, ‖W‖ and the norm of the loss's gradient by W before and after, the largest
 * output and the largest change of an output, and of how many rows of the batch the answer is another one. Rejected as
 * `measureLandscape`.
 *
 * Options: `steps` (200), `every` (a fiftieth of them), `factor` (10); `seeds`, `engine`, `workers`, `pools` and `hear` as of
 * `measureLandscape`.
 */
export function measureWeights(settings, options = {}) {
  const { steps = 200, factor = 10 } = options;
  const every = options.every ?? Math.max(1, Math.floor(steps / 50));
  const check = (own) => {
    checkHow(settings, own, [['every', every]]);
    requireStep('steps', steps, 0);
    require(typeof factor === 'number' && factor > 0, 'factor', factor, 'a number above 0');
  };
  return measuring(settings, options, check, (planner, link, seeds) => plan(planner,
    (job) => ({ weigh: every, ...(job < seeds && { scale: { at: steps, factor } }) }),
    (of) => of.weights(link, steps, seeds, every, factor)));
}

const isStep = (step) => Number.isInteger(step) && step >= 0;

/**
 * What a unit gives its activation, class by class, on each side that a link's `settings` show: on the batches that training
 * will see next, each normalised by its own statistics, and on training points of all classes in one batch.
 *
 * `run()` promises a list, side A before B, of what a cell of `makeGrid` is, without `values`, and `by_class: { ends, training,
 * evaluated }`: `ends` of the histograms' bins; of each class `{ count, mean, deviation, shares }`. Rejected as
 * `measureLandscape`.
 *
 * Options: `at` (0) the steps before it, `layer` (0) and `unit` (0) from 0; `engine`, `workers`, `pools` and `hear` as of
 * `measureLandscape`.
 */
export function measureByClass(settings, options = {}) {
  const { at = 0, layer = 0, unit = 0 } = options;
  const check = (own) => {
    checkHow(settings, own, []);
    for (const [field, value] of [['at', at], ['layer', layer], ['unit', unit]]) require(isStep(value), field, value, 'a whole number from 0 on');
  };
  return measuring(settings, options, check, (planner, link) => (
    plan(planner, { by_class: { at, layer, unit } }, (of) => of.by_class(link, at, layer, unit))));
}

/**
 * What the sequences of a mini-batch share at each of their steps, in the first hidden layer of each side that a link's
 * `settings` show.
 *
 * `run()` promises a list as `measureByClass`, with `company: { lengths, steps, batches, pooled }`: `lengths` of the next batch;
 * of each step `{ count, missing, off }`, how many of it have the step, the share of batches of which none has, and how far the
 * mean of a batch there is from that of all, in standard deviations, over the coming `batches`; `pooled` the same of one mean
 * over all steps. Rejected as `measureLandscape`.
 *
 * Options: `at` (0) the steps before it; `engine`, `workers`, `pools` and `hear` as of `measureLandscape`.
 */
export function measureCompany(settings, options = {}) {
  const { at = 0 } = options;
  const check = (own) => {
    checkHow(settings, own, []);
    require(isStep(at), 'at', at, 'a whole number from 0 on');
  };
  return measuring(settings, options, check, (planner, link) => plan(planner, { company: at }, (of) => of.company(link, at)));
}

/**
 * The values of the first hidden layer of the last side that a link's `settings` show, before they are normalised: after
 * `step` updates, of the first `rows` of the mini-batch of the next step.
 *
 * `run()` promises a list of one, what a cell of `makeGrid` is, without `values`, and `layer_values: { rows, channels, positions,
 * values }`: a Float32Array, `[N, C, P]`, positions of an image or steps of a sequence. Rejected as `measureLandscape`.
 *
 * Options: `step` (0), `rows` (4); `engine`, `workers`, `pools` and `hear` as of `measureLandscape`.
 */
export function measureValues(settings, options = {}) {
  const { step = 0, rows = 4 } = options;
  const check = (own) => {
    checkHow(settings, own, [['rows', rows]]);
    require(Number.isInteger(step) && step >= 0, 'values', step, 'a whole number from 0 on');
  };
  return measuring(settings, options, check, (planner, link) => (
    plan(planner, { values: { step, rows } }, (of) => of.values(link, step, rows))));
}

/**
 * What one unit of the Batch Normalization of a link's `settings` makes of the gradient on its way back, on the mini-batch of
 * the step after `options.at`, value by value and in the three terms of the formula. The run does not notice.
 *
 * `run()` promises a list of one: what a cell of `makeGrid` is, without `values`, and `backward: { step, values, shown, gamma,
 * deviation, uses_batch, sum_d_y, sum_d_y_x_hat, sum_d_x, sum_d_x_x_hat, size_d_x, size_direct, bias_gradient }`. `values` is how
 * many the unit has, `shown` the first 64 of them: `{ place, x, x_hat, d_y, terms, d_x }`. Of the sides shown it is the last
 * that has Batch Normalization; where none has it, and for all that `measureLandscape` refuses, it is rejected.
 *
 * Options: `at` (0: the fresh network), `layer` and `unit` from 0 (0), `engine`, `workers`, `pools` and `hear` as of
 * `measureLandscape`.
 */
export function measureBackward(settings, options = {}) {
  const { at = 0, layer = 0, unit = 0 } = options;
  const check = (own) => {
    checkHow(settings, own, []);
    for (const [field, value] of [['at', at], ['layer', layer], ['unit', unit]]) {
      require(Number.isInteger(value) && value >= 0, field, value, 'a whole number from 0 on');
    }
  };
  return measuring(settings, options, check, (planner, link) => {
    const measure = { backward: { at, layer, unit } };
    return plan(planner, measure, (of) => of.backward(link, at, layer, unit));
  });
}

/**
 * The last side of a link's `settings` that is shown and normalises over the batch, after `options.at` steps, beside the same
 * network with each Batch Normalization folded into the layer before it: scores of up to 64 points of the test set at inference,
 * one unit before and after, and how long a call takes in this browser. The run does not notice.
 *
 * `run()` promises a list of one: what a cell of `makeGrid` is, without `values`, and `folded: { step, points, scores, own, folded,
 * deviation, largest, weights, folded_weights, norm, bias, mean, variance, gamma, beta, epsilon, numbers, layers, times }`. `own`
 * and `folded` are the scores, `[scores, points]`, `deviation` the largest difference of two and `largest` the largest score; of
 * the unit the first weights, and of `norm` (the length of all), `bias`, `numbers` (parameters and running averages) and `layers`
 * that of the network, then that of the folded one. `times` is a list of `{ points, micros }`, microseconds of a call with 256
 * points and with one, as the worker's clock has it, each time others. Where no side shown can be folded, and for all that
 * `measureLandscape` refuses, it is rejected.
 *
 * Options: `at` (0: the fresh network), `layer` and `unit` from 0 (0), `engine`, `workers`, `pools` and `hear` as of
 * `measureLandscape`.
 */
export function measureFolded(settings, options = {}) {
  const { at = 0, layer = 0, unit = 0 } = options;
  const check = (own) => {
    checkHow(settings, own, []);
    for (const [field, value] of [['at', at], ['layer', layer], ['unit', unit]]) require(isStep(value), field, value, 'a whole number from 0 on');
  };
  return measuring(settings, options, check, (planner, link) => (
    plan(planner, { fold: { at, layer, unit } }, (of) => of.fold(link, at, layer, unit))));
}

/** Each by the name that a panel asks for it by; of whole runs it is told as they go on. */
export const MEASUREMENTS = {
  landscape: measureLandscape,
  profile: (settings, how, hear, { kinds }) => measureProfile(settings, kinds, how),
  runs: (settings, how, hear, { runs }) => measureRuns(runs, { ...how, hear }),
  corrections: (settings, how, hear) => measureCorrections(settings, { ...how, hear }),
  drift: measureDrift,
  weights: measureWeights,
  'by-class': measureByClass,
  company: measureCompany,
  values: measureValues,
  backward: measureBackward,
  folded: measureFolded,
};
