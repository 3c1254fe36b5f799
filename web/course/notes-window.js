// The teacher's own window: notes of the step on the screen, what comes next, how long it has taken, and the way on.

import { make, say } from './words.js';

const minutes = (millis) => {
  const seconds = Math.floor(millis / 1000);
  return `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}`;
};

export class NotesWindow {
  #act;

  #key;

  #began = Date.now();

  #window;

  #clock;

  /** `act(name)` does what a button says; `key` hears keys as the room's own page does. */
  constructor(act, key) {
    this.#act = act;
    this.#key = key;
  }

  get isOpen() {
    return Boolean(this.#window) && !this.#window.closed;
  }

  /** Opens it, or brings it to the front; whether the browser let it. */
  open() {
    if (this.isOpen) {
      this.#window.focus();
      return true;
    }
    this.#window = window.open('', '', 'popup,width=760,height=600');
    if (!this.isOpen) return false;
    const { document: page } = this.#window;
    // Written, not only built: some browsers put an empty document in place of one that was never written.
    page.open();
    page.write('<!doctype html><html><head><meta charset="utf-8"></head><body class="notes-window"></body></html>');
    page.close();
    page.documentElement.lang = document.documentElement.lang;
    page.title = say('present-notes');
    for (const { href } of document.querySelectorAll('link[rel="stylesheet"]')) {
      page.head.append(Object.assign(page.createElement('link'), { rel: 'stylesheet', href }));
    }
    page.addEventListener('keydown', this.#key);
    this.#clock = setInterval(() => this.#tick(), 500);
    return true;
  }

  /** Says what a step's notes say: nodes; and the next step's heading, empty after the last. */
  show({ place, isFirst, heading, notes, next }) {
    if (!this.isOpen) return;
    const { body } = this.#window.document;
    const button = (name, isOff) => make('button', { type: 'button', disabled: isOff, onclick: () => this.#act(name) }, say(`present-${name}`));
    const said = notes.length ? notes : [make('p', { className: 'status' }, say('present-no-notes'))];
    const step = make('h1', {}, heading);
    step.setAttribute('aria-live', 'polite');
    body.replaceChildren(
      make('p', { className: 'kind' }, place, ' · ', make('time', {}, minutes(Date.now() - this.#began))),
      step,
      ...said,
      make('p', { className: 'notes-next' }, next ? `${say('present-then')} ${next}` : say('present-end')),
      make('p', { className: 'notes-acts' }, button('previous', isFirst), button('next', !next)),
    );
  }

  close() {
    clearInterval(this.#clock);
    this.#window?.close();
  }

  #tick() {
    if (!this.isOpen) {
      clearInterval(this.#clock);
      return;
    }
    const time = this.#window.document.querySelector('time');
    if (time) time.textContent = minutes(Date.now() - this.#began);
  }
}
