// The page of claims.html: every claim, how often it held, and a button that tries it again. Trains nothing: claims.js does.

import { make } from './bench-dom.js';
import { chooseLanguage, fill, onLanguage, showTexts } from './bench-texts.js';
import { tryClaim } from './claims.js';
import { textsOf } from './claims-texts.js';

const FRESH_SEEDS = 5;

let language = chooseLanguage();
let texts = textsOf(language);
const recorded = fetch(new URL('./claims.json', import.meta.url)).then((answer) => {
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  return answer.json();
});
const tries = new Map(); // name -> { run, told, status, share }

window.tryClaim = tryClaim;

const signed = (value) => `${value < 0 ? '−' : ''}${Math.abs(value) < 1 ? Math.abs(value).toFixed(3) : Number(Math.abs(value).toPrecision(2))}`;

function showSeeds(list, told) {
  list.replaceChildren(...told.filter(Boolean).map(({ seed, margin, held, runs }) => {
    const entry = make('li', undefined, held ? '' : 'not');
    const link = make('a', fill(texts.seed, { seed, mark: held ? texts.held : texts.notHeld, margin: signed(margin) }));
    link.href = `./#${runs[0]}`;
    entry.append(link);
    return entry;
  }));
}

function showTry(section) {
  const own = tries.get(section.dataset.claim);
  section.querySelector('button').textContent = own?.run ? texts.cancel : texts.start;
  const bar = section.querySelector('progress');
  bar.hidden = !own?.run;
  bar.value = own?.share ?? 0;
  const [text, values] = own?.status ?? [];
  section.querySelector('[role="status"]').textContent = text ? fill(texts[text], values) : '';
  showSeeds(section.querySelector('ul'), own?.told ?? []);
}

async function start(name) {
  const began = performance.now();
  const own = { told: [], share: 0, status: ['starting', {}] };
  tries.set(name, own);
  // By its name: another language makes the sections anew.
  const show = () => showTry(document.getElementById(name));
  own.run = tryClaim(name, { seeds: FRESH_SEEDS, hear: {
    seed(place, told) {
      own.told[place] = told;
      show();
    },
    progress(share) {
      own.share = share;
      own.status = ['running', { share: Math.floor(100 * share) }];
      show();
    },
  } });
  show();
  try {
    const told = await own.run.run();
    const held = told.filter((each) => each.held).length;
    own.status = ['finished', { held, tried: told.length, seconds: ((performance.now() - began) / 1000).toFixed(1) }];
  } catch (error) {
    own.status = error.name === 'AbortError' ? ['cancelled', {}] : ['failed', { why: error.message }];
  }
  own.run = null;
  show();
}

function section({ name, open: link, margins }) {
  const held = margins.filter((margin) => margin >= 0).length;
  const place = make('section', undefined, 'claim');
  place.dataset.claim = name;
  place.id = name;
  const button = make('button');
  button.addEventListener('click', () => {
    const own = tries.get(name);
    if (own?.run) own.run.cancel();
    else start(name);
  });
  const controls = make('div', undefined, 'controls');
  const bar = make('progress');
  bar.setAttribute('aria-label', texts.claims[name]);
  const open = make('a', texts.open);
  open.href = `./#${link}`;
  const status = make('p');
  status.setAttribute('role', 'status');
  controls.append(button, open, bar, status);
  place.append(make('p', texts.claims[name]),
    make('p', fill(texts.rate, { held, tried: margins.length, least: signed(Math.min(...margins)) }), 'rate'), controls, make('ul', undefined, 'seeds'));
  showTry(place);
  return place;
}

async function show() {
  showTexts(language, texts);
  const all = document.querySelector('[data-part="claims"]');
  try {
    showClaims(all, (await recorded).claims);
  } catch (error) {
    all.replaceChildren(make('p', fill(texts.missing, { why: error.message })));
  }
}

function showClaims(all, claims) {
  const parts = [];
  for (const [place, claim] of claims.entries()) {
    if (claims[place - 1]?.lesson !== claim.lesson) {
      const title = make('h2', texts.lessons[claim.lesson]);
      title.id = claim.lesson;
      parts.push(title);
    }
    parts.push(section(claim));
  }
  all.replaceChildren(...parts);
  // The place that the address names is there only now.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

onLanguage((chosen) => {
  language = chosen;
  texts = textsOf(language);
  show();
});
show();
