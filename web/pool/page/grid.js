// makeGrid: a network trained for each place of two settings' values, by a pool of workers. Draws nothing.

import { Refusal, loadPlanner } from './pool.js';
import { checkHow, lanes, mostWorkers, poolOf, readLink, require, standard } from './pool-ask.js';

const SIDES = ['A', 'B'];
/** A grid may be trained by the GPU. */
const GPU = { withGpu: true };

function check(axes, settings, steps, how) {
  require(Array.isArray(axes), 'axes', axes, 'a list of { setting, values }');
  for (const axis of axes) {
    require(typeof axis?.setting === 'string', 'axes', axis?.setting, 'the name of a setting');
    require(Array.isArray(axis.values), axis.setting, axis.values, 'a list of values');
    for (const value of axis.values) require(['string', 'number'].includes(typeof value), axis.setting, value, 'texts and numbers');
  }
  checkHow(settings, how, [['steps', steps]], GPU);
}

// The jobs of a grid, cell by cell: those of all seeds of a cell stand together.
function plan(planner, axes, link, steps, seeds) {
  let grid;
  try {
    grid = new planner.GridPlan(link);
    for (const { setting, values } of axes) grid.add_axis(setting, values.map(String));
    const jobs = Array.from({ length: grid.make_cells(steps, seeds) }, (_, cell) => ({
      link: grid.link(cell),
      side: grid.side(cell),
      steps,
      points: grid.curve_points(cell),
      work: grid.work(cell),
      needsDigits: grid.needs_digits(cell),
      norm: grid.norm(cell),
      seed: grid.seed(cell),
      values: [...grid.places(cell)].map((place, axis) => axes[axis].values[place]),
    }));
    return Array.from({ length: jobs.length / seeds }, (_, place) => jobs.slice(place * seeds, (place + 1) * seeds));
  } catch (error) {
    throw error?.field === undefined ? error : new Refusal(error);
  } finally {
    grid?.free();
  }
}

/** A network as it was trained; of an engine with bits of its own the link says which (a GPU's worker does so itself). */
export function figures(job, report, engine) {
  // Of the worker, not of the network.
  const { losses, curve, memory, ...own } = report;
  const state = engine === 'relaxed' ? `${report.state}&engine=relaxed` : report.state;
  return { seed: job.seed, ...own, losses, curve: { ...curve, losses: [...curve.losses] }, loss: losses.train, state };
}

// Several seeds are told by the one in the middle, all of whose figures are of one run, and by the range.
function cellOf(jobs, reports, engine) {
  const all = jobs.map((job, place) => figures(job, reports[place], engine));
  const rank = (own) => (own.accuracy.running >= 0 ? own.accuracy.running : -1);
  const sorted = [...all].sort((a, b) => rank(a) - rank(b));
  const middle = sorted[(sorted.length - 1) >> 1];
  const cell = { values: jobs[0].values, run: SIDES[jobs[0].side], norm: jobs[0].norm, ...middle };
  if (all.length === 1) return cell;
  return { ...cell, range: [sorted[0], sorted.at(-1)].map((own) => own.accuracy.running), seeds: all };
}

/**
 * A grid over `axes`, one or two `{ setting, values }`, of a link's `settings`: each network is trained for `steps`.
 *
 * `run()` promises the cells, the first axis slowest, then the second, then the sides that the link shows, A before B:
 * `{ values, run, norm, step, accuracy: { batch, running, full, train }, loss, losses: { batch, train, eval }, diverged_at,
 * fingerprint, state, curve: { stride, losses }, seed }`. Accuracies but `train` are of the test set; `loss` is that of
 * the training set in inference mode. It is rejected with a `Refusal` for what cannot be used, with an `AbortError` once
 * `cancel()` was called. `pause(true)` begins no more networks until `pause(false)`. `workers` is how many
 * there are now; `end()` ends them.
 *
 * Options: `engine` (scalar, simd128, relaxed, or webgpu: the GPU trains all at once and tells them at the end, with bits
 * of its own; without a GPU that is a `Refusal`), `workers` at most, `seeds` of each cell, which then has the figures of
 * the seed with the middle accuracy, `range` and all `seeds`; `pools`, where other grids than these are not to find
 * their workers; `hear` is told of `plan(cells)`, `cell(place, cell)` and `progress(place, step)`.
 */
export function makeGrid(axes, settings, steps, options = {}) {
  const own = { engine: options.engine ?? readLink(settings, GPU).engine, workers: options.workers ?? mostWorkers(), seeds: options.seeds ?? 1 };
  const hear = options.hear ?? {};
  let pool;
  let running;
  let stop = new AbortController();
  let isPaused = false;
  let begun;

  async function train({ signal }) {
    check(axes, settings, steps, own);
    const { engine, seeds } = own;
    // What plans needs no GPU.
    const planner = await loadPlanner(engine === 'webgpu' ? standard() : engine);
    const cells = plan(planner, axes, readLink(settings).link, steps, seeds);
    signal.throwIfAborted();
    hear.plan?.(cells.map(([job]) => ({ values: job.values, run: SIDES[job.side], norm: job.norm })));
    pool = poolOf(engine, own.workers, options.pools);
    const reports = cells.map(() => []);
    const done = new Array(cells.length);
    const run = begun = pool.run(cells.flat(), {
      report(place, report) {
        const cell = Math.floor(place / seeds);
        reports[cell][place % seeds] = report;
        if (Object.keys(reports[cell]).length < seeds) return;
        done[cell] = cellOf(cells[cell], reports[cell], engine);
        hear.cell?.(cell, done[cell]);
      },
      progress: (place, step) => hear.progress?.(Math.floor(place / seeds), step),
    });
    signal.addEventListener('abort', run.cancel);
    run.pause(isPaused);
    await run.done.catch((error) => {
      // No adapter, or a device that was lost: the others are still there.
      const isGpu = engine === 'webgpu' && error.field === 'engine';
      throw isGpu ? new Refusal({ ...error, got: `webgpu (${error.got})`, allowed: lanes().join(' | ') }) : error;
    });
    return done;
  }

  return {
    run: () => (running ??= train((stop = new AbortController())).finally(() => { running = undefined; })),
    cancel: () => stop.abort(),
    pause(wanted) {
      isPaused = wanted;
      begun?.pause(wanted);
    },
    end: () => pool?.end(),
    get workers() {
      return pool?.workers ?? 0;
    },
  };
}

/**
 * Grids for one panel of the lab, on workers of its own. `run([asked, settings, told])` starts what a link says behind
 * `race=` (`lr:0.1,0.3;layers:16,16-16;500;3`) and gives what steers it: `pause` of `makeGrid`, or `cancel`
 * where nothing is said; `told` hears `['plan', runs]`, `['progress', place, step]`, `['cell', place, state, figures,
 * losses]`, then `['done']`, `['cancelled']`, `['refused', field, got, allowed]` or `['failed', error]`. `measure([what,
 * settings, options, told])` starts a measurement of `measure.js`, by its name there, and gives what cancels it;
 * `told` hears `['done', results]` or `['failed', error]`, of `runs` and `corrections` also `['progress', place, step]` and
 * `['result', place, result]`. It follows a run that is being trained, and leaves it half of the
 * cores. `end()` ends all of them and their workers.
 */
export function openGrids() {
  const pools = new Map();
  const running = new Set();
  return {
    run([asked, settings, told]) {
      const [x, y, steps, seeds] = asked.split(';');
      const axes = [x, y].filter(Boolean).map((axis) => axis.split(':'));
      const hear = {
        plan: (cells) => told(['plan', cells.map(({ run }) => run)]),
        progress: (place, step) => told(['progress', place, step]),
        cell: (place, { state, step, accuracy: { batch, running, full }, loss, diverged_at, curve, range = [] }) => told([
          'cell', place, state, [step, batch, running, full, loss, diverged_at, curve.stride, ...range], curve.losses]),
      };
      const grid = makeGrid(axes.map(([setting, values = '']) => ({ setting, values: values.split(',').filter(Boolean) })),
        settings, Number(steps),
        // A cell opens in the lab with its own bits, which those of a GPU's grid are not.
        { engine: readLink(settings).engine, seeds: Number(seeds), hear, pools });
      running.add(grid);
      grid.run().then(() => told(['done']), (error) => told(
        error.name === 'AbortError' ? ['cancelled'] : error.name === 'Refusal' ? ['refused', error.field, error.got, error.allowed]
          : ['failed', error])).finally(() => running.delete(grid));
      return (isPaused) => (isPaused === undefined ? grid.cancel() : grid.pause(isPaused));
    },
    measure([what, settings, options, told]) {
      const stop = new AbortController();
      const own = { cancel: () => stop.abort() };
      running.add(own);
      async function measure() {
        const made = await import('./measure.js');
        stop.signal.throwIfAborted();
        const how = { ...options, pools, workers: Math.ceil(mostWorkers() / 2) };
        // Whole runs are told of as they go on.
        const hear = { progress: (place, step) => told(['progress', place, step]), result: (place, of) => told(['result', place, of]) };
        const measurement = made.MEASUREMENTS[what](settings, how, hear, options);
        stop.signal.addEventListener('abort', measurement.cancel);
        return measurement.run();
      }
      measure().then((results) => told(['done', results]), (error) => told(['failed', error])).finally(() => running.delete(own));
      return own.cancel;
    },
    devices([settings, options, told]) {
      let comparison;
      let isCancelled = false;
      let isPaused = false;
      const own = {
        cancel() {
          isCancelled = true;
          comparison?.cancel();
        },
      };
      running.add(own);
      async function compare() {
        const { compareDevices } = await import('./devices-compare.js');
        if (isCancelled) throw new DOMException('cancelled', 'AbortError');
        const { link, engine } = readLink(settings);
        comparison = compareDevices(link, {
          ...options,
          engine,
          hear: {
            look: (...look) => told(['look', ...look]),
            refused: (way) => told(['refused', way]),
          },
        });
        comparison.pause(isPaused);
        return comparison.begin();
      }
      compare().then(() => told(['done']), (error) => told(['failed', error])).finally(() => running.delete(own));
      return (wanted) => {
        if (wanted === undefined) return own.cancel();
        isPaused = wanted;
        return comparison?.pause(wanted);
      };
    },
    end() {
      for (const grid of running) grid.cancel();
      for (const pool of pools.values()) pool.end();
    },
  };
}
