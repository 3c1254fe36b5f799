// A lesson's page made live: its steps one after another, the guess before the run, what was seen answered from the run.

import { Figure, readRun, settingsOf } from './figure.js';
import { followGoals, writeValues } from './goals.js';
import { followFigures, followOrigins } from './origins.js';
import { followPlaces } from './places.js';
import { keepProgress, readProgress } from './progress.js';
import { Question } from './questions.js';
import { make, say } from './words.js';

// Parts of the page whose control has another name.
const PARTS = { lr: 'learning-rate', noise: 'data-noise', stats: 'statistics-switch' };

class Lesson {
  constructor(main, { observations, axes }) {
    this.main = main;
    this.id = main.dataset.lesson;
    this.observations = observations;
    this.element = main.querySelector('batchnorm-lab');
    this.figure = new Figure(this.element, this.id);
    this.sections = [...main.querySelectorAll('.step')];
    this.questions = new Map();
    for (const section of this.sections) {
      const forms = [...section.querySelectorAll('form')];
      this.questions.set(section.id, forms.map((form) => new Question(form, axes)));
    }
  }

  section(id) {
    return this.sections.find((section) => section.id === id);
  }

  begin() {
    this.#rail();
    this.#plain();
    this.#guess();
    this.#run();
    this.#see();
    this.#recall();
    this.#end();
    followPlaces(this.main, this.element, (name) => PARTS[name] ?? name);
    const preset = JSON.parse(this.main.dataset.preset);
    const before = readProgress()[this.id] ?? {};
    const goals = followGoals(this.section('try'), preset, before.goals ?? [], (reached) => keepProgress(this.id, { goals: reached }));
    followFigures(this.main, this.element);
    const origins = followOrigins(this.main, this.element, preset);
    this.figure.follow((snapshot) => {
      origins();
      writeValues(this.main, snapshot, this.isElsewhere);
      goals(snapshot);
      if (this.ranTo !== undefined && snapshot.step !== this.ranTo) {
        this.ranTo = undefined;
        this.figure.say('');
      }
    });
    const asked = new URLSearchParams(location.search).get('step') ?? location.hash.slice(1);
    const kept = before.step;
    this.reveal('problem');
    for (const id of [kept, asked]) if (this.section(id)) this.reveal(id);
    if (this.section(asked)) this.go(asked);
    this.#start();
  }

  // The figure stands in the state of the problem.
  async #start() {
    const mark = this.section('problem').querySelector('[data-run]');
    // Who comes back to a later step has the figure in the run of the lesson, and can use it.
    const isLater = Boolean(this.section('see').dataset.isSeen);
    this.figure.free(isLater);
    if (!isLater) this.figure.say(say('before-run'));
    const run = isLater ? { ...this.#lessonRun(), steps: 0 } : readRun(mark?.dataset.run ?? '');
    try {
      await this.figure.run(run, (snapshot) => writeValues(this.main, snapshot, this.isElsewhere));
      this.main.dataset.stands = 'problem';
    } catch (error) {
      this.fail(error);
    }
  }

  // Shows every step up to that one.
  reveal(id) {
    const last = this.sections.findIndex((section) => section.id === id);
    for (const [place, section] of this.sections.entries()) {
      if (place <= last) section.hidden = false;
      else if (!section.dataset.isSeen) section.hidden = true;
      if (place <= last) section.dataset.isSeen = '1';
      const onward = section.querySelector('.onward');
      if (onward && place < last) onward.hidden = true;
    }
    this.#mark();
    const steps = this.sections.filter((section) => section.dataset.isSeen);
    keepProgress(this.id, { step: steps.at(-1).id });
  }

  go(id) {
    this.main.dispatchEvent(new CustomEvent('course-step', { detail: id }));
    if (id === 'try' && this.isElsewhere) this.#putBack();
    for (const [place, link] of [...this.rail.children].entries()) {
      if (this.sections[place].id === id) link.setAttribute('aria-current', 'step');
      else link.removeAttribute('aria-current');
    }
    const section = this.section(id);
    const heading = section.querySelector('h2');
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    // A presenter shows it from its top.
    if (!section.matches('.shown')) section.scrollIntoView({ block: 'start', behavior: 'smooth' });
  }

  #next(section) {
    const next = this.sections[this.sections.indexOf(section) + 1];
    this.reveal(next.id);
    this.go(next.id);
  }

  // The button to the next step; gone once that is there.
  #onward(section, isHidden) {
    const button = make('button', { type: 'button', hidden: isHidden }, say('continue'));
    const place = make('p', { className: 'live acts onward' }, button);
    button.addEventListener('click', () => this.#next(section));
    return place;
  }

  #rail() {
    this.rail = make('nav', { className: 'rail' });
    this.rail.setAttribute('aria-label', say('steps'));
    for (const section of this.sections) {
      const link = make('a', { href: `#${section.id}` }, say(`step-${section.id}`));
      link.addEventListener('click', (event) => {
        event.preventDefault();
        this.reveal(section.id);
        this.go(section.id);
      });
      this.rail.append(link);
    }
    this.main.querySelector('.figure').append(this.rail);
  }

  #mark() {
    for (const [place, link] of [...this.rail.children].entries()) {
      link.classList.toggle('seen', Boolean(this.sections[place].dataset.isSeen));
    }
  }

  // Steps that are read: a button to the next.
  #plain() {
    for (const id of ['problem', 'why', 'not-so', 'try', 'recall']) {
      const section = this.section(id);
      // The first lessons have none to ask again.
      if (!section) continue;
      section.append(this.#onward(section, false));
    }
    for (const mark of this.main.querySelectorAll('#not-so [data-run], #try [data-run]')) {
      mark.tabIndex = 0;
      mark.setAttribute('role', 'button');
      const press = () => {
        this.isElsewhere = true;
        this.#play(readRun(mark.dataset.run));
      };
      mark.addEventListener('click', press);
      mark.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        press();
      });
    }
  }

  #guess() {
    const section = this.section('guess');
    const [question] = this.questions.get('guess');
    const go = (isGiven) => {
      if (isGiven && !question.given) {
        question.ask(say('choose-first'));
        return;
      }
      if (!isGiven) question.given = '';
      question.ask('');
      close();
      keepProgress(this.id, { guess: question.given });
      this.element.guess(question.given, question.drawn).catch((error) => this.fail(error));
      this.#next(section);
    };
    const close = () => {
      question.isOpen = false;
      question.hideActs();
    };
    const before = readProgress()[this.id];
    if (before?.guess !== undefined) {
      question.given = before.guess;
      close();
    }
    question.act(say('commit'), () => go(true));
    question.act(say('skip'), () => go(false), true);
  }

  #lessonRun() {
    return readRun(this.section('run').querySelector('.run-it').dataset.runIt);
  }

  #run() {
    const section = this.section('run');
    const place = section.querySelector('.run-it');
    const status = make('p', { className: 'status' });
    status.setAttribute('role', 'status');
    const onward = this.#onward(section, true);
    const back = make('button', { type: 'button', className: 'quiet to-figure', hidden: true }, say('back-to-step'));
    const { verdict } = this.questions.get('guess')[0];
    back.addEventListener('click', () => this.go('run'));
    this.main.querySelector('.figure').append(back);
    const button = make('button', { type: 'button', className: 'main' }, say('run'));
    // It keeps the focus while the run goes on.
    const busy = (isBusy) => button.setAttribute('aria-disabled', `${isBusy}`);
    button.addEventListener('click', async () => {
      if (button.ariaDisabled === 'true') return;
      busy(true);
      this.ranTo = undefined;
      const run = this.#lessonRun();
      // The second time with another seed: one run is an example.
      if (this.hasRun) run.settings.set('seed', this.#nextSeed());
      this.isElsewhere = false;
      const told = (text) => {
        status.textContent = text;
        this.figure.say(text);
      };
      const isDone = await this.#play(run, (done) => told(say('running', { step: done, steps: run.steps })), true);
      // Kept with the run: what panels say later may be of another.
      if (isDone) this.tables = await this.figure.tables(() => told(say('training')));
      busy(false);
      // The figure's own sentence is paced, and may still be of an earlier step: it has its place back with the next change.
      this.ranTo = isDone ? this.figure.history.at(-1).step : undefined;
      if (isDone) told(say('ran', { steps: run.steps }));
      else {
        told('');
        status.textContent = say('stopped');
      }
      if (!isDone) return;
      button.textContent = say('run-again');
      this.hasRun = true;
      this.#judgeGuess();
      onward.firstChild.hidden = false;
      back.hidden = false;
      verdict.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    });
    // What is said to the guess stands where the run was started: it is what the run has shown.
    place.append(make('div', { className: 'acts' }, button, status), verdict, onward);
  }

  // Goals are tried in the run of the lesson, not in that of the refutation.
  async #putBack() {
    this.isElsewhere = false;
    try {
      await this.figure.open(this.#lessonRun().settings, true);
    } catch (error) {
      this.fail(error);
    }
  }

  #nextSeed() {
    const seed = settingsOf(this.figure.state).get('seed') ?? JSON.parse(this.main.dataset.preset).seed;
    return `${(Number(seed) + 1) % 1_000_000}`;
  }

  // Runs it to its stop; whether it came there.
  async #play(run, hear = () => {}, isFresh = false) {
    this.figure.show();
    this.figure.free(true);
    try {
      await this.figure.run(run, (snapshot, done = 0) => {
        writeValues(this.main, snapshot, this.isElsewhere);
        hear(done);
      }, isFresh);
      return true;
    } catch (error) {
      // A reset or another run by the reader is no fault.
      if (error?.name !== 'AbortError') this.fail(error);
      return false;
    }
  }

  #observe(name) {
    return this.observations[name]({ history: this.figure.history, tables: this.tables ?? {} });
  }

  #judgeGuess() {
    const [question] = this.questions.get('guess');
    const observed = question.kind === 'choice' ? undefined : this.#observe(question.key);
    question.judge(observed);
    question.addRight();
  }

  #see() {
    const section = this.section('see');
    const [question] = this.questions.get('see');
    const onward = this.#onward(section, true);
    const toFigure = question.act(say('show-figure'), () => this.figure.show(), true);
    toFigure.classList.add('to-figure');
    question.act(say('check'), () => {
      if (!question.given || !this.hasRun) {
        question.ask(say(this.hasRun ? 'choose-first' : 'run-first'));
        return;
      }
      question.judge(this.#observe(question.key));
      onward.firstChild.hidden = false;
    });
    section.append(onward);
  }

  #recall() {
    for (const question of this.questions.get('recall') ?? []) {
      question.act(say('check'), () => question.given && question.judge());
    }
  }

  #end() {
    const section = this.section('take-home');
    const copy = make('button', { type: 'button', className: 'quiet' }, say('link'));
    const address = () => new URL(`../../../#${this.figure.state}`, location.href).href;
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(address());
        copy.textContent = say('copied');
      } catch {
        // Where the clipboard is refused the address itself is shown, to be copied by hand.
        copy.replaceWith(make('input', { readOnly: true, value: address(), className: 'address' }));
      }
    });
    const open = make('a', { className: 'open' }, say('open-lab'));
    for (const event of ['pointerdown', 'focus', 'click']) {
      open.addEventListener(event, () => { open.href = address(); });
    }
    open.href = address();
    const next = document.querySelector('a[rel="next"]');
    const done = make('button', { type: 'button' }, next ? `${say('next')} →` : say('finished'));
    done.addEventListener('click', () => {
      keepProgress(this.id, { done: true });
      done.textContent = say('finished');
      if (next) location.href = next.href;
      else location.href = document.querySelector('a.home').href;
    });
    section.append(make('p', { className: 'live acts' }, done, copy, open));
  }

  fail(error) {
    const place = this.main.querySelector('.figure');
    place.querySelector('.failed')?.remove();
    const text = make('p', { className: 'failed' }, say('failed', { why: error?.message ?? error }));
    text.setAttribute('role', 'alert');
    place.append(text);
  }
}

/** Makes the page of a lesson live, and gives it. */
export function beginLesson(main, known) {
  const lesson = new Lesson(main, known);
  lesson.begin();
  return lesson;
}
