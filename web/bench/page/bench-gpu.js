// Training cases on the GPU, for bench-case.js. Measures nothing: it starts, and waits for the answer.

/** Steps started at once. */
const AT_ONCE = 64;

const gpus = new WeakMap();

/** The GPU of a module, asked for once; a refusal may be tried again. */
function gpuOf(module) {
  if (!gpus.has(module)) {
    const asking = module.acquire();
    asking.catch(() => gpus.delete(module));
    gpus.set(module, asking);
  }
  return gpus.get(module);
}

// A message to oneself comes right after those that wait; a timer would be clamped to 4 ms.
const { port1, port2 } = new MessageChannel();
const waiting = [];
port1.onmessage = () => waiting.shift()?.();
const yielded = () => new Promise((done) => {
  waiting.push(done);
  port2.postMessage(0);
});

async function answer(own) {
  while (!own.is_done(performance.now())) await yielded();
}

/** `described` is a `TrainCase` with its network made; it is freed. */
export async function makeGpuCase(module, described) {
  const own = await module.GpuCase.make(await gpuOf(module), described);
  const cost = described.cost();
  const { flops, bytes } = cost;
  cost.free();
  described.free();
  const run = async (n) => {
    for (let left = n; left > 0; left -= AT_ONCE) {
      own.start(Math.min(left, AT_ONCE));
      await answer(own);
    }
  };
  return {
    reset: () => own.reset(),
    run,
    async steps(n) {
      await run(n);
      return own.loss();
    },
    sync() {}, // run has waited
    cost: { flops, bytes },
    copyBytes: own.copy_bytes(),
    async copy() {
      own.start_copy();
      await answer(own);
    },
    dispose: () => own.free(),
  };
}
