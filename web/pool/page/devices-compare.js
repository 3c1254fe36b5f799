// compareDevices: ways to share statistics, one after the other, each beside one device that has every batch whole. Draws nothing.

import { makeDevices } from './devices.js';

// Of two networks: as many bytes as one device sends in a step.
const KINDS = ['moments', 'sums', 'gradients'];

// What waits while it is held.
function makeGate() {
  let held;
  let release;
  return {
    passed: () => held,
    hold(isHeld) {
      release?.();
      held = isHeld ? new Promise((resolve) => { release = resolve; }) : undefined;
    },
  };
}

// Steps up to one, and what is there.
async function stepsTo(devices, look, gate, signal) {
  let told;
  while ((told?.step ?? devices.at ?? 0) < look) {
    await gate.passed();
    signal.throwIfAborted();
    told = await devices.step();
  }
  devices.at = look;
  return [told, await devices.report()];
}

/**
 * Trains a link's `settings` by each of `ways`, the words of `sharing` of `makeDevices`, on devices of which number r has
 * `shards[r]` rows, up to the last of `looks`, steps that grow. `hear.look(way, step, own, whole, devices, moments, bytes)`
 * is told after each of them: parameters of both, of each device `[rows, statistics]`, statistics of the whole batch, bytes
 * that a device sends in a step; `hear.refused(way, refusal)` where a way cannot be trained. `begin()` promises the end;
 * `pause(true)` waits before the next step, `cancel()` rejects with an `AbortError` and ends all workers.
 */
export function compareDevices(settings, { ways, shards, looks, engine, hear }) {
  const stop = new AbortController();
  const gate = makeGate();
  const open = new Set();
  // Kept: three ways are beside the same one.
  const wholes = new Map();

  const make = (options) => {
    const made = makeDevices(settings, { ...options, engine, whenLost: 'refuse' });
    open.add(made);
    return made;
  };

  const stepTo = (devices, look) => stepsTo(devices, look, gate, stop.signal);

  async function wholeOf(way) {
    const sharing = way === 'group' ? 'group' : 'local';
    if (!wholes.has(sharing)) {
      const whole = make({ devices: 1, sharing });
      const all = new Map();
      for (const look of looks) {
        const [, [report]] = await stepTo(whole, look);
        all.set(look, report);
      }
      whole.end();
      wholes.set(sharing, all);
    }
    return wholes.get(sharing);
  }

  async function train(way, place) {
    const whole = await wholeOf(way);
    const own = make({ devices: shards.length, sharing: way, shards });
    try {
      for (const look of looks) {
        const [told, reports] = await stepTo(own, look);
        const each = reports.map(({ place: at, statistics }) => [told.rows[at], statistics]);
        const beside = whole.get(look);
        const bytes = KINDS.map((kind) => told.bytes[kind] / shards.length);
        hear.look(place, look, reports[0].parameters, beside.parameters, each, beside.statistics, bytes);
      }
    } catch (error) {
      if (error.name !== 'Refusal' || way !== 'local') throw error;
      hear.refused(place, error);
    } finally {
      own.end();
    }
  }

  async function begin() {
    try {
      for (const [place, way] of ways.entries()) {
        stop.signal.throwIfAborted();
        await train(way, place);
      }
    } catch (error) {
      stop.signal.throwIfAborted();
      throw error;
    } finally {
      for (const devices of open) devices.end();
    }
  }

  return {
    begin,
    pause: gate.hold,
    cancel() {
      stop.abort();
      gate.hold(false);
      for (const devices of open) devices.end();
    },
  };
}
