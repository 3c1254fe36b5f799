// The contract of <batchnorm-lab>: attributes, properties, methods, events, slots. web/e2e/tests/site/element.rs holds
// element.js to it.

/** Figures of a run at a step; `sides` has both networks, the rest is of the last one. JSON knows no NaN: null. */
export interface Snapshot extends FrameDetail {
  layers: object[];
  sides: object[];
  /** A link's text. */
  state: string;
}

/** What `bnlab-frame` tells. */
export interface FrameDetail {
  index: number;
  norm: string;
  run: number;
  step: number;
  epoch: number;
  engine: string;
  playing: boolean;
  loss: { batch: number | null; train: number | null; eval: number | null };
  accuracy: {
    train: number | null;
    eval_batch: number | null;
    eval_running: number | null;
    eval_full: number | null;
  };
  /** The step at which it diverged. */
  diverged: number | null;
  /** Why it cannot train. */
  refused: string | null;
}

/** What `bnlab-error` tells: `load-failed`, `refused-by-policy`, `worker`, or the code of what the run refused. */
export interface ErrorDetail {
  code: string;
  message: string;
}

/**
 * Attributes:
 * - `lesson`: which figure. Set later, it opens that lesson under what `state` sets; removed, the run stays.
 * - `state`: a link's text. `lang`, `theme` (`auto`, `light`, `dark`), `hide` (names of controls), `engine`.
 * - `view`: `figure` (default), `lesson`, `lab`; `panels`: up to three names.
 * - `loading`: when the still picture is fetched, `lazy` (default: near the viewport) or `eager`.
 * - `reveal`: `interaction` (default: a press starts and plays) or `auto` (starts once seen).
 * - `autoplay`: starts and plays once seen; under reduced motion it waits for a press. Set later, it plays.
 * - `poster`: address of a picture in place of the still one.
 *
 * Slots: `poster` (in place of the still picture), `caption`. Other children are read where there is no JavaScript.
 *
 * A call starts an element that is inert. Each promise settles once. A removal rejects what waits with an `AbortError`,
 * a lost worker or settings that describe no network with an `Error`.
 */
export class BatchnormLabElement extends HTMLElement {
  /** The text of a link to the run on the screen; set, it opens that run. */
  state: string;
  /** Kept once the run plays; out of sight at once: it goes on when it is seen. */
  play(): Promise<void>;
  /** Kept once the run stands: `snapshot()` then says so. */
  pause(): Promise<void>;
  /** Kept once the fresh run is there, at step 0. */
  reset(): Promise<void>;
  /**
   * Kept when `n` more steps are made, or the run can make no more. What plays is paused first; steps asked for earlier
   * are made before. Broken with an `AbortError` by a pause, a reset or another run.
   * @param n a whole number from 0 to 1 000 000, 1 if left out; else a `RangeError`, a `TypeError` if no number
   */
  step(n?: number): Promise<Snapshot>;
  /** The whole observation, whatever panels are shown. */
  snapshot(): Promise<Snapshot>;
  addEventListener<K extends keyof BatchnormLabEventMap>(
    type: K,
    listener: (this: BatchnormLabElement, event: BatchnormLabEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** They bubble and are composed. */
export interface BatchnormLabEventMap extends HTMLElementEventMap {
  'bnlab-ready': CustomEvent<Record<string, never>>;
  'bnlab-frame': CustomEvent<FrameDetail>;
  'bnlab-error': CustomEvent<ErrorDetail>;
}

/** Where the other files are, if not beside element.js; ends with a slash. */
export function setBasePath(path: string): void;

declare global {
  interface HTMLElementTagNameMap {
    'batchnorm-lab': BatchnormLabElement;
  }
}
