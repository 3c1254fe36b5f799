// Times cases: so many calls that the browser's clock is fine enough, contenders in turn so that a machine that slows
// down slows all of them, medians of several runs. Draws nothing.

/** One timed run is at least this long; Chromium's clock ticks every 0.1 ms. */
const RUN_MILLIS = 20;
/** Before it counts, code runs this long: the browser compiles it meanwhile. */
const WARM_MILLIS = 150;

/** Lets the page breathe. */
export const pause = () => new Promise((done) => { setTimeout(done, 0); });

function time(contender, calls) {
  const start = performance.now();
  contender.run(calls);
  return performance.now() - start;
}

async function warm(contender) {
  let calls = 1;
  let spent = 0;
  let last = time(contender, 1);
  while (spent < WARM_MILLIS || last < RUN_MILLIS) {
    if (last < RUN_MILLIS) calls = Math.ceil(calls * Math.min(10, (1.3 * RUN_MILLIS) / Math.max(last, 0.1)));
    await pause();
    last = time(contender, calls);
    spent += last;
  }
  return calls;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Microseconds of one call of each contender, median of `runs`: `[micros]`, in their order.
 * `advance(share)` is told how far it is; it returns false to stop, and then there is no result (null).
 */
export async function measure(contenders, runs, advance) {
  const calls = [];
  const total = contenders.length * (runs + 1);
  let done = 0;
  const step = async () => {
    done += 1;
    await pause();
    return advance(done / total);
  };
  for (const contender of contenders) {
    calls.push(await warm(contender));
    if (!await step()) return null;
  }
  const millis = contenders.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (let place = 0; place < contenders.length; place += 1) {
      millis[place].push(time(contenders[place], calls[place]) / calls[place]);
      if (!await step()) return null;
    }
  }
  return millis.map((all) => 1000 * median(all));
}
