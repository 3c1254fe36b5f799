// A lesson presented to a room: one step a screen beside its figure, large letters, keys as clickers send them.

import { make, say } from './words.js';
import { qrOf } from './qr.js';
import { showCode } from './code-dialog.js';
import { NotesWindow } from './notes-window.js';
import { PresentedFigure } from './presented-figure.js';

const KEYS = {
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  PageDown: 'onward',
  PageUp: 'back',
  ' ': 'onward',
  ArrowDown: 'down',
  ArrowUp: 'up',
  Home: 'first',
  End: 'last',
  Escape: 'leave',
  p: 'leave',
  h: 'answers',
  f: 'freeze',
  b: 'blank',
  '.': 'blank',
  s: 'notes',
  q: 'code',
};
// More panels than this are too small to be read from the last row.
const MOST_PANELS = 2;
// Steps in which the reader changes settings.
const WITH_CONTROLS = ['try'];
// The share of the screen that the text may take for a wide formula.
const WIDEST = 0.62;

let isPresenting = false;

class Presenter {
  #lesson;

  #figure;

  #notes;

  #bar = make('div', { className: 'presenter-bar' });

  #status = make('p', { className: 'presenter-status' });

  #more = make('span', { className: 'more', ariaHidden: true }, '↓');

  #blank = make('div', { className: 'blanked', hidden: true });

  #buttons = {};

  #section;

  // Names of the panels that the teacher has chosen for the step on the screen.
  #chosen;

  #isFrozen = false;

  #wasPlaying = false;

  #ends = new AbortController();

  #watch = new MutationObserver((changes) => this.#changed(changes));

  constructor(lesson) {
    this.#lesson = lesson;
    this.#figure = new PresentedFigure(lesson.element);
    this.#notes = new NotesWindow((name) => this.act(name), (event) => this.#key(event));
  }

  enter() {
    const { main, element } = this.#lesson;
    const { signal } = this.#ends;
    isPresenting = true;
    document.documentElement.classList.add('presented');
    main.classList.remove('answers-hidden');
    this.#status.setAttribute('role', 'status');
    this.#makeBar();
    main.append(this.#status, this.#bar, this.#blank);
    document.addEventListener('keydown', (event) => this.#key(event), { signal });
    addEventListener('resize', () => this.#fit(), { signal });
    addEventListener('pagehide', () => this.#notes.close(), { signal });
    main.addEventListener('course-step', ({ detail }) => this.#show(this.#lesson.section(detail)), { signal });
    // A run that is asked for is a run that is seen.
    main.addEventListener('click', ({ target }) => target.closest('[data-run], .run-it button') && this.#freeze(false), { signal, capture: true });
    main.querySelector('.steps').addEventListener('scroll', () => this.#showMore(), { signal });
    for (const event of ['bnlab-ready', 'bnlab-frame']) element.addEventListener(event, () => this.#ready(), { signal });
    this.#go(this.#inView());
  }

  /** Does what a key or a button of that name says. */
  act(name) {
    const { sections } = this.#lesson;
    const place = sections.indexOf(this.#section);
    const to = (number) => sections[number] && sections[number] !== this.#section && this.#go(sections[number]);
    const acts = {
      next: () => to(place + 1),
      previous: () => to(place - 1),
      first: () => to(0),
      last: () => to(sections.length - 1),
      onward: () => this.#scroll(0.85) || to(place + 1),
      back: () => this.#scroll(-0.85) || to(place - 1),
      down: () => this.#scroll(0.25),
      up: () => this.#scroll(-0.25),
      answers: () => this.#hideAnswers(),
      freeze: () => this.#freeze(!this.#isFrozen),
      blank: () => { this.#blank.hidden = false; },
      notes: () => this.#openNotes(),
      code: () => showCode(this.#address()),
      leave: () => this.#leave(),
    };
    acts[name]();
  }

  #key(event) {
    const { key, target } = event;
    const name = KEYS[key.length === 1 ? key.toLowerCase() : key];
    const panel = this.#figure.panels[Number(key) - 1];
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || (!name && !panel)) return;
    // A dialog closes itself by Escape.
    if (document.querySelector('dialog[open]')) return;
    if (target.closest('input:not([type="radio"]), select, textarea, [contenteditable], .curve') && !key.startsWith('Page')) return;
    if (target.matches('input') && (key.startsWith('Arrow') || key === ' ')) return;
    if (key === ' ' && target.closest('button, summary, a, [role="button"]')) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.#blank.hidden) this.#blank.hidden = true;
    else if (panel) this.#toggle(panel);
    else this.act(name);
  }

  // The step that the reader was at.
  #inView() {
    const seen = this.#lesson.sections.filter((section) => section.dataset.isSeen);
    const own = document.activeElement.closest('.step');
    return own ?? seen.findLast((section) => section.getBoundingClientRect().top < innerHeight / 4) ?? seen[0];
  }

  #go(section) {
    this.#lesson.reveal(section.id);
    this.#lesson.go(section.id);
  }

  #show(section) {
    this.#section?.classList.remove('shown');
    this.#section = section;
    this.#chosen = undefined;
    section.classList.add('shown');
    this.#watch.disconnect();
    this.#watch.observe(section, { childList: true, subtree: true, attributes: true, attributeFilter: ['open', 'class'] });
    this.#lesson.main.querySelector('.steps').scrollTop = 0;
    this.#dress();
    this.#fit();
    this.#tell();
  }

  // The panels that the text of the step names; else those of the step before it.
  #panels() {
    const { panels } = this.#figure;
    const { sections } = this.#lesson;
    const before = sections.slice(0, sections.indexOf(this.#section) + 1);
    for (const section of before.reverse()) {
      const named = [...section.querySelectorAll('.place')].map((mark) => mark.dataset.place);
      const shown = panels.filter((name) => named.includes(name));
      if (shown.length) return shown.slice(0, MOST_PANELS);
    }
    return panels.slice(0, MOST_PANELS);
  }

  #toggle(panel) {
    const shown = this.#chosen ?? this.#panels();
    const others = shown.filter((name) => name !== panel);
    if (!shown.includes(panel)) this.#chosen = [...shown, panel].slice(-MOST_PANELS);
    else if (others.length) this.#chosen = others;
    this.#dress();
  }

  #dress() {
    const shown = this.#chosen ?? this.#panels();
    const hasControls = WITH_CONTROLS.includes(this.#section.id);
    this.#figure.show(hasControls && !this.#chosen ? shown.slice(0, 1) : shown, hasControls);
    const place = this.#buttons.panels;
    place.replaceChildren(...this.#figure.panels.map((name, number) => {
      const press = () => this.#toggle(name);
      const button = make('button', { type: 'button', ariaLabel: say('present-panel', { n: number + 1 }), onclick: press }, `${number + 1}`);
      button.ariaPressed = `${shown.includes(name)}`;
      return button;
    }));
  }

  #ready() {
    this.#figure.keep();
    if (this.#figure.panels.length !== this.#buttons.panels.childElementCount) this.#dress();
  }

  // A formula that is wider than the column of text gets a wider one.
  #fit() {
    const { main } = this.#lesson;
    main.style.removeProperty('--presented-text');
    const steps = main.querySelector('.steps');
    const over = [...this.#section.querySelectorAll('math[display="block"]')].map((formula) => formula.scrollWidth - formula.clientWidth);
    const more = Math.max(0, ...over);
    const width = Math.min(steps.offsetWidth + more, WIDEST * innerWidth);
    if (more > 0) main.style.setProperty('--presented-text', `${width}px`);
    this.#showMore();
  }

  #showMore() {
    const steps = this.#lesson.main.querySelector('.steps');
    this.#more.hidden = steps.scrollTop + steps.clientHeight > steps.scrollHeight - 4;
  }

  // What is said to an answer comes into view.
  #changed(changes) {
    const said = changes.find(({ target, addedNodes }) => addedNodes.length && target.matches('.verdict'));
    said?.target.scrollIntoView({ block: 'nearest' });
    this.#showMore();
  }

  // Whether the text moved.
  #scroll(share) {
    const steps = this.#lesson.main.querySelector('.steps');
    const before = steps.scrollTop;
    steps.scrollTop += share * steps.clientHeight;
    return Math.abs(steps.scrollTop - before) > 1;
  }

  #makeBar() {
    const button = (name, text = say(`present-${name}`)) => {
      const made = make('button', { type: 'button', onclick: () => this.act(name) }, text);
      made.ariaLabel = say(`present-${name}`);
      this.#buttons[name] = made;
      return made;
    };
    this.#buttons.place = make('span', { className: 'place-of-all' });
    this.#buttons.panels = make('span', { className: 'panels' });
    this.#bar.setAttribute('role', 'group');
    this.#bar.setAttribute('aria-label', say('present'));
    this.#bar.append(
      button('previous', '←'),
      this.#buttons.place,
      button('next', '→'),
      this.#more,
      this.#buttons.panels,
      ...['answers', 'freeze', 'notes', 'code', 'leave'].map((name) => button(name)),
    );
    for (const name of ['answers', 'freeze']) this.#buttons[name].ariaPressed = 'false';
  }

  // Where we are: in the bar, and to the teacher.
  #tell() {
    const { sections } = this.#lesson;
    const number = sections.indexOf(this.#section);
    const headingOf = (section) => section?.querySelector('h2').textContent ?? '';
    const place = `${number + 1} / ${sections.length}`;
    this.#buttons.place.textContent = place;
    this.#buttons.previous.disabled = number === 0;
    this.#buttons.next.disabled = number === sections.length - 1;
    this.#notes.show({
      place,
      isFirst: number === 0,
      heading: headingOf(this.#section),
      notes: [...this.#section.querySelectorAll('blockquote')].map((note) => note.cloneNode(true)),
      next: headingOf(sections[number + 1]),
    });
  }

  #hideAnswers() {
    const isHidden = this.#lesson.main.classList.toggle('answers-hidden');
    this.#buttons.answers.ariaPressed = `${isHidden}`;
    this.#status.textContent = isHidden ? say('present-answers-hidden') : '';
    this.#showMore();
  }

  // The run on the screen waits, whoever runs it.
  async #freeze(isFrozen) {
    if (this.#isFrozen === isFrozen) return;
    const { element, figure } = this.#lesson;
    this.#isFrozen = isFrozen;
    this.#buttons.freeze.ariaPressed = `${isFrozen}`;
    this.#status.textContent = isFrozen ? say('present-frozen') : '';
    figure.hold(isFrozen);
    if (isFrozen) this.#wasPlaying = (await element.snapshot()).playing;
    if (this.#wasPlaying) await (isFrozen ? element.pause() : element.play());
  }

  #openNotes() {
    if (this.#notes.open()) this.#tell();
    this.#status.textContent = this.#notes.isOpen ? '' : say('present-blocked');
  }

  #address() {
    return new URL(`../../../#${this.#lesson.figure.state}`, location.href).href;
  }

  #leave() {
    const { main } = this.#lesson;
    this.#freeze(false);
    this.#ends.abort();
    this.#watch.disconnect();
    this.#notes.close();
    this.#figure.leave();
    for (const part of [this.#bar, this.#status, this.#blank]) part.remove();
    main.classList.remove('answers-hidden');
    main.style.removeProperty('--presented-text');
    this.#section.classList.remove('shown');
    document.documentElement.classList.remove('presented');
    isPresenting = false;
    this.#lesson.go(this.#section.id);
  }
}

// Fetched with the first presentation: no reader pays for it.
function dressed() {
  const href = new URL('./presenter.css', import.meta.url).href;
  const there = [...document.querySelectorAll('link[rel="stylesheet"]')].find((link) => link.href === href);
  if (there) return undefined;
  const link = make('link', { rel: 'stylesheet', href });
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => {
      link.remove();
      reject(new Error(href));
    });
  });
}

/** Presents a lesson that is live, from the step in view. */
export async function present(lesson) {
  if (isPresenting) return;
  await dressed();
  if (!isPresenting) new Presenter(lesson).enter();
}
