// A pool of workers, each of which trains one job after another (web/pool/src/serve.rs has their messages). Plans no grid
// and shows nothing.

import { begin, compiled } from './spawn.js';

/** Milliseconds after which workers that have nothing to do are ended. */
const IDLE_MILLIS = 60_000;
/** The most workers, however many cores there are: a network is small and a tab is not alone. */
const MOST_WORKERS = 8;
/** Milliseconds in which a worker must have heard that a job is cancelled; one that has not is ended. */
const CANCEL_MILLIS = 20;
/** Workers on which a job is tried. */
const TRIES = 2;
/** Jobs that a worker has at once: while the page hears of one, the next is trained. A GPU trains all of them together. */
const depthOf = (engine) => (engine === 'webgpu' ? Infinity : 2);

/** Something that was refused: `{ code, field, got, allowed }` say which field, what came, what can be used. */
export class Refusal extends Error {
  constructor({ code = 'invalid', field, got, allowed }) {
    super(`${field}: ${got} cannot be used${allowed ? `; allowed: ${allowed}` : ''}`);
    Object.assign(this, { name: 'Refusal', code, field, got, allowed });
  }
}

/** A worker of a pool's engine, which answers once it has said `{ ready }`. */
export const startWorker = (engine) => begin(`pool-${engine}`);

const aborted = () => new DOMException('cancelled', 'AbortError');

/** The module of a pool's engine in this document, to plan with. What failed may be tried again. */
export async function loadPlanner(engine) {
  const [module, glue] = await Promise.all([
    compiled(`pool-${engine}`), import(new URL(`./worker-pool-${engine}.js`, import.meta.url)),
  ]);
  await glue.default({ module_or_path: module });
  return glue;
}

let digits;
async function fetchDigits() {
  const answer = await fetch(new URL('./digits/digits.bin', import.meta.url));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  return new Uint8Array(await answer.arrayBuffer());
}
/** The bytes of the digits, once for all of the document. */
export const loadDigits = () => (digits ??= fetchDigits().catch((error) => {
  digits = undefined;
  throw error;
}));

/**
 * A pool of at most `most` workers of an engine, as many as there are cores if it is not said, one that has the GPU; they
 * are started when they are first needed and ended when they have had nothing to do for `idle` milliseconds.
 *
 * `run(jobs, hear)` trains `{ link, side, steps, points, work, needsDigits, accuracy?, measure? }` or, of a claim,
 * `{ claim, seed, network, link, steps, work, needsDigits }`, those of most work first, and gives `{ done, cancel, pause }`: `pause(true)` gives no more of them to workers until `pause(false)`, what is at
 * work goes on to its end; `done` promises the reports in the order of the jobs, or is rejected with an `AbortError` once
 * it is cancelled, with a `Refusal`, or with why a job was lost on two workers. `hear.report(place, report)` and
 * `hear.progress(place, step)` are told of each job. `workers` is how many there are, `end()` ends them all.
 */
export const makePool = ({ engine, most = navigator.hardwareConcurrency, idle = IDLE_MILLIS }) => new Pool(
  engine, engine === 'webgpu' ? 1 : Math.max(1, Math.min(most || 1, MOST_WORKERS)), idle);

class Pool {
  #engine;
  #most;
  #idle;
  #workers = new Set(); // { worker, isReady, jobs: what it has, the one at work first, hasDigits, patience }
  #waiting = []; // the next one last
  #runs = new Set();
  #number = 0;
  #timer;

  constructor(engine, most, idle) {
    this.#engine = engine;
    this.#most = most;
    this.#idle = idle;
  }

  get workers() {
    return this.#workers.size;
  }

  run(jobs, hear = {}) {
    const run = { hear, reports: [], left: jobs.length, isOver: false };
    const done = new Promise((resolve, reject) => Object.assign(run, { resolve, reject }));
    this.#runs.add(run);
    const all = jobs.map((job, place) => ({ ...job, place, run, tries: 0, number: this.#number++ }));
    this.#begin(run, all);
    const pause = (isPaused) => {
      run.isPaused = isPaused;
      this.#feed();
    };
    return { done, pause, cancel: () => this.#stop(run, aborted()) };
  }

  end() {
    for (const run of this.#runs) this.#stop(run, aborted());
    clearTimeout(this.#timer);
    for (const own of [...this.#workers]) this.#drop(own);
  }

  async #begin(run, all) {
    let bytes;
    try {
      if (all.some((job) => job.needsDigits)) bytes = await loadDigits();
    } catch (error) {
      this.#stop(run, error);
    }
    if (run.isOver) return;
    for (const job of all) if (job.needsDigits) job.digits = bytes;
    if (all.length === 0) this.#resolve(run);
    this.#waiting = [...all, ...this.#waiting].sort((a, b) => a.work - b.work || b.number - a.number);
    this.#feed();
  }

  // Gives jobs to whoever has fewest. The last ones are not handed out ahead: another worker may be done sooner.
  #feed() {
    clearTimeout(this.#timer);
    for (let next; (next = this.#waiting.filter(({ run }) => !run.isPaused)).length;) {
      const all = [...this.#workers];
      const depth = depthOf(this.#engine);
      const least = Math.min(depth, ...all.map((own) => own.jobs.length));
      if (least > 0 && all.length < this.#most) this.#give(this.#spawn(), next.at(-1));
      else if (least === 0 || (least < depth && (this.#most === 1 || next.length > all.length))) this.#give(all.find((own) => own.jobs.length === least), next.at(-1));
      else break;
    }
    if ([...this.#workers].some((own) => own.jobs.length) || !this.#workers.size) return;
    this.#timer = setTimeout(() => [...this.#workers].forEach((own) => this.#drop(own)), this.#idle);
  }

  #spawn() {
    const own = { worker: startWorker(this.#engine), jobs: [] };
    this.#workers.add(own);
    own.worker.addEventListener('message', ({ data }) => this.#heard(own, data));
    own.worker.addEventListener('error', (event) => this.#lost(own, event.message ?? 'its script did not load'));
    own.worker.addEventListener('messageerror', () => this.#lost(own, 'a message that cannot be read'));
    return own;
  }

  #give(own, job) {
    this.#waiting.splice(this.#waiting.indexOf(job), 1);
    own.jobs.push(job);
    if (own.isReady) this.#send(own, job);
  }

  #send(own, job) {
    if (job.digits && !own.hasDigits) own.worker.postMessage({ digits: job.digits });
    own.hasDigits ||= !!job.digits;
    const { number, link, side, steps, points, accuracy, measure, claim, seed, network } = job;
    own.worker.postMessage({ job: number, ...(claim ? { claim, seed, network } : { link, side, steps, points, accuracy, measure }) });
  }

  #heard(own, said) {
    if (said.failed) this.#lost(own, said.failed);
    if (said.ready) {
      own.isReady = true;
      for (const job of own.jobs) job.run.isOver ? this.#forget(own, job.number) : this.#send(own, job);
    }
    if ('cancelled' in said) this.#forget(own, said.cancelled);
    const job = own.jobs.find(({ number }) => number === said.job);
    if (!job || job.run.isOver) return;
    if ('step' in said) job.run.hear.progress?.(job.place, said.step);
    if (said.refused) {
      this.#take(own, job.number);
      this.#stop(job.run, new Refusal(said.refused));
    }
    if (said.report) {
      this.#take(own, job.number);
      this.#feed();
      this.#finish(job, said.report);
    }
  }

  #take(own, number) {
    own.jobs = own.jobs.filter((job) => job.number !== number);
  }

  // A cancel was heard.
  #forget(own, number) {
    this.#take(own, number);
    if (!own.jobs.some(({ run }) => run.isOver)) clearTimeout(own.patience);
    this.#feed();
  }

  #finish({ run, place }, report) {
    run.reports[place] = report;
    run.left -= 1;
    run.hear.report?.(place, report);
    if (run.left === 0 && !run.isOver) this.#resolve(run);
  }

  #resolve(run) {
    this.#runs.delete(run);
    run.isOver = true;
    run.resolve(run.reports);
  }

  // A worker is no more; what it was at is tried once more on another.
  #lost(own, why) {
    if (!this.#workers.has(own)) return;
    this.#drop(own);
    const [first] = own.jobs;
    if (first) first.tries += 1;
    if (first?.tries >= TRIES) this.#stop(first.run, new Error(`a job was lost on ${TRIES} workers: ${why} (${first.link})`));
    this.#waiting.push(...own.jobs.filter(({ run }) => !run.isOver).reverse());
    this.#feed();
  }

  // Nothing more of a run is wanted.
  #stop(run, error) {
    if (run.isOver) return;
    run.isOver = true;
    this.#runs.delete(run);
    run.reject(error);
    this.#waiting = this.#waiting.filter((job) => job.run !== run);
    for (const own of [...this.#workers]) {
      const over = own.jobs.filter((job) => job.run === run);
      if (over.length === 0) continue;
      for (const { number } of over) own.worker.postMessage({ cancel: number });
      clearTimeout(own.patience);
      own.patience = setTimeout(() => this.#lost(own), CANCEL_MILLIS);
    }
    this.#feed();
  }

  #drop(own) {
    clearTimeout(own.patience);
    own.worker.terminate();
    this.#workers.delete(own);
  }
}
