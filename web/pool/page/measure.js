// measureLandscape, measureProfile and measureBackward: what jobs of a pool of workers measure of their networks on the way. Draws nothing.

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
      measure,
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
    const told = (place, report) => ({ run: SIDES[jobs[place].side], norm: jobs[place].norm, ...figures(jobs[place], report, own.engine) });
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
