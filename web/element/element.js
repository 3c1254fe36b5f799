// Defines <batchnorm-lab>: a shadow root that is inert until started, then holds the page. Knows no chart and no setting.
//
// Attributes: lesson, state, lang, theme, hide, engine, autoplay; and `page`, for index.html alone: active at once,
// owner of the address' hash; its query may set the attributes too, and `?embed` makes it wait for a click.
// Properties and methods: state, play(), pause(), reset(), step(n), snapshot(). A call starts a lab that is inert; the
// promises of step and snapshot are broken, with the reason, where the settings describe a network that cannot be built.
// Events (bubbling, composed): bnlab-ready, bnlab-frame, bnlab-error.
//
// What the page's module must export:
//   mount(options) -> handle, where options = {
//     host: this element, root: the element inside the shadow root to fill, baseUrl: absolute, ends with a slash,
//     engine: 'scalar' | 'simd128' | 'relaxed' | 'webgpu', engineReason: see probe.js, engines: usable ones, best first,
//     lesson, state, theme, hide: texts, '' where not set, lang: 'en' | 'zh-Hans', texts: its list,
//     fetchTexts: (lang) -> Promise of such a list, autoplay: boolean, isPage: boolean,
//     spawnWorker: (engine) -> Worker, fetchDigits: () -> Promise of a Uint8Array,
//     findGpu: () -> Promise of a boolean, where the engine was left to the page }
//   handle: play(), pause(), reset(), step(n) -> Promise, snapshot() -> Promise, state (get, set),
//     set_option(name, value) for an attribute that changed, stop() and free().

import { chooseEngine, findGpu, usableEngines } from './probe.js';
import { spawnWorker } from './spawn.js';
import texts from './element-texts.js';

const baseUrl = new URL('./', import.meta.url).href;
const OPTIONS = ['lesson', 'state', 'lang', 'theme', 'hide', 'engine'];

// One module for all elements of a document; a failed load may be tried again.
let pageModule;
function loadPage() {
  pageModule ??= import('./app.js')
    .then(async (module) => {
      await module.default();
      return module;
    })
    .catch((error) => {
      pageModule = undefined;
      throw error;
    });
  return pageModule;
}

async function fetchBytes(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return new Uint8Array(await answer.arrayBuffer());
}

// A language's texts. `cache` as of `fetch`: what the browser keeps may be of another build.
async function fetchTexts(tag, cache) {
  const answer = await fetch(`${baseUrl}texts-${tag}.json`, { cache });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  return answer.json();
}

class BatchnormLab extends HTMLElement {
  static observedAttributes = OPTIONS;

  #root; // the child of the shadow root that the page fills
  #handle; // the running page
  #starting; // promise of the handle
  #life = 0; // counts removals, so that a start that was overtaken by one is undone
  #visibility; // waits until the element is seen
  #laterState; // the state set or kept while nothing runs
  #textCache; // 'reload' once the page has refused the texts

  connectedCallback() {
    if (this.#starting) return; // moved within the document
    if (!this.shadowRoot) this.#build();
    if (Object.hasOwn(this, 'state')) {
      // Set before this file was loaded: it hides the accessor.
      const state = this.state;
      delete this.state;
      this.state = state;
    }
    if (this.#isPage && !this.#isEmbedded) this.#start().catch(() => {});
    else this.#rest();
  }

  disconnectedCallback() {
    // A move is a removal and an insertion in one go.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  attributeChangedCallback(name, before, value) {
    if (before === value) return;
    if (name === 'state') this.#laterState = undefined;
    this.#handle?.set_option(name, name === 'engine' ? chooseEngine(value).engine : (value ?? ''));
    if (name === 'lang' && !this.#handle && this.#root?.firstChild) this.#rest();
  }

  get state() {
    return this.#handle ? this.#handle.state : (this.#laterState ?? this.#option('state'));
  }

  set state(text) {
    if (this.#handle) this.#handle.state = String(text);
    else this.#laterState = String(text);
  }

  play() {
    return this.#then((handle) => handle.play());
  }

  pause() {
    return this.#then((handle) => handle.pause());
  }

  reset() {
    return this.#then((handle) => handle.reset());
  }

  step(n = 1) {
    return this.#then((handle) => handle.step(n));
  }

  snapshot() {
    return this.#then((handle) => handle.snapshot());
  }

  async #then(act) {
    return act(await this.#start());
  }

  get #isPage() {
    return this.hasAttribute('page');
  }

  get #isEmbedded() {
    return new URLSearchParams(location.search).has('embed');
  }

  // The attribute; for the page, else the address' query.
  #option(name) {
    const own = this.getAttribute(name);
    if (own !== null || !this.#isPage || name === 'state') return own ?? '';
    return new URLSearchParams(location.search).get(name) ?? '';
  }

  // What the page is to be in: the attribute, else the link, else the document around it, else the browser's own; of
  // these the first that is spoken.
  get #locale() {
    const link = this.#laterState ?? (this.#option('state') || (this.#isPage ? location.hash : ''));
    const named = new URLSearchParams(link.replace(/^#/, '')).get('lang');
    const around = this.#isPage ? '' : document.documentElement.lang;
    const first = (tag) => tag?.split('-')[0].toLowerCase();
    const spoken = [this.#option('lang'), named, around, navigator.language].map(
      (wanted) => Object.keys(texts).find((tag) => first(tag) === first(wanted)));
    return spoken.find(Boolean) ?? 'en';
  }

  #text(key) {
    return texts[this.#locale]?.[key] ?? key;
  }

  #build() {
    const shadow = this.attachShadow({ mode: 'open' });
    const styles = document.createElement('link');
    styles.rel = 'stylesheet';
    styles.crossOrigin = ''; // an isolated page takes nothing else from another origin
    styles.href = `${baseUrl}styles.css`;
    this.#root = document.createElement('div');
    this.#root.className = 'bn-root';
    shadow.append(styles, this.#root);
  }

  // The picture and the start button.
  #rest() {
    const start = document.createElement('button');
    start.className = 'bn-start';
    start.type = 'button';
    start.dataset.part = 'start';
    start.textContent = this.#text('start');
    start.addEventListener('click', () => this.#start().catch(() => {}));
    this.#root.replaceChildren(this.#picture(), start);
    if (!this.hasAttribute('autoplay')) return;
    this.#visibility?.disconnect();
    this.#visibility = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#start().catch(() => {});
    });
    this.#visibility.observe(this);
  }

  #picture() {
    const picture = document.createElement('img');
    picture.className = 'bn-poster';
    picture.crossOrigin = '';
    picture.src = `${baseUrl}poster.svg`;
    picture.alt = this.#text('poster');
    return picture;
  }

  #start() {
    this.#visibility?.disconnect();
    this.#starting ??= this.#load(this.#life).catch((error) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #load(life) {
    if (!this.isConnected) throw new Error('the element is in no document');
    this.#root.setAttribute('aria-busy', 'true');
    let lang;
    let module;
    let list;
    try {
      if (usableEngines().length === 0) throw new Error('this browser has no WebAssembly');
      do {
        lang = this.#locale;
        [module, list] = await Promise.all([loadPage(), fetchTexts(lang, this.#textCache)]);
      } while (lang !== this.#locale); // set anew meanwhile
    } catch (error) {
      if (life === this.#life) this.#fail(error);
      throw error;
    }
    if (life !== this.#life) throw new Error('the element was removed');
    const { engine, reason } = chooseEngine(this.#option('engine'));
    this.#root.removeAttribute('aria-busy');
    this.#root.replaceChildren();
    try {
      this.#handle = module.mount({
        host: this,
        root: this.#root,
        baseUrl,
        engine,
        engineReason: reason,
        engines: usableEngines(),
        lesson: this.#option('lesson'),
        state: this.#laterState ?? this.#option('state'),
        lang,
        texts: list,
        fetchTexts: (tag) => fetchTexts(tag, 'no-cache'),
        theme: this.#option('theme'),
        hide: this.#option('hide'),
        autoplay: this.hasAttribute('autoplay'),
        isPage: this.#isPage,
        spawnWorker,
        findGpu: reason === 'best' && navigator.gpu ? () => findGpu(spawnWorker) : undefined,
        fetchDigits: () => fetchBytes(`${baseUrl}digits/digits.bin`),
      });
    } catch (error) {
      this.#textCache = 'reload'; // the texts are the one thing that may be another the next time
      this.#fail(error);
      throw error;
    }
    return this.#handle;
  }

  #fail(error) {
    const message = String(error?.message ?? error);
    const text = document.createElement('p');
    text.className = 'bn-failed';
    text.setAttribute('role', 'alert');
    text.textContent = `${this.#text('failed')} (${message})`;
    const again = document.createElement('button');
    again.className = 'bn-start';
    again.type = 'button';
    again.textContent = this.#text('again');
    again.addEventListener('click', () => this.#start().catch(() => {}));
    this.#root.removeAttribute('aria-busy');
    this.#root.replaceChildren(this.#picture(), text, again);
    const detail = { code: 'load-failed', message };
    this.dispatchEvent(new CustomEvent('bnlab-error', { bubbles: true, composed: true, detail }));
  }

  // Ends the worker and frees the page's memory; what was set is kept for a later insertion.
  #stop() {
    this.#life += 1;
    this.#visibility?.disconnect();
    this.#starting = undefined;
    if (!this.#handle) return;
    this.#laterState = this.#handle.state;
    this.#handle.stop();
    this.#handle.free();
    this.#handle = undefined;
    this.#root.replaceChildren();
  }
}

if (!customElements.get('batchnorm-lab')) customElements.define('batchnorm-lab', BatchnormLab);
