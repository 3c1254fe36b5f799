// A guess drawn on a chart: with pointer, finger or arrow keys; then what was measured is drawn over it and compared.

import { say } from './words.js';

const WIDE = 400;
const HIGH = 240;
const EDGE = 40;
// Above the plot stands the name of its upright axis, below it those of the other one and of the lines.
const TOP = 28;
const RIGHT = WIDE - 8;
const BOTTOM = HIGH - EDGE;
// Places at which a guess has a value.
const COLUMNS = 24;
// A guess whose mean distance from the curve is less than this share of the axis is near it.
const NEAR = 0.12;
const SVG = 'http://www.w3.org/2000/svg';

const draw = (tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// A scale between values and 0..1, linear or logarithmic.
const scaleOf = ([from, to], isLog) => {
  const at = isLog ? Math.log : (value) => value;
  const back = isLog ? Math.exp : (value) => value;
  const [low, high] = [at(from), at(to)];
  return {
    share: (value) => (at(value) - low) / (high - low),
    value: (share) => back(low + share * (high - low)),
  };
};

// Where an axis has numbers: at its ends, in the middle if that is a whole number, and where it goes in factors at each
// doubling or each factor of ten that has room before the end.
const ticks = ([from, to], isLog) => {
  const middle = (from + to) / 2;
  if (!isLog) return Number.isInteger(middle) ? [from, middle, to] : [from, to];
  const factor = to / from > 1000 ? 10 : 2;
  const all = [from];
  while (all.at(-1) * factor ** 1.5 < to) all.push(all.at(-1) * factor);
  return [...all, to];
};

const figures = (value) => `${Number(value.toPrecision(3))}`.replace('-', '−');

export class Curve {
  #svg;

  #shares = new Array(COLUMNS).fill(undefined);

  #line;

  #cursor = 0;

  #x;

  #y;

  #names;

  isOpen = true;

  constructor(place, axes) {
    const log = axes.log ?? '';
    this.#x = scaleOf(axes.x, log.includes('x'));
    this.#y = scaleOf(axes.y, log.includes('y'));
    this.#svg = draw('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, class: 'curve', tabindex: 0, role: 'application', 'aria-label': say('draw') });
    this.#frame(axes);
    const [x, y] = axes.names[document.documentElement.lang];
    this.#svg.append(
      draw('text', { x: RIGHT, y: HIGH - 4, class: 'tick', 'text-anchor': 'end' }, x),
      draw('text', { x: 0, y: 14, class: 'tick' }, y),
    );
    this.#names = this.#svg.appendChild(draw('text', { x: EDGE, y: HIGH - 4, class: 'tick' }));
    this.#names.append(draw('tspan', { class: 'guess-name' }, say('curve-guess')));
    this.#line = this.#svg.appendChild(draw('path', { class: 'guess' }));
    const hint = document.createElement('p');
    hint.className = 'hint';
    hint.textContent = say('draw');
    place.append(this.#svg, hint);
    this.#svg.addEventListener('pointerdown', (event) => {
      this.#svg.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.#svg.addEventListener('pointermove', (event) => {
      if (event.buttons) this.#point(event);
    });
    this.#svg.addEventListener('keydown', (event) => this.#key(event));
  }

  get isDrawn() {
    return this.#shares.some((share) => share !== undefined);
  }

  /** The guess from left to right, points `[x, y]` in the values of the axes. */
  get points() {
    return this.#whole().map((share, place) => [this.#x.value(place / (COLUMNS - 1)), this.#y.value(share)]);
  }

  /** Draws what was measured, points `[x, y]`, over the guess; whether the guess is near it. */
  compare(points) {
    const measured = points.map(([x, y]) => [this.#x.share(x), this.#y.share(y)]);
    this.#svg.append(draw('path', { class: 'measured', d: this.#path(measured) }));
    this.#names.append(draw('tspan', { class: 'measured-name', dx: 12 }, say('curve-measured')));
    const guess = this.#whole();
    let distance = 0;
    for (const [x, y] of measured) {
      const column = Math.min(COLUMNS - 1, Math.max(0, Math.round(x * (COLUMNS - 1))));
      distance += Math.abs(guess[column] - Math.min(1, Math.max(0, y)));
    }
    return distance / measured.length < NEAR;
  }

  #frame({ x, y, log = '' }) {
    const middle = scaleOf(y, log.includes('y')).value(0.5);
    this.#svg.append(
      draw('path', { class: 'axis', d: `M${EDGE} ${TOP}V${BOTTOM}H${RIGHT}` }),
    );
    for (const value of ticks(x, log.includes('x'))) {
      const at = EDGE + this.#x.share(value) * (RIGHT - EDGE);
      const anchor = { [x[0]]: 'start', [x[1]]: 'end' }[value] ?? 'middle';
      this.#svg.append(
        draw('path', { class: 'axis', d: `M${at} ${BOTTOM}v4` }),
        draw('text', { x: at, y: BOTTOM + 18, class: 'tick', 'text-anchor': anchor }, figures(value)),
      );
    }
    for (const [share, value] of [[0, y[0]], [0.5, middle], [1, y[1]]]) {
      const at = BOTTOM + share * (TOP - BOTTOM) + 4;
      this.#svg.append(draw('text', { x: EDGE - 6, y: at, class: 'tick', 'text-anchor': 'end' }, figures(value)));
    }
  }

  #point(event) {
    if (!this.isOpen) return;
    event.preventDefault();
    const box = this.#svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDE;
    const y = ((event.clientY - box.top) / box.height) * HIGH;
    const column = Math.round(((x - EDGE) / (RIGHT - EDGE)) * (COLUMNS - 1));
    this.#set(Math.min(COLUMNS - 1, Math.max(0, column)), (BOTTOM - y) / (BOTTOM - TOP));
  }

  #key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
    const move = moves[event.key];
    if (!move || !this.isOpen) return;
    event.preventDefault();
    this.#cursor = Math.min(COLUMNS - 1, Math.max(0, this.#cursor + move[0]));
    this.#set(this.#cursor, this.#whole()[this.#cursor] + move[1]);
  }

  #set(column, share) {
    this.#cursor = column;
    this.#shares[column] = Math.min(1, Math.max(0, share));
    this.#line.setAttribute('d', this.#path(this.#whole().map((value, place) => [place / (COLUMNS - 1), value])));
  }

  // Between places that were drawn it is a straight line, beyond them level.
  #whole() {
    const drawn = this.#shares.map((share, place) => [place, share]).filter(([, share]) => share !== undefined);
    if (!drawn.length) return this.#shares.map(() => 0.5);
    return this.#shares.map((_, place) => {
      const after = drawn.find(([other]) => other >= place) ?? drawn.at(-1);
      const before = drawn.findLast(([other]) => other <= place) ?? drawn[0];
      if (before[0] === after[0] || place <= before[0]) return before[1];
      if (place >= after[0]) return after[1];
      return before[1] + ((after[1] - before[1]) * (place - before[0])) / (after[0] - before[0]);
    });
  }

  #path(points) {
    const at = ([x, y]) => `${(EDGE + x * (RIGHT - EDGE)).toFixed(1)} ${(BOTTOM + y * (TOP - BOTTOM)).toFixed(1)}`;
    return points.length ? `M${points.map(at).join('L')}` : '';
  }
}
