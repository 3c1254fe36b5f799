// What an outside rig holds on to: window.makeCase, window.peerReady, window.peerInfo. Measures nothing itself.
//
// A case runs the lab's own kernels in WebAssembly. Inputs are row-major; they are brought into the core's layout
// (feature-major, rows innermost) once, when the case is made, and read() gives row-major back.

import { makeGpuCase } from './bench-gpu.js';
import { chooseEngine, usableEngines } from './probe.js';

const modules = new Map();

/** The module of an engine, loaded once. */
export function loadEngine(engine) {
  if (!modules.has(engine)) {
    const loading = import(`./bench-${engine}.js`).then(async (module) => {
      await module.default();
      return module;
    });
    // A file that did not arrive may arrive the next time.
    loading.catch(() => modules.delete(engine));
    modules.set(engine, loading);
  }
  return modules.get(engine);
}

const best = usableEngines()[0];
let version = null;

/** Settles when the best engine of this browser is loaded. */
export const peerReady = best
  ? loadEngine(best).then((module) => { version = module.version(); })
  : Promise.reject(new Error('this browser has no WebAssembly'));
peerReady.catch(() => {}); // whoever waits for it hears of it

/** `{ version, engine }` of what `auto` means here. */
export const peerInfo = () => ({ version, engine: best });

/** A case to run, read and dispose of, or `{ unsupported: why }`; never throws for what cannot run. */
export async function makeCase(name, shape, inputs, options = {}) {
  const asked = options.engine ?? 'auto';
  const { engine, reason } = chooseEngine(asked);
  if (!engine || reason === 'asked-unusable') {
    return { unsupported: `engine ${asked} cannot run here; there are: ${usableEngines().join(', ')}` };
  }
  const make = {
    bn_fwd: batchNorm, bn_bwd: batchNorm, bn_fwdbwd: batchNorm, bn_infer: batchNorm, bn_passes: batchNorm, train, hist,
    arithmetic, read: stream, copy: stream,
  }[name];
  if (!make) return { unsupported: `no case ${name}` };
  if (engine === 'webgpu' && name !== 'train') return { unsupported: `engine webgpu does not run ${name}` };
  const module = await loadEngine(engine);
  try {
    return engine === 'webgpu' ? await makeGpuCase(module, describe(module, inputs)) : make(module, name, shape, inputs);
  } catch (error) {
    return { unsupported: `${name}: ${error?.message ?? error}` };
  }
}

const floats = (values) => values instanceof Float32Array ? values : Float32Array.from([values].flat(Infinity).flatMap(
  (part) => ArrayBuffer.isView(part) ? Array.from(part) : [part]));

const nothingQueued = () => {};

/** `{ flops, bytes }` of one call, counted from its shapes (web/bench/src/cost.rs). */
function costOf(own) {
  const { flops, bytes } = own;
  own.free();
  return { flops, bytes };
}

/** Products and sums in registers alone, in one of several ways. */
function arithmetic(module, name, form) {
  return { run: (n) => module.arithmetic(form, n), cost: costOf(module.arithmetic_cost(form)), dispose() {} };
}

/** A walk through an array of so many bytes. */
function stream(module, name, bytes) {
  const own = new module.StreamCase(bytes);
  const run = { read: (n) => own.sum(n), copy: (n) => own.copy(n) }[name];
  return { run, cost: costOf(own.cost()), dispose: () => own.free() };
}

function batchNorm(module, name, shape, inputs) {
  const [rows, features, ...places] = inputs.shape ?? shape;
  const positions = places.reduce((product, side) => product * side, 1);
  const own = new module.BatchNormCase(
    rows, features, positions, floats(inputs.x), floats(inputs.dy ?? new Float32Array(inputs.x.length)),
    floats(inputs.gamma), floats(inputs.beta), floats(inputs.rmean), floats(inputs.rvar), inputs.eps, inputs.mom,
  );
  const run = {
    bn_fwd: (n) => own.forward(n),
    bn_bwd: (n) => own.backward(n),
    bn_fwdbwd: (n) => own.both(n),
    bn_infer: (n) => own.infer(n),
    bn_passes: (n) => own.passes(n),
  }[name];
  const result = {
    bn_fwd: () => ({
      y: own.y(), mean: own.mean(), var: own.variance(), rmean: own.running_mean(), rvar: own.running_variance(),
    }),
    bn_bwd: () => ({ dx: own.d_x(), dgamma: own.d_gamma(), dbeta: own.d_beta() }),
    bn_fwdbwd: () => ({ y: own.y(), dx: own.d_x(), dgamma: own.d_gamma(), dbeta: own.d_beta() }),
    bn_infer: () => ({ yinf: own.y() }),
    bn_passes: () => ({}),
  }[name];
  return {
    run,
    cost: costOf(own.cost(name === 'bn_passes' ? 'bn_fwdbwd' : name)),
    sync: nothingQueued,
    read() {
      own.restart();
      run(1);
      return result();
    },
    dispose: () => own.free(),
  };
}

function hist(module, name, shape, inputs) {
  const own = new module.HistogramCase(floats(inputs.x), inputs.bins ?? shape[1]);
  return {
    run: (n) => own.run(n),
    cost: costOf(own.cost()),
    sync: nothingQueued,
    read() {
      own.run(1);
      return { counts: own.counts(), lo: own.low(), hi: own.high() };
    },
    dispose: () => own.free(),
  };
}

/** The network and its batches, made. */
function describe(module, { spec, X, T, params, eps, mom }) {
  const own = spec.hw ? convolutional(module, spec, X, params, eps, mom) : dense(module, spec, params, eps, mom);
  const targets = [floats(X), T, spec.batch, spec.nb, spec.lr];
  // One output has no softmax: whatever the loss is called, it is a squared error then.
  if (/mse|squar|l2/i.test(spec.loss) || spec.dims?.at(-1) === 1) {
    own.make_regression(targets[0], floats(T), ...targets.slice(2));
  } else {
    own.make_classifier(targets[0], labels(T, spec.batch * spec.nb), ...targets.slice(2));
  }
  return own;
}

function train(module, name, key, inputs) {
  const own = describe(module, inputs);
  return {
    reset: () => own.reset(),
    steps: (n) => own.steps(n),
    run(n) {
      for (let left = n; left > 0; left -= 100) own.steps(Math.min(left, 100));
    },
    sync: nothingQueued,
    parameters: () => own.parameters(),
    cost: costOf(own.cost()),
    dispose: () => own.free(),
  };
}

function dense(module, { dims, act, bn = true }, params, eps, mom) {
  const own = new module.TrainCase(dims[0], 0, 0, eps, mom);
  params.forEach(({ W }, layer) => {
    const isLast = layer === params.length - 1;
    own.affine(floats(W), dims[layer + 1], isLast || !bn);
    if (isLast) return;
    if (bn) own.batch_norm();
    own.activation(act);
  });
  return own;
}

function convolutional(module, { hw, ch, classes, act = 'relu', batch, nb }, X, params, eps, mom) {
  const [height, width] = [hw].flat().concat(hw);
  const kernels = params.slice(0, -1).map(({ W }) => floats(W));
  const outputs = [ch].flat().slice(-kernels.length);
  const last = floats(params.at(-1).W);
  // Images keep their size unless the last layer is made for smaller ones.
  const flat = last.length / classes;
  const pad = flat === height * width * outputs.at(-1) ? 1 : 0;
  const channels = floats(X).length / (batch * nb * height * width);
  const own = new module.TrainCase(channels, height, width, eps, mom);
  kernels.forEach((W, layer) => {
    own.conv(W, outputs[layer], pad);
    own.batch_norm();
    own.activation(act);
  });
  own.affine(last, classes, true);
  return own;
}

/** A class of each row, from classes or from rows of one 1 among zeros. */
function labels(T, rows) {
  const values = floats(T);
  const classes = values.length / rows;
  if (classes === 1) return Uint8Array.from(values);
  return Uint8Array.from({ length: rows }, (_, row) => {
    const one = values.subarray(row * classes, (row + 1) * classes);
    const label = one.indexOf(1);
    if (label < 0 || one.some((share, at) => at !== label && share !== 0)) throw new Error('T is not one-hot');
    return label;
  });
}
