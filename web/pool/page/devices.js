// makeDevices: one batch on several devices, each a worker with its rows; what one sends is carried to all and counted in
// bytes. Trains nothing and draws nothing.

import { Refusal, loadDigits, startWorker } from './pool.js';
import { readLink, require, requireEngine } from './pool-ask.js';

const MOST_DEVICES = 8;
const SHARING = ['local', 'sync', 'averaged', 'group'];
const WHEN_LOST = ['repeat', 'refuse'];
/** Milliseconds of silence after which a device is given up. */
const PATIENCE_MILLIS = 10_000;
/** Bytes of a number. */
const WIDTH = 4;

/** A device is no more: `place` says which, from 0. */
export class DeviceLost extends Error {
  constructor(place, why) {
    super(`device ${place} was lost: ${why}`);
    Object.assign(this, { name: 'DeviceLost', place });
  }
}

// A worker as a device: one question at a time, each of which is answered once.
class Device {
  #worker;
  #waiting; // { resolve, reject, patience }
  #lost;

  constructor(engine, place, hearLoss) {
    this.place = place;
    this.rows = 0;
    this.isAlive = true;
    this.hearLoss = hearLoss;
    this.#worker = startWorker(engine);
    this.#worker.addEventListener('message', ({ data }) => this.#heard(data));
    this.#worker.addEventListener('error', (event) => this.lose(event.message ?? 'its script did not load'));
    this.#worker.addEventListener('messageerror', () => this.lose('a message that cannot be read'));
    this.ready = this.#answer();
  }

  #answer() {
    if (!this.isAlive) return Promise.reject(this.#lost);
    const answer = new Promise((resolve, reject) => {
      const patience = setTimeout(() => this.lose('no answer'), PATIENCE_MILLIS);
      this.#waiting = { resolve, reject, patience };
    });
    // One that is lost while nobody waits is told by the next question.
    answer.catch(() => {});
    return answer;
  }

  ask(question) {
    const answer = this.#answer();
    if (this.isAlive) this.#worker.postMessage(question);
    return answer;
  }

  /** Says what needs no answer. */
  tell(message) {
    if (this.isAlive) this.#worker.postMessage(message);
  }

  #settle(how, value) {
    clearTimeout(this.#waiting?.patience);
    this.#waiting?.[how](value);
    this.#waiting = undefined;
  }

  #heard(said) {
    if (said === 'module') return;
    if (said.failed) this.lose(said.failed);
    else if (said.refused) this.#settle('reject', new Refusal(said.refused));
    else this.#settle('resolve', said);
  }

  lose(why) {
    if (!this.isAlive) return;
    this.#lost = new DeviceLost(this.place, why);
    this.isAlive = false;
    this.rows = 0;
    this.#worker.terminate();
    this.#settle('reject', this.#lost);
    this.hearLoss(this.place, this.#lost);
  }
}

// As equal as rows can be.
const deal = (rows, count) => Array.from({ length: count }, (_, place) => Math.floor(rows / count) + (place < rows % count ? 1 : 0));

function joined(messages) {
  const all = new Float32Array(messages.reduce((length, message) => length + message.length, 0));
  let at = 0;
  for (const message of messages) {
    all.set(message, at);
    at += message.length;
  }
  return all;
}

class Devices {
  #all;
  #sharing;
  #ready;
  #queue = Promise.resolve();
  #isEnded = false;
  #refusedFor; // the loss for which steps are refused
  #hear;

  constructor(settings, { devices = 4, sharing = 'sync', shards, whenLost = 'repeat', engine, hear = {} }) {
    const link = readLink(settings);
    this.whenLost = whenLost;
    this.bytes = { moments: 0, sums: 0, gradients: 0 };
    this.lost = [];
    this.#hear = hear;
    this.#sharing = sharing;
    this.#ready = (async () => {
      const own = engine ?? link.engine;
      require(Number.isInteger(devices) && devices >= 1 && devices <= MOST_DEVICES, 'devices', devices, `1..${MOST_DEVICES}`);
      require(SHARING.includes(sharing), 'sharing', sharing, SHARING.join(' | '));
      require(WHEN_LOST.includes(whenLost), 'whenLost', whenLost, WHEN_LOST.join(' | '));
      require(typeof settings === 'string', 'settings', settings, 'the text of a link');
      requireEngine(own);
      this.#all = Array.from({ length: devices }, (_, place) => new Device(own, place, (at, error) => {
        this.lost.push(at);
        this.#refusedFor ??= error;
        this.#hear.lost?.(at);
      }));
      if (this.#isEnded) this.#drop('ended');
      await this.#open(link.link, shards);
    })();
    this.#ready.catch(() => this.#drop('refused'));
  }

  async #open(link, shards) {
    await Promise.all(this.#all.map((device) => device.ready));
    if (/(^|&)data=digits(&|$)/.test(link)) {
      const digits = await loadDigits();
      for (const device of this.#all) device.tell({ digits });
    }
    const opened = await Promise.all(this.#all.map((device) => device.ask({ device: this.#sharing, link })));
    this.of = opened[0].opened;
    const rows = shards ?? deal(this.of.batch, this.#all.length);
    const isList = Array.isArray(rows) && rows.length === this.#all.length && rows.every((n) => Number.isInteger(n) && n >= 0);
    require(isList && rows.reduce((sum, n) => sum + n, 0) === this.of.batch, 'shards', rows,
      `${this.#all.length} numbers of rows, ${this.of.batch} together`);
    for (const [place, device] of this.#all.entries()) device.rows = rows[place];
  }

  get #living() {
    return this.#all.filter((device) => device.isAlive);
  }

  /** Each `{ place, rows, isAlive }`. */
  get devices() {
    return (this.#all ?? []).map(({ place, rows, isAlive }) => ({ place, rows, isAlive }));
  }

  /** Resolves once all devices can begin. */
  get ready() {
    return this.#ready;
  }

  /** Steps, one after the other; after the last `{ step, loss, bytes, rows }`. */
  step(count = 1) {
    return this.#next(async () => {
      require(Number.isInteger(count) && count >= 1, 'count', count, 'a whole number from 1 on');
      let told;
      for (let done = 0; done < count; done += 1) {
        told = await this.#whole();
        this.#hear.step?.(told);
      }
      return told;
    });
  }

  /** What each living device has come to. */
  report() {
    return this.#next(async () => {
      const living = this.#living;
      const said = await Promise.all(living.map((device) => device.ask({ ask: 'report' })));
      return said.map(({ report }, index) => ({ place: living[index].place, ...report }));
    });
  }

  /** Ends a device, as a machine that fails would. */
  kill(place) {
    this.#all?.[place]?.lose('it was ended');
  }

  /** Ends all devices. */
  end() {
    this.#isEnded = true;
    this.#drop('ended');
  }

  #drop(why) {
    for (const device of this.#all ?? []) device.lose(why);
  }

  // One after the other, whoever asks.
  #next(work) {
    const done = this.#queue.then(() => this.#ready).then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  // A step, repeated with the rest where a device is lost and that is allowed.
  async #whole() {
    for (;;) {
      this.#share();
      try {
        return await this.#once();
      } catch (error) {
        if (error.name !== 'DeviceLost' || this.#isEnded) throw error;
        await Promise.allSettled(this.#living.map((device) => device.ask({ ask: 'give up' })));
      }
    }
  }

  // The rows of devices that are no more go to the rest, one by one.
  #share() {
    const living = this.#living;
    if (living.length === 0 || (this.#refusedFor && this.whenLost === 'refuse')) {
      throw this.#refusedFor ?? new DeviceLost(this.lost.at(-1) ?? 0, 'ended');
    }
    this.#refusedFor = undefined;
    const missing = this.of.batch - living.reduce((sum, device) => sum + device.rows, 0);
    for (const [index, rows] of deal(missing, living.length).entries()) living[index].rows += rows;
  }

  async #once() {
    const devices = this.#living;
    const shards = Uint32Array.from(devices, (device) => device.rows);
    const bytes = { moments: 0, sums: 0, gradients: 0 };
    let said = await this.#answers(devices, (place) => ({ place, shards }));
    while (said[0].stage !== 'idle') {
      const [{ stage }] = said;
      const sent = said.map(({ message }) => message);
      bytes[stage] += sent.reduce((sum, message) => sum + message.byteLength, 0);
      const all = joined(sent);
      // Once the gradients are sent the step is made, whoever is lost meanwhile.
      said = await this.#answers(devices, () => ({ all }), stage === 'gradients');
    }
    for (const kind of Object.keys(bytes)) this.bytes[kind] += bytes[kind];
    const rows = said.reduce((sum, own) => sum + own.rows, 0);
    const loss = said.reduce((sum, own) => sum + (own.rows ? (own.rows / rows) * own.loss : 0), 0);
    return { step: said[0].step, loss, bytes, rows: [...shards] };
  }

  async #answers(devices, questionOf, isMade = false) {
    const asked = devices.map((device, place) => device.ask(questionOf(place)));
    const settled = await Promise.allSettled(asked);
    const failed = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    const answers = settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
    if (failed.length && !(isMade && answers.length)) throw failed.find(({ name }) => name === 'DeviceLost') ?? failed[0];
    return answers;
  }

  /** Bytes that one device sends in a step: `4(2C + 1)` and `8C` of each normalisation that waits, `4P` of gradients. */
  get formula() {
    const { channels, parameters } = this.of;
    const sum = (each) => channels.reduce((total, count) => total + each(count), 0);
    return { moments: sum((count) => WIDTH * (2 * count + 1)), sums: sum((count) => 2 * WIDTH * count), gradients: WIDTH * parameters };
  }
}

/**
 * A network of a link's `settings`, trained by several devices, each a worker with a shard of every batch.
 *
 * Options: `devices`, 1 to 8; `sharing`: `sync` (moments of the whole batch), `averaged` (averages of means and variances,
 * which is another function), `local` (each its own), `group` (Group Normalization, which needs none); `shards`, the rows of
 * each, which may be 0 and are equal if they are not said; `whenLost`, a device: `repeat` the step with the rest, or `refuse`
 * it and all after it, until it is set to `repeat`; `engine`; `hear` is told of `step(told)` and `lost(place)`.
 *
 * `step(count)` promises `{ step, loss, bytes: { moments, sums, gradients }, rows }` of the last of them, `report()` for each
 * living device `{ place, step, accuracy, losses, fingerprint, parameters, statistics: [{ mean, variance }] }`; `formula` is
 * what one device sends in a step, `bytes` what all have sent, `devices` the rows of each and whether it is alive;
 * `kill(place)` ends one, `end()` all. Rejected with a `Refusal` for what cannot be used, with a `DeviceLost` for a device.
 */
export const makeDevices = (settings, options = {}) => new Devices(settings, options);
