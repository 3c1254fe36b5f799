// A question: what was answered, whether it is right, and what is said to it. What the run decides is asked of the run.

import { shown } from './quantities.js';
import { make, say } from './words.js';
import { Curve } from './curve.js';

// A number within this factor of the right one is near.
const FACTOR = 2;

export class Question {
  #form;

  #verdict;

  #answers;

  #curve;

  #chart;

  constructor(form, axes = {}) {
    this.#form = form;
    this.#verdict = form.querySelector('.verdict');
    this.#answers = form.querySelector('.answers');
    this.kind = form.dataset.kind;
    this.key = form.dataset.key;
    if (this.kind === 'curve') {
      this.#curve = new Curve(form.querySelector('.draw'), axes[this.key]);
      this.#chart = axes[this.key].chart;
    }
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  /** A button below the answers. */
  act(label, press, isQuiet) {
    const button = make('button', { type: 'button', className: isQuiet ? 'quiet' : '', onclick: press }, label);
    this.#form.querySelector('.acts').append(button);
    return button;
  }

  /** What was chosen, as a text; empty if nothing was. */
  get given() {
    if (this.#curve) return this.#curve.isDrawn ? 'drawn' : '';
    if (this.kind === 'number') return this.#form.querySelector('input').value;
    return this.#form.querySelector('input:checked')?.value ?? '';
  }

  set given(value) {
    for (const input of this.#form.querySelectorAll('input')) {
      if (input.type === 'radio') input.checked = input.value === value;
      else input.value = value;
    }
  }

  /** What was drawn, for the chart of the figure that shows what is then measured. */
  get drawn() {
    if (!this.#chart || !this.given) return undefined;
    return { chart: this.#chart, name: say('curve-guess'), points: this.#curve.points };
  }

  /** Where it is judged. */
  get verdict() {
    return this.#verdict;
  }

  /** Whether it can still be changed. */
  set isOpen(isOpen) {
    this.#form.querySelector('fieldset').disabled = !isOpen;
    if (this.#curve) this.#curve.isOpen = isOpen;
  }

  hideActs() {
    this.#form.querySelector('.acts').hidden = true;
  }

  /** Says what is to be said to the answer; `observed` is what the run gave, if the run decides. Whether it was right. */
  judge(observed) {
    const { given } = this;
    const [right, mine] = this.#places(observed, given);
    const parts = [];
    const isRight = given !== '' && right === mine;
    if (given === '') parts.push(make('p', { className: 'mark' }, say('no-guess')));
    else parts.push(make('p', { className: `mark ${isRight ? 'right' : 'wrong'}` }, say(isRight ? 'right' : 'wrong')));
    if (given !== '' && this.#feedback(mine)) parts.push(...this.#said(mine));
    if (this.kind !== 'choice') parts.push(...this.#observed(observed, right));
    else if (!isRight && given === '') parts.push(...this.#said(right));
    this.#verdict.replaceChildren(...parts);
    this.#form.classList.add('answered');
    return isRight;
  }

  /** Says more to a wrong answer once the run has shown it: which is right, and its words. */
  addRight() {
    if (this.kind !== 'choice' || this.given === this.key || this.given === '') return;
    const label = this.#form.querySelector(`input[value="${this.key}"] + span`).cloneNode(true);
    this.#verdict.append(make('p', { className: 'mark' }, `${say('the-answer')} `, label), ...this.#said(this.key));
  }

  /** Says that something is to be done first; no text takes it back. */
  ask(text) {
    this.#verdict.replaceChildren(...(text ? [make('p', {}, text)] : []));
  }

  // The values of the right answer and of the given one.
  #places(observed, given) {
    if (this.kind === 'choice') return [this.key, given];
    if (this.kind === 'see') return [`${observed}`, given];
    if (this.kind === 'curve') return ['0', given && (this.#curve.compare(observed) ? '0' : '1')];
    const ratio = Number(given) / observed;
    const place = ratio > FACTOR ? '2' : `${Number(ratio * FACTOR >= 1)}`;
    return ['1', given === '' ? '' : place];
  }

  #feedback(value) {
    return this.#answers.querySelector(`.feedback[data-for="${CSS.escape(value)}"]`);
  }

  #said(value) {
    return [...(this.#feedback(value)?.childNodes ?? [])].map((node) => node.cloneNode(true));
  }

  // What the run gave, in the words of the answer that it makes right.
  #observed(observed, right) {
    if (this.kind === 'curve') return [];
    if (this.kind === 'number') {
      return [make('p', { className: 'observed' }, `${say('in-this-run')} `, make('b', {}, shown('', observed)))];
    }
    if (right === this.given) return [];
    if (observed === undefined) return [make('p', { className: 'observed' }, say('no-answer'))];
    const label = this.#feedback(right)?.querySelector('.which');
    if (label) return [make('p', { className: 'observed' }, `${say('try-other')}`)];
    return [make('p', { className: 'observed' }, `${say('exception')} `, make('b', {}, `${observed}`))];
  }
}
