// Asks the browser which worker builds it can run, by having it validate two tiny modules, and a worker
// whether it has a GPU.

// A module with one function of the given body; every length fits one byte.
function moduleOf(...body) {
  const code = [0x00, ...body, 0x0b]; // no locals, end
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // "\0asm", version 1
    0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // one type: () -> ()
    0x03, 0x02, 0x01, 0x00, // one function of it
    0x0a, code.length + 2, 0x01, code.length, ...code,
  ]);
}

const ZERO_LANES = [0x43, 0, 0, 0, 0, 0xfd, 0x13]; // f32.const 0, f32x4.splat
const DROP = 0x1a;

// Best first. `scalar` needs nothing beyond plain WebAssembly.
const NEEDS = [
  ['relaxed', [...ZERO_LANES, ...ZERO_LANES, ...ZERO_LANES, 0xfd, 0x85, 0x02, DROP]], // f32x4.relaxed_madd
  ['simd128', [...ZERO_LANES, ...ZERO_LANES, 0xfd, 0xe4, 0x01, DROP]], // f32x4.add
  ['scalar', []],
];

/** The engines this browser can run, best first; empty without WebAssembly. */
export function usableEngines() {
  if (typeof WebAssembly !== 'object') return [];
  const names = NEEDS.filter(([, body]) => WebAssembly.validate(moduleOf(...body))).map(([name]) => name);
  // Last: never the best for a tiny network, and whether there is an adapter is known only once it was asked for.
  return names.includes('simd128') && navigator.gpu ? [...names, 'webgpu'] : names;
}

/**
 * Promises whether a worker has a GPU worth using. A worker is asked, as training happens there and a
 * browser may have WebGPU in pages alone. `spawn` starts one of an engine.
 */
export function findGpu(spawn) {
  return new Promise((resolve) => {
    const worker = spawn('probe');
    const tell = (found) => {
      worker.terminate();
      resolve(found);
    };
    worker.onmessage = ({ data }) => tell(data.gpu === true);
    worker.onerror = () => tell(false);
  });
}

/**
 * Which engine to run and why: `asked` if it can run here, else the best, or the given one.
 * `reason` is `asked`, `best` or `asked-unusable`.
 */
export function chooseEngine(asked, usable = usableEngines(), best = usable[0]) {
  if (!asked || asked === 'auto') return { engine: best, reason: 'best' };
  if (usable.includes(asked)) return { engine: asked, reason: 'asked' };
  return { engine: best, reason: 'asked-unusable' };
}
