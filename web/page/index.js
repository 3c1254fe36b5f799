// What index.html does before its modules come: asks for all that the first picture needs, side by side, and shows the
// still picture that its link names. A file of its own, for policies refuse scripts in a page; a classic one, for a
// browser runs no module from a disk.

const query = new URLSearchParams(location.search);
const link = new URLSearchParams(location.hash.slice(1));
// What was chosen on the page stands in its link, and goes before the query.
const named = (name) => link.get(name) || query.get(name) || '';

// As `#language` of element.js: the first that is spoken.
const spoken = (tag) => ({ en: 'en', zh: 'zh-Hans' })[`${tag}`.split(/[-_]/)[0].toLowerCase()];
const own = spoken(navigator.language) ?? 'en';
const lang = spoken(link.get('lang')) ?? spoken(query.get('lang')) ?? own;

const lab = document.querySelector('batchnorm-lab');
const lesson = named('lesson') || 'first-look';

function showStill() {
  const scheme = named('theme');
  if (/^(light|dark)$/.test(scheme)) lab.style.colorScheme = scheme;
  if (lesson === 'first-look' && lang === own) return;
  const [source, image] = lab.querySelectorAll('source, img');
  source.srcset = `stills/${lesson}.${lang}.narrow.svg`;
  image.src = `stills/${lesson}.${lang}.svg`;
  image.alt = '';
  image.onerror = () => image.remove();
}

function ask(rel, href) {
  const wanted = document.createElement('link');
  Object.assign(wanted, { rel, href, crossOrigin: '' });
  if (rel === 'preload') wanted.as = 'fetch';
  document.head.append(wanted);
}

if (location.protocol === 'file:') {
  lab.querySelector('[data-part=from-disk]').hidden = false;
} else if (!location.search && !location.hash) {
  // The front of the site is the course.
  lab.remove();
  location.replace(`${lang}/`);
} else if (query.has('step')) {
  lab.remove();
  location.replace(`${lang}/lessons/${encodeURIComponent(lesson)}/?step=${encodeURIComponent(query.get('step'))}`);
} else if (query.has('embed')) {
  // A figure has a page of its own. Until it is there this one lives on: its lab must not start.
  lab.remove();
  location.replace(`embed.html${location.search}${location.hash}`);
} else {
  // The worker is asked for by lab.js, which knows what the browser can run.
  for (const script of ['lab.js', 'app.js', 'app-lazy.js']) ask('modulepreload', script);
  const texts = [`texts-${lang}.json`, `lessons/${encodeURIComponent(lesson)}.${lang}.json`];
  for (const file of ['app_bg.wasm', 'styles.css', 'styles-lab.css', ...texts]) ask('preload', file);
  showStill();
}
