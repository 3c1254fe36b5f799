// What comes with the start of <batchnorm-lab>: the page's module, its styles and texts, the worker, all asked for at
// once; then the calls of the contract. `own` is what element.js shares: root, signal, option(name), language(), adopt(),
// rest(), and what is set here: handle, changed(name, value), starting, scheme.
//
// What the page's module must export:
//   mount(options) -> handle; options and handle are those of web/app/src/js_api/handle.rs.

import { chooseEngine, findGpu, usableEngines } from './probe.js';
import { followScheme } from './scheme.js';
import { workersFrom } from './spawn.js';
import texts from './element-texts.js';

const FAILED = `.bn-failed{position:absolute;inset:auto 16px 16px;padding:12px;margin:0;background:#1c2026;color:#fff;font:14px/1.45 system-ui;text-align:center}
.bn-failed button{font:inherit}`;
const NAMES = ['engine', 'lang', 'loading', 'reveal', 'theme']; // attributes whose words the page checks
const MOST_STEPS = 1_000_000;

// What is fetched once for all elements of a document; a failed load may be tried again.
const once = (load) => {
  let kept;
  return () => (kept ??= load().catch((error) => {
    kept = undefined;
    throw error;
  }));
};

const take = async (url, options) => {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  return answer;
};

const loadPage = once(async () => {
  const module_or_path = take(new URL('./app_bg.wasm', import.meta.url));
  module_or_path.catch(() => {}); // said below, after the script
  const module = await import('./app.js');
  await module.default({ module_or_path });
  return module;
});

const sheet = (url) => once(async () => (await take(url)).text());
const STYLES = {
  all: sheet(new URL('./styles.css', import.meta.url)),
  lab: sheet(new URL('./styles-lab.css', import.meta.url)),
  figure: sheet(new URL('./styles-figure.css', import.meta.url)),
  later: sheet(new URL('./styles-later.css', import.meta.url)),
  panels: sheet(new URL('./styles-panels.css', import.meta.url)),
};
// Of whatever sheets have come, in the order in which they build on each other.
const inOrder = (sheets) => sheets.join('').split(/(?=\/\*\d\d\*\/)/).sort().join('');

const stylesOf = (view) => (view === 'lab' ? [STYLES.all, STYLES.lab] : [STYLES.all, STYLES.lab, STYLES.figure]);

// What the first picture did not need, and another view than the first does; a lab needs those of other panels with the
// first that is opened over it.
async function bringStyles(host, own) {
  const view = viewOf(host, own);
  const more = view === 'lab' && !own.hasOpened ? [] : [STYLES.panels];
  try {
    const sheets = await Promise.all([...stylesOf(view), STYLES.later, ...more].map((fetched) => fetched()));
    if (!own.signal.aborted) own.adopt(host.shadowRoot, inOrder(sheets), 1);
  } catch {
    addEventListener('online', () => bringStyles(host, own), { once: true, signal: own.signal });
  }
}

function followOpened(host, own) {
  const open = ({ target }) => {
    if (own.hasOpened || !target.closest('[aria-haspopup="dialog"]')) return;
    own.hasOpened = true;
    bringStyles(host, own);
  };
  for (const kind of ['click', 'change']) own.root.addEventListener(kind, open, { signal: own.signal });
}

const fetchDigits = async () => {
  const answer = await take(new URL('./digits/digits.bin', import.meta.url));
  return new Uint8Array(await answer.arrayBuffer());
};

const TEXTS = {
  en: new URL('./texts-en.json', import.meta.url),
  'zh-Hans': new URL('./texts-zh-Hans.json', import.meta.url),
};
let textCache; // 'reload' once the page has refused the texts: what the browser keeps may be of another build
const fetchTexts = async (tag, cache) => (await take(TEXTS[tag], { cache })).json();
const lessonUrl = (lesson, tag) => new URL(`./lessons/${encodeURIComponent(lesson)}.${tag}.json`, import.meta.url);
// Title and lead; without them the page starts, asks again and says so.
const fetchLesson = (lesson, tag) => take(lessonUrl(lesson, tag)).then((answer) => answer.json()).catch(() => {});

const viewOf = (host, own) => own.option('view') || (host.hasAttribute('page') ? 'lab' : 'figure');

const isReduced = () => matchMedia('(prefers-reduced-motion:reduce)').matches;

/** A method of the contract, or `start`, whose argument says whether it plays. */
export async function call(host, own, name, [given, drawn]) {
  if (name === 'guess') return guess(host, own, given, drawn);
  const argument = name === 'step' && given === undefined ? 1 : given;
  if (name === 'step') checkSteps(argument);
  const isRunning = own.handle;
  const handle = await start(host, own, name === 'start' && argument);
  if (name !== 'start') return handle[name](argument);
  if (isRunning && argument) await handle.play();
}

// What was guessed is the element's value in its form, until that is reset; a line that was drawn is on its chart.
function guess(host, own, value, drawn) {
  const internals = own.internals ??= host.attachInternals();
  own.forget ??= () => {
    internals.setFormValue(null);
    draw(own);
  };
  internals.setFormValue(`${value}`);
  internals.form?.addEventListener('reset', own.forget);
  draw(own, drawn);
  const lesson = linkOf(host).get('lesson') ?? (own.option('lesson') || 'first-look');
  host.dispatchEvent(new CustomEvent('bnlab-guess', { bubbles: true, composed: true, detail: { lesson, guess: `${value}` } }));
}

function draw(own, drawn) {
  own.drawn = drawn ? [drawn.chart, drawn.name, ...drawn.points.map((point) => point.join(' '))].join('|') : '';
  own.handle?.set_option('guess', own.drawn);
}

function checkSteps(n) {
  if (typeof n !== 'number') throw new TypeError('step(n): n is not a number');
  if (Number.isInteger(n) && n >= 0 && n <= MOST_STEPS) return;
  throw new RangeError(`step(n): n is not a whole number from 0 to ${MOST_STEPS}`);
}

function start(host, own, plays) {
  own.plays ||= plays;
  if (own.starting) return own.starting;
  own.signal.addEventListener('abort', () => end(own), { once: true });
  const starting = load(host, own).catch((error) => {
    // An element that was put back meanwhile has a start of its own.
    if (own.starting === starting) own.starting = undefined;
    throw error;
  });
  own.starting = starting;
  return starting;
}

async function load(host, own) {
  const { root, signal } = own;
  own.changed ??= (name, value) => changed(host, own, name, value);
  root.setAttribute('aria-busy', 'true');
  const engines = usableEngines();
  const named = host.getAttribute('engine') || linkOf(host).get('engine') || own.option('engine');
  const { engine, reason } = chooseEngine(named, engines, standard(engines));
  const isPage = host.hasAttribute('page');
  const view = viewOf(host, own);
  let lang;
  let module;
  let list;
  let lessonTexts;
  let styles;
  let spawnWorker;
  try {
    if (!engines.length) throw new Error('this browser has no WebAssembly');
    spawnWorker = workersFrom(needsFull(host, own) && engine !== 'webgpu' ? `full-${engine}` : engine, signal);
    do {
      lang = own.language();
      [module, list, lessonTexts, ...styles] = await Promise.all([
        loadPage(), fetchTexts(lang, textCache), fetchLesson(lessonOf(host, own), lang), ...stylesOf(view).map((fetched) => fetched()),
      ]);
    } while (lang !== own.language()); // set anew meanwhile
  } catch (error) {
    spawnWorker?.drop();
    if (!signal.aborted) fail(host, own, error);
    throw error;
  }
  if (signal.aborted) throw signal.reason;
  const hasFocus = host.shadowRoot.activeElement;
  own.lookAround ??= followScheme(host, signal, (scheme) => {
    own.scheme = scheme;
    own.handle?.set_option('scheme', scheme);
  });
  own.adopt(host.shadowRoot, inOrder(styles), 1);
  root.removeAttribute('aria-busy');
  root.className = 'bn-root';
  try {
    own.handle = module.mount({
      host,
      root,
      baseUrl: new URL('.', import.meta.url).href,
      engine,
      engineReason: reason,
      engines,
      lesson: own.option('lesson'),
      state: own.state ?? own.option('state'),
      lang,
      texts: list,
      lessonTexts,
      fetchTexts: (tag) => fetchTexts(tag, 'no-cache'),
      theme: own.option('theme'),
      asked: Object.fromEntries(NAMES.map((name) => [name, own.option(name)])),
      scheme: own.scheme,
      hide: own.option('hide'),
      view,
      panels: own.option('panels'),
      autoplay: !!own.plays || (isPage && host.hasAttribute('autoplay') && !isReduced()),
      isPage,
      spawnWorker,
      findGpu: reason === 'best' && navigator.gpu ? () => findGpu(spawnWorker) : undefined,
      fetchDigits,
      loadGrids: async () => (await import('./grid.js')).openGrids(),
    });
  } catch (error) {
    spawnWorker.drop();
    textCache = 'reload'; // the texts are the one thing that may be another the next time
    fail(host, own, error);
    throw error;
  }
  if (own.drawn) own.handle.set_option('guess', own.drawn);
  // It was the reader who put it there; what it was on is gone.
  if (hasFocus) root.querySelector('[data-part="play"]')?.focus({ preventScroll: true });
  followSight(host, own);
  bringStyles(host, own);
  followOpened(host, own);
  return own.handle;
}

// Out of sight nothing trains.
function followSight(host, own) {
  let isNear = true;
  const tell = () => own.handle?.set_option('seen', String(isNear && !document.hidden));
  const observer = new IntersectionObserver((all) => {
    isNear = all.at(-1).isIntersecting;
    if (isNear) own.lookAround(); // what was not displayed has told of no change
    tell();
  });
  observer.observe(host);
  document.addEventListener('visibilitychange', tell, { signal: own.signal });
  own.signal.addEventListener('abort', () => observer.disconnect());
  if (document.hidden) tell();
}

// Ends the worker and frees the page's memory; what was set is kept for a later insertion.
function end(own) {
  const { handle } = own;
  if (handle) own.state = handle.state;
  own.handle = own.starting = own.changed = own.plays = own.lookAround = undefined;
  own.root.removeAttribute('aria-busy');
  handle?.stop();
  handle?.free();
}

// An attribute that changed after lab.js had come.
function changed(host, own, name, value) {
  const { handle } = own;
  if (!handle) {
    if (!own.starting) own.rest();
    else if (name === 'autoplay' && value !== null && !isReduced()) own.plays = true;
  } else if (name === 'lesson') {
    // Without one the run stays; another one keeps what `state` sets.
    if (value !== null) handle.state = `lesson=${value}&${own.option('state')}`;
  } else if (name === 'autoplay') {
    if (value !== null && !isReduced()) handle.play().catch(() => {});
  } else if (name === 'engine') {
    handle.set_option(name, value && value !== 'auto' ? value : standard(usableEngines()));
  } else if (name === 'view') {
    handle.set_option(name, viewOf(host, own));
    bringStyles(host, own);
  } else if (name === 'lang') {
    handle.set_option(name, value || own.language());
  } else if (name !== 'poster') {
    handle.set_option(name, value ?? '');
  }
}

// What gives the same bits in every browser, so that a link is true in each.
const standard = (engines) => engines.find((name) => name !== 'relaxed');

function linkOf(host) {
  const link = host.state || (host.hasAttribute('page') ? location.hash : '');
  return new URLSearchParams(link.replace(/^#/, ''));
}

const lessonOf = (host, own) => linkOf(host).get('lesson') || own.option('lesson') || 'first-look';

// Whether the run probably needs the worker with every layer. The page decides; a wrong guess costs a fetch.
function needsFull(host, own) {
  const link = linkOf(host);
  return /digits|sequences/.test(link.get('data')) || /[a-z]/.test(link.get('layers') ?? '')
    || ['a', 'b'].some((side) => !/^(none|batch)$/.test(link.get(side) ?? 'none')) || lessonOf(host, own) === 'images';
}

function fail(host, own, error) {
  const { root } = own;
  const message = String(error?.message ?? error);
  const isRefused = /content security policy|\bCSP\b|unsafe-eval/i.test(message);
  const say = texts[own.language()];
  const hadFocus = host.shadowRoot.activeElement;
  const text = document.createElement('div');
  text.className = 'bn-failed';
  text.setAttribute('role', 'alert');
  text.append(`${isRefused ? say.refused : say.failed} (${message}) `);
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = say.again;
  again.onclick = () => start(host, own).catch(() => {});
  text.append(again);
  root.removeAttribute('aria-busy');
  root.classList.add('bn-still');
  own.adopt(host.shadowRoot, FAILED, 2);
  root.querySelector('.bn-failed')?.remove();
  root.append(text);
  if (hadFocus) again.focus({ preventScroll: true });
  const detail = { code: isRefused ? 'refused-by-policy' : 'load-failed', message };
  host.dispatchEvent(new CustomEvent('bnlab-error', { bubbles: true, composed: true, detail }));
}
