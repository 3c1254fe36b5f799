// Defines <batchnorm-lab>: a still picture under one button. All else is lab.js and comes with the start. The contract of
// the element is contract.json.

import texts from './start-texts.js';

// From 560 px of width on the box is 460 px high, below it 680. A spacer that is never narrower than 320 px gives a width to
// parents that are as narrow as can be.
// Here and below, what may stand in any order stands in the one that packs smallest.
const STYLE = ':host(:not([hidden])){box-sizing:border-box;width:100%;display:block;break-inside:avoid;writing-mode:horizontal-tb}'
  + ':host([theme=light]){color-scheme:light}'
  + ':host([theme=dark]){color-scheme:dark}'
  + '.bn-box{container:lab/inline-size}'
  + '.bn-root{all:initial;display:block;position:relative;visibility:inherit;color-scheme:inherit;direction:ltr}'
  + '.bn-still{height:680px;overflow:hidden}'
  + '@container lab (min-width:560px){.bn-still{height:460px}}'
  + ':host>canvas{min-width:320px;max-width:100%;display:block}'
  + '.bn-start{position:absolute;inset:0;width:100%;cursor:pointer;outline-offset:-3px;background:none;border:0}'
  + '.bn-mark::after{content:"▶";position:absolute;inset:calc(50% - 32px);font:32px/64px system-ui;background:#222;color:#fff}'
  + '[name=poster]>*{height:100%;width:100%}'
  + '[name=caption]{position:absolute;bottom:0}';

let base; // where the other files are, if not beside this one
/** `path` ends with a slash. */
export const setBasePath = (path) => {
  base = new URL(path, document.baseURI).href;
};

// Behind the first `kept` sheets there are. Not a style element: policies refuse those. Each text is parsed once, for all
// elements.
const sheets = {};
const adopt = (shadow, css, kept) => {
  if (!sheets[css]) (sheets[css] = new CSSStyleSheet()).replaceSync(css);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets.slice(0, kept), sheets[css]];
};

let tries = 0; // not every browser asks again for an address that failed
let loading; // one for all calls, so that they keep their order
const load = () => (loading ??= (base || tries ? import(`${base ?? './'}lab.js?${tries}`) : import('./lab.js')).catch((error) => {
  loading = null;
  tries += 1;
  throw error;
}));

const make = (tag, values) => Object.assign(document.createElement(tag), values);

class BatchnormLab extends HTMLElement {
  static formAssociated = true;

  static observedAttributes = 'state reveal hide autoplay lesson theme engine panels lang poster view loading'.split(' ');

  #own = { signal: AbortSignal.abort(), rest: () => this.#rest(), language: () => this.#language(), option: (name) => this.#option(name), adopt }; // what lab.js shares
  #life; // ends with a removal

  connectedCallback() {
    if (this.#life) return; // moved within the document
    this.#life = new AbortController();
    this.#own.signal = this.#life.signal;
    if (!this.shadowRoot) {
      const shadow = this.attachShadow({ mode: 'open' });
      adopt(shadow, STYLE, 0);
      const box = make('div', { className: 'bn-box' });
      this.#own.root = box.appendChild(make('div', { className: 'bn-root' }));
      // Nothing to see: it makes parents that are as wide as what is in them 720 px wide, if there is room.
      shadow.append(make('canvas', { width: 720, height: 0, ariaHidden: true }), box);
    }
    if (Object.hasOwn(this, 'state')) {
      // Set before this file was loaded: it hides the accessor.
      const before = this.state;
      delete this.state;
      this.state = before;
    }
    this.#rest();
  }

  disconnectedCallback() {
    // A move is a removal and an insertion in one go.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#life?.abort();
      this.#life = null;
    });
  }

  attributeChangedCallback(name, before, value) {
    if (before === value) return;
    if (name === 'state') this.#own.state = null;
    if (this.#own.changed) this.#own.changed(name, value);
    else if (this.#life) this.#rest();
  }

  get state() {
    return this.#own.handle?.state ?? this.#own.state ?? this.#option('state');
  }

  set state(text) {
    this.#own.state = `${text ?? ''}`;
    if (this.#own.handle) this.#own.handle.state = this.#own.state;
  }

  // A method of the contract, done by lab.js; a removal breaks its promise.
  #call(name, given) {
    const { signal } = this.#own;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason));
      load().then((lab) => signal.aborted || lab.call(this, this.#own, name, given)).then(resolve, reject);
    });
  }

  static {
    for (const name of ['guess', 'play', 'reset', 'snapshot', 'step', 'pause']) {
      this.prototype[name] = function (...given) {
        return this.#call(name, given);
      };
    }
  }

  // The attribute; for the page, else the address' query.
  #option(name) {
    const own = this.getAttribute(name) ?? (this.hasAttribute('page') && name !== 'state' && new URLSearchParams(location.search).get(name));
    return own || '';
  }

  // The first of these that is spoken: the attribute, the link, the page's query, the text around, the browser's own.
  #language() {
    const isPage = this.hasAttribute('page');
    const link = this.#own.state ?? (this.#option('state') || (isPage && location.hash));
    const around = isPage || this.parentElement?.closest('[lang]')?.lang;
    const named = [this.getAttribute('lang'), /\blang=([\w-]+)/.exec(link)?.[1], this.#option('lang'), around, navigator.language, 'en'];
    const spoken = (tag) => Object.keys(texts).find((own) => own.slice(0, 2) === `${tag}`.split(/[-_]/)[0].toLowerCase());
    return named.map(spoken).find(Boolean);
  }

  // Starts; what lab.js cannot say, because it did not come, is said here.
  #start(plays) {
    this.#call('start', [plays]).catch((error) => {
      if (!this.#own.changed && this.#life) {
        this.#rest(true);
        this.dispatchEvent(new CustomEvent('bnlab-error', { detail: { code: 'load-failed', message: `${error}` }, bubbles: true, composed: true }));
      }
    });
  }

  #rest(hasFailed) {
    const { root } = this.#own;
    if (this.hasAttribute('page') && !hasFailed) {
      root.replaceChildren(make('slot'));
      this.#start();
      return;
    }
    const [words, failed] = texts[this.#language()];
    const start = make('button', { className: 'bn-start', onclick: () => this.#start(true) });
    start.dataset.part = 'start';
    if (hasFailed) start.append(failed);
    else start.ariaLabel = words;
    const still = make('slot', { name: 'poster' });
    root.className = 'bn-root bn-still';
    root.replaceChildren(still, start, make('slot', { name: 'caption' }));
    const seen = (rootMargin, act) => {
      const observer = new IntersectionObserver((all) => {
        if (!all.at(-1).isIntersecting) return;
        observer.disconnect();
        if (start.isConnected) act();
      }, { rootMargin });
      observer.observe(this);
    };
    const draw = () => this.#draw(still, start);
    if (this.#option('loading') === 'eager') draw();
    else seen('20%', draw);
    if (hasFailed) return;
    const plays = this.hasAttribute('autoplay') && !matchMedia('(prefers-reduced-motion:reduce)').matches;
    if (plays || this.#option('reveal') === 'auto') seen('0%', () => this.#start(plays));
  }

  // The still picture of the lesson: written in, so that it follows the theme; else as an image.
  async #draw(still, start) {
    const poster = this.#option('poster');
    const lesson = this.#option('lesson') || (/\blesson=([\w-]+)/.exec(this.state)?.[1] ?? 'first-look');
    const name = `${lesson}.${this.#language()}${this.clientWidth < 560 ? '.narrow' : ''}`;
    try {
      const answer = poster || await fetch(base ? `${base}stills/${name}.svg` : new URL(`./stills/${name}.svg`, import.meta.url));
      if (!answer.ok) throw answer;
      const [head, css, tail] = (await answer.text()).split(/<\/?style>/);
      // Later than a start its styles would take the place of others.
      if (still.isConnected) {
        adopt(this.shadowRoot, css, 1);
        still.replaceChildren(new DOMParser().parseFromString(head + tail, 'image/svg+xml').documentElement);
      }
    } catch {
      start.classList.add('bn-mark');
      // The mode by which an isolated page takes it from another origin; a poster of the host's own is the host's affair.
      const src = poster || (base ? `${base}poster.svg` : new URL('./poster.svg', import.meta.url));
      still.replaceChildren(make('img', { crossOrigin: poster ? null : '', alt: '', src }));
    }
  }
}

if (!customElements.get('batchnorm-lab')) customElements.define('batchnorm-lab', BatchnormLab);
