// The figure of a lesson, driven by the element's contract alone: opens runs, steps them to a stated stop, keeps what was seen.

// About as many points as a curve of its width can show, and as many pictures as an eye follows.
export const PICTURES = 160;

export const nextPicture = () => new Promise((resolve) => {
  // A page out of sight is given no pictures.
  if (document.hidden) resolve();
  else requestAnimationFrame(resolve);
});

/** The settings of a link's text: changes made on the way count as if made at the start. */
export function settingsOf(link) {
  const settings = new URLSearchParams(link);
  for (const change of (settings.get('changes') ?? '').split(',').filter(Boolean)) {
    const [name, value] = change.slice(change.indexOf(':') + 1).split('=');
    settings.set(name, value);
  }
  for (const name of ['changes', 'at']) settings.delete(name);
  return settings;
}

/** What a mark `run:` asks for: settings, and steps if it names them. */
export function readRun(text) {
  const settings = new URLSearchParams(text);
  const steps = Number(settings.get('steps') ?? 0);
  settings.delete('steps');
  return { settings, steps };
}

export class Figure {
  #element;

  #lesson;

  #held;

  #release;

  /** Snapshots of the last run, from its start to its stop. */
  history = [];

  constructor(element, lesson) {
    this.#element = element;
    this.#lesson = lesson;
  }

  /** Opens the run of the lesson with these settings over those in force, or over the lesson's own. */
  async open(settings, isFresh) {
    const link = isFresh ? new URLSearchParams() : settingsOf(this.#element.state);
    link.delete('lesson');
    for (const [name, value] of settings) link.set(name, value);
    const text = decodeURIComponent(`${link}`);
    this.#element.state = `lesson=${this.#lesson}${text && `&${text}`}`;
    const first = await this.#element.snapshot();
    this.history = [first];
    return first;
  }

  /** Opens a run and steps it to its stop, as fast as it can be watched; `hear` gets each snapshot. */
  async run({ settings, steps }, hear, isFresh) {
    const first = await this.open(settings, isFresh);
    hear(first);
    const stride = Math.max(1, Math.ceil(steps / PICTURES));
    for (let done = 0; done < steps;) {
      const now = Math.min(stride, steps - done);
      const snapshot = await this.#element.step(now);
      done += now;
      // The reader has begun another run, or gone back in this one.
      if (snapshot.step !== first.step + done) throw new DOMException('another run', 'AbortError');
      this.history.push(snapshot);
      hear(snapshot, done);
      await nextPicture();
      await this.#held;
    }
    return this.history;
  }

  /** Holds a run between two of its pictures, or lets it go on. */
  hold(isHeld) {
    this.#release?.();
    this.#held = isHeld ? new Promise((resolve) => { this.#release = resolve; }) : undefined;
  }

  /** Says something in the place of the figure's own caption; nothing gives the place back. */
  say(text) {
    this.#element.querySelector('[slot="caption"]')?.remove();
    if (!text) return;
    const caption = document.createElement('span');
    caption.slot = 'caption';
    caption.textContent = text;
    this.#element.append(caption);
  }

  /** Which of its transport the reader has. */
  free(isFree) {
    this.#element.setAttribute('hide', isFree ? 'title' : 'title,play,step,reset');
  }

  /** Calls `hear` with a snapshot after whatever changes, one at a time. */
  follow(hear) {
    let isBusy = false;
    this.#element.addEventListener('bnlab-frame', async () => {
      if (isBusy) return;
      isBusy = true;
      try {
        hear(await this.#element.snapshot());
      } catch {
        // The run was replaced meanwhile: another frame comes.
      }
      isBusy = false;
    });
  }

  /** Brings it into view. */
  show() {
    this.#element.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }

  /** What each panel says, once all is there that it trains or measures beside the run; `hear` is called while it is not. */
  async tables(hear = () => {}) {
    const names = [...this.#element.shadowRoot.querySelectorAll('.figure-panel')].map((place) => place.dataset.panel);
    const tables = {};
    for (const name of names) {
      tables[name] = await this.#element.snapshot(name);
      while (!tables[name].whole) {
        hear();
        await nextPicture();
        tables[name] = await this.#element.snapshot(name);
      }
    }
    return tables;
  }

  get state() {
    return this.#element.state;
  }
}
