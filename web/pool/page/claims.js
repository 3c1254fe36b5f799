// tryClaim: a lesson's claim tried again over seeds, by a pool of workers. Draws nothing.

import { Refusal, loadPlanner } from './pool.js';
import { MOST_WORKERS, lanes, mostWorkers, poolOf, readLink, require } from './pool-ask.js';

const MOST_SEEDS = 64;
const SEEDS_BELOW = 1_000_000;

/** So many seeds that nobody has chosen, all different. */
export function freshSeeds(count) {
  const seeds = new Set();
  while (seeds.size < count) seeds.add(crypto.getRandomValues(new Uint32Array(1))[0] % SEEDS_BELOW);
  return [...seeds];
}

const seedsOf = (seeds) => {
  const isCount = Number.isInteger(seeds) && seeds >= 1 && seeds <= MOST_SEEDS;
  const isList = Array.isArray(seeds) && seeds.length >= 1 && seeds.length <= MOST_SEEDS
    && seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < SEEDS_BELOW);
  require(isCount || isList, 'seeds', seeds, `1..${MOST_SEEDS}, or as many numbers of 0..${SEEDS_BELOW - 1}`);
  return isCount ? freshSeeds(seeds) : seeds;
};

// Jobs of one seed after the other.
function plan(name, claim, seeds) {
  return seeds.flatMap((seed) => Array.from({ length: claim.make_jobs(seed) }, (_, network) => ({
    claim: name,
    seed,
    network,
    link: claim.link(network),
    steps: claim.steps(network),
    work: claim.work(network),
    needsDigits: claim.needs_digits(),
  })));
}

/** Names of all claims, in the order of the lessons. */
export async function claimNames() {
  return (await loadPlanner(`claims-${readLink('').engine}`)).claim_names();
}

/**
 * A claim of a lesson by its name, over `seeds`: how many fresh ones, or which.
 *
 * `run()` promises `[{ seed, margin, held, runs }]` in the order of the seeds: by how much it held, below 0 it did not, and
 * the links of its networks where they stand. It is rejected with a `Refusal` for what cannot be used, with an `AbortError`
 * once `cancel()` was called; `end()` ends the workers. Options: `seeds`, 5; `engine`, `workers`; `hear` is told of
 * `seed(place, told)` and `progress(share)`, from 0 to 1.
 */
export function tryClaim(name, { seeds = 5, engine = readLink('').engine, workers = mostWorkers(), hear = {} } = {}) {
  let pool;
  let running;
  let stop = new AbortController();

  async function train({ signal }) {
    const engines = lanes().filter((name) => name !== 'relaxed');
    require(engines.includes(engine), 'engine', engine, engines.join(' | '));
    require(Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS, 'workers', workers, `1..${MOST_WORKERS}`);
    const all = seedsOf(seeds);
    const planner = await loadPlanner(`claims-${engine}`);
    let claim;
    try {
      claim = new planner.ClaimPlan(name);
    } catch (error) {
      throw new Refusal(error);
    }
    try {
      const jobs = plan(name, claim, all);
      const each = jobs.length / all.length;
      const work = jobs.reduce((sum, job) => sum + job.work, 0);
      const shares = jobs.map(() => 0);
      const tell = (place, share) => {
        shares[place] = share;
        hear.progress?.(jobs.reduce((sum, job, at) => sum + shares[at] * job.work, 0) / work);
      };
      const reports = all.map(() => []);
      const told = [];
      signal.throwIfAborted();
      pool = poolOf(`claims-${engine}`, workers);
      const run = pool.run(jobs, {
        report(place, report) {
          tell(place, 1);
          const seed = Math.floor(place / each);
          reports[seed][place % each] = report;
          if (Object.keys(reports[seed]).length < each) return;
          const margin = claim.margin(Float32Array.from(reports[seed].flatMap(({ figures }) => [...figures])), report.figures.length);
          told[seed] = { seed: all[seed], margin, held: margin >= 0, runs: reports[seed].map(({ state }) => state) };
          hear.seed?.(seed, told[seed]);
        },
        progress: (place, step) => tell(place, step / jobs[place].steps),
      });
      signal.addEventListener('abort', run.cancel);
      await run.done;
      return told;
    } finally {
      claim.free();
    }
  }

  return {
    run: () => (running ??= train((stop = new AbortController())).finally(() => { running = undefined; })),
    cancel: () => stop.abort(),
    end: () => pool?.end(),
  };
}
