// What grids, measurements, claims and devices are asked with: links, engines, pools, and the refusal of what cannot be
// used. Trains nothing.

import { Refusal, makePool } from './pool.js';
import { chooseEngine, usableEngines } from './probe.js';

/** Parts of a link that say nothing of a run. */
const OF_THE_PAGE = ['lang', 'theme'];

const show = (value) => (typeof value === 'string' ? `"${value}"` : Array.isArray(value) ? `[${value.map(show)}]` : String(value));

/** Throws a `Refusal` of what came for `field`, unless it is fine. */
export function require(isFine, field, value, allowed) {
  if (!isFine) throw new Refusal({ field, got: show(value), allowed });
}

/** The engines that compute in a worker's own lanes, best first. */
export const lanes = () => usableEngines().filter((name) => name !== 'webgpu');

// The GPU trains grids alone.
const engines = (withGpu) => (withGpu ? usableEngines() : lanes());

/** Refuses an engine that no pool can have here. */
export function requireEngine(engine, { withGpu = false } = {}) {
  require(engines(withGpu).includes(engine), 'engine', engine, engines(withGpu).join(' | '));
}

/** What gives the same bits in every browser, as in the lab. */
export const standard = () => usableEngines().find((name) => name !== 'relaxed');

/** The link without what is the page's, and the engine that it asks for. */
export function readLink(settings, { withGpu = false } = {}) {
  const pairs = `${settings}`.replace(/^#/, '').split('&').filter(Boolean);
  const engine = pairs.find((pair) => pair.startsWith('engine='))?.slice('engine='.length);
  const kept = pairs.filter((pair) => ![...OF_THE_PAGE, 'engine'].includes(pair.split('=')[0]));
  return { link: kept.join('&'), engine: chooseEngine(engine, engines(withGpu), standard()).engine };
}

/** The most workers of a pool. */
export const MOST_WORKERS = 8;
/** As many as there are cores. */
export const mostWorkers = () => Math.max(1, Math.min(navigator.hardwareConcurrency || 1, MOST_WORKERS));

/** Refuses what is no link, no whole number from 1 on (`counts`: names and values), and no way to train. */
export function checkHow(settings, { engine, workers, seeds }, counts, gpu) {
  require(typeof settings === 'string', 'settings', settings, 'the text of a link');
  for (const [field, value] of [...counts, ['seeds', seeds], ['workers', workers]]) {
    require(Number.isInteger(value) && value >= 1, field, value, 'a whole number from 1 on');
  }
  require(workers <= MOST_WORKERS, 'workers', workers, `1..${MOST_WORKERS}`);
  requireEngine(engine, gpu);
}

const shared = new Map();
/** One for each engine and number of workers: what follows each other finds its workers there, of all or of these pools. */
export function poolOf(engine, most, pools = shared) {
  const key = `${engine} ${most}`;
  if (!pools.has(key)) pools.set(key, makePool({ engine, most }));
  return pools.get(key);
}
