// The fault theatre made live: a fault is run in the page's figure, and whether it is there is said from that run's numbers.

import { Figure, PICTURES, nextPicture, readRun } from './figure.js';
import { FAULTS } from './faults.js';
import { FAULT_VALUES } from './fault-values.js';
import { QUANTITIES, shown } from './quantities.js';
import { make, say } from './words.js';

// What no setting says is chosen in the panel itself.
const CHOICES = {
  'unequal-shards': {
    reproduce: { 'devices-shards': 'unequal', 'devices-way': 'averaged' },
    mend: { 'devices-shards': 'unequal', 'devices-way': 'sync' },
  },
};
// Shares that are read in percent, beside those whose names say so.
const SHARES = ['right-batch', 'right-running', 'right-full', 'variance-jump'];

function faultNumber(name, value) {
  return SHARES.includes(name) ? shown('accuracy', value) : shown(name, value);
}

class Theatre {
  #number = 0;

  constructor(main) {
    this.main = main;
    this.element = main.querySelector('batchnorm-lab');
    this.place = main.querySelector('.figure');
    for (const [order, section] of [...main.querySelectorAll('.fault')].entries()) {
      // Where there is one column the figure stands below the fault that it shows.
      section.style.order = 2 * order;
      for (const link of section.querySelectorAll('[data-act]')) this.#button(section, link, order);
    }
  }

  #button(section, link, order) {
    const { act, run } = link.dataset;
    const button = make('button', { type: 'button', className: act === 'mend' ? 'quiet' : '' }, link.textContent);
    button.dataset.act = act;
    button.addEventListener('click', () => {
      this.place.style.order = 2 * order + 1;
      this.#play(section, act, run, link.href);
    });
    link.replaceWith(button);
  }

  async #play(section, act, run, lab) {
    const number = ++this.#number;
    const verdict = section.querySelector('.verdict');
    const tell = (...words) => {
      if (number === this.#number) verdict.replaceChildren(...words);
    };
    for (const other of this.main.querySelectorAll('.verdict')) other.replaceChildren();
    for (const other of this.main.querySelectorAll('.fault')) delete other.dataset.verdict;
    const { settings, steps } = readRun(run);
    const lesson = settings.get('lesson');
    settings.delete('lesson');
    const figure = new Figure(this.element, lesson);
    const busy = make('p', { className: 'status' }, say('training'));
    tell(busy);
    figure.show();
    try {
      await figure.open(settings, true);
      await this.#choose(CHOICES[section.id]?.[act]);
      const history = await this.#run(figure, { settings, steps }, (step) => {
        busy.textContent = say('running', { step, steps });
      });
      busy.textContent = say('training');
      const whole = { history, last: history.at(-1), tables: CHOICES[section.id] ? await figure.tables() : {} };
      if (number === this.#number) this.#judge(section, act, whole, lab);
    } catch (error) {
      tell(make('p', { className: 'failed' }, error.name === 'AbortError' ? say('stopped') : say('failed', { why: error.message })));
    }
  }

  // Snapshots from the start to the stop, or to where the run has ended by itself.
  async #run(figure, { settings, steps }, hear) {
    const history = [await figure.open(settings, true)];
    const isOver = ({ sides }) => sides.every(({ diverged, refused }) => diverged !== null || refused !== null);
    const stride = Math.max(1, Math.ceil(steps / PICTURES));
    while (history.at(-1).step < steps && !isOver(history.at(-1))) {
      const { step } = history.at(-1);
      const wanted = Math.min(step + stride, steps);
      const snapshot = await this.element.step(wanted - step);
      // The reader has begun another run.
      if (snapshot.step !== wanted && !isOver(snapshot)) throw new DOMException('another run', 'AbortError');
      history.push(snapshot);
      hear(snapshot.step);
      await nextPicture();
    }
    return history;
  }

  async #choose(choices = {}) {
    for (const [part, value] of Object.entries(choices)) {
      const find = () => this.element.shadowRoot.querySelector(`[data-part="${part}"]`);
      while (!find()) await nextPicture();
      find().value = value;
      find().dispatchEvent(new Event('change', { bubbles: true }));
    }
  }

  #judge(section, act, run, lab) {
    const value = (name) => (FAULT_VALUES[name] ?? (() => QUANTITIES[name](run.last)))(run);
    const found = FAULTS[section.id](value, act);
    section.dataset.verdict = found ?? 'unclear';
    const mark = { there: 'wrong', gone: 'right' }[found] ?? '';
    const parts = [make('p', { className: `mark ${mark}` }, say(`fault-${found ?? 'unclear'}`))];
    const said = section.querySelector(`template[data-said="${found}"]`)?.content.cloneNode(true);
    for (const place of said?.querySelectorAll('.value') ?? []) place.textContent = faultNumber(place.dataset.value, value(place.dataset.value));
    if (said) parts.push(make('p', {}, said));
    parts.push(make('p', { className: 'status' }, make('a', { href: lab }, say('open-lab'))));
    const verdict = section.querySelector('.verdict');
    verdict.replaceChildren(...parts);
    verdict.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }
}

/** Makes the page of faults live. */
export function beginTheatre(main) {
  return new Theatre(main);
}
