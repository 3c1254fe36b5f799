// The page of devices.html: fields, devices as cards, what differs from the whole batch. Trains nothing: devices.js does.

import { chooseLanguage, fill, onLanguage, showTexts } from './bench-texts.js';
import { makeDevices } from './devices.js';
import { drawSides } from './devices-chart.js';
import { deviationOf, showBytes, showCards, showDeviations } from './devices-read.js';
import { textsOf } from './devices-texts.js';

/** The network that stands in the field at first. */
const SETTINGS = 'data=spiral&layers=16-16-16&act=relu&init=he-normal&lr=0.1&batch=32';
const FIRST_DEVICES = 4;
const MOST_DEVICES = 8;
/** Steps from one look at accuracy and parameters to the next while it plays; one by one they cost a report each. */
const LOOK_EVERY = 10;

let language = chooseLanguage();
let texts = textsOf(language);
let status = ['idle', {}];
let run = null; // { several, whole, losses: [[own], [whole]], shown }
let isPlaying = false;

window.makeDevices = makeDevices;

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const option = (value, text) => Object.assign(document.createElement('option'), { value, textContent: text });

function say(text, values = {}) {
  status = [text, values];
  part('status').textContent = fill(texts[text], values);
}

function show() {
  showTexts(language, texts);
  for (const each of part('sharing').options) each.textContent = texts.sharingNames[each.value];
  for (const each of part('when-lost').options) each.textContent = texts.whenLostNames[each.value];
  part('play').textContent = isPlaying ? texts.pause : texts.play;
  part('one').textContent = texts.one;
  part('reset').textContent = texts.reset;
  say(...status);
  showRun();
}

function showRun() {
  const shown = run?.shown;
  showCards(part('cards'), run?.several.devices ?? [], shown?.reports ?? [], texts, (place) => run.several.kill(place));
  part('figures').hidden = !shown;
  if (!shown) return;
  showDeviations(part('deviations'), shown, texts);
  showBytes(part('bytes'), run.several, shown, texts);
  drawSides(part('loss'), run.losses, texts);
}

function asked() {
  const text = part('shards').value.trim();
  return {
    devices: Number(part('devices').value),
    sharing: part('sharing').value,
    shards: text === '' ? undefined : text.split(/[\s,-]+/).map(Number),
    whenLost: part('when-lost').value,
  };
}

// Several devices, and beside them one that has every batch whole.
function begin() {
  const settings = part('settings').value.trim();
  const options = asked();
  const several = makeDevices(settings, { ...options, hear: { lost: () => showRun() } });
  const whole = makeDevices(settings, { devices: 1, sharing: options.sharing === 'group' ? 'group' : 'local' });
  run = { several, whole, losses: [[], []], shown: null };
}

function end() {
  run?.several.end();
  run?.whole.end();
  run = null;
}

async function step(own, count) {
  const losses = [[], []];
  let told;
  for (let done = 0; done < count; done += 1) {
    const both = await Promise.all([own.several.step(), own.whole.step()]);
    for (const [side, { loss }] of both.entries()) losses[side].push(loss);
    [told] = both;
  }
  const [reports, [whole]] = await Promise.all([own.several.report(), own.whole.report()]);
  for (const [side, list] of losses.entries()) own.losses[side].push(...list);
  own.shown = { told, reports, deviation: deviationOf(reports[0], whole) };
  if (own !== run) return;
  const { accuracy } = reports[0];
  say('at', { step: told.step, loss: told.loss.toPrecision(3), accuracy: `${(100 * accuracy.running).toFixed(1)}\u202f%` });
  showRun();
}

function tellFailure(error, own) {
  if (own !== run) return; // it was ended for another
  const isAlone = error.name === 'DeviceLost' && !own.several.devices.some(({ isAlive }) => isAlive);
  if (isAlone) say('lostAll');
  else if (error.name === 'DeviceLost') say('lostRefused', { device: error.place + 1 });
  else if (error.name === 'Refusal') say(error.allowed ? 'refused' : 'refusedAlone', error);
  else say('failed', { why: error.message });
  // What never began is made anew by the next press.
  if (!own.shown) end();
}

async function advance(count) {
  if (!run) {
    begin();
    say('starting');
  }
  const own = run;
  own.several.whenLost = part('when-lost').value;
  try {
    await step(own, count);
    return own === run;
  } catch (error) {
    tellFailure(error, own);
    return false;
  }
}

async function play() {
  isPlaying = true;
  show();
  let goesOn = true;
  while (isPlaying && goesOn) {
    goesOn = await advance(LOOK_EVERY);
    await new Promise(requestAnimationFrame);
  }
  isPlaying = false;
  show();
}

let work = Promise.resolve();
part('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (isPlaying) isPlaying = false;
  else work = work.then(play);
});
part('one').addEventListener('click', () => {
  isPlaying = false;
  work = work.then(() => advance(1)).then(show);
});

function reset() {
  isPlaying = false;
  end();
  say('idle');
  show();
}
part('reset').addEventListener('click', reset);
for (const name of ['sharing', 'devices', 'shards', 'settings']) part(name).addEventListener('change', reset);
part('when-lost').addEventListener('change', () => { if (run) run.several.whenLost = part('when-lost').value; });

new ResizeObserver(() => { if (run?.shown) drawSides(part('loss'), run.losses, texts); }).observe(part('figures'));
for (const name of Object.keys(texts.sharingNames)) part('sharing').append(option(name, ''));
for (const name of Object.keys(texts.whenLostNames)) part('when-lost').append(option(name, ''));
for (let count = 1; count <= MOST_DEVICES; count += 1) part('devices').append(option(String(count), String(count)));
part('devices').value = String(FIRST_DEVICES);
part('shards').placeholder = '8-8-8-8';
part('settings').value = new URLSearchParams(location.search).get('state') ?? SETTINGS;
onLanguage((chosen) => {
  language = chosen;
  texts = textsOf(language);
  show();
});
show();
