// What devices.html says of devices: cards, deviations, bytes. Trains nothing and asks no worker.

import { make } from './bench-dom.js';
import { fill } from './bench-texts.js';

const short = (value) => (Number.isFinite(value) ? value.toPrecision(3) : '–');

// Relative where numbers are above 1.
function largest(a, b) {
  let most = 0;
  for (let place = 0; place < b.length; place += 1) {
    const off = Math.abs(a[place] - b[place]) / Math.max(1, Math.abs(b[place]));
    if (!(off <= most)) most = off;
  }
  return most;
}

/** How far a device's figures are from those of the whole batch: `{ statistics, parameters }`; no statistics are `null`. */
export function deviationOf(own, whole) {
  const statistics = whole.statistics.flatMap((layer, place) => ['mean', 'variance']
    .map((kind) => largest(own.statistics[place][kind], layer[kind])));
  return {
    statistics: statistics.length ? statistics.reduce((most, off) => (off <= most ? most : off), 0) : null,
    parameters: largest(own.parameters, whole.parameters),
  };
}

function entry(name, value) {
  return [make('dt', name), make('dd', value)];
}

/** A card for each device; `kill(place)` ends one. The focus stays on its button. */
export function showCards(list, devices, reports, texts, kill) {
  const cards = devices.map(({ place, rows, isAlive }) => {
    const card = list.children[place] ?? make('li');
    const button = card.querySelector('button') ?? make('button');
    button.type = 'button';
    button.textContent = texts.end;
    button.setAttribute('aria-label', `${texts.end}: ${place + 1}`);
    button.onclick = () => kill(place);
    const report = reports.find((own) => own.place === place);
    const [first] = report?.statistics ?? [];
    const figures = make('dl');
    if (isAlive) {
      figures.append(...entry(texts.rows, rows), ...entry(texts.ownLoss, short(report?.losses.batch)));
      if (first) figures.append(...entry(texts.mean, short(first.mean[0])), ...entry(texts.deviation, short(Math.sqrt(first.variance[0]))));
    }
    card.className = isAlive ? '' : 'lost';
    const name = make('b', fill(texts.device, { device: place + 1 }));
    if (isAlive && card.contains(button)) {
      card.querySelector('b').replaceWith(name);
      card.querySelector('dl').replaceWith(figures);
    } else {
      card.replaceChildren(name, isAlive ? figures : make('p', texts.lost), ...(isAlive ? [button] : []));
    }
    return card;
  });
  while (list.children.length > cards.length) list.lastChild.remove();
  for (const card of cards) if (!card.isConnected) list.append(card);
}

/** The deviations of the last look. */
export function showDeviations(body, { deviation }, texts) {
  const row = (name, text) => {
    const line = make('tr');
    line.append(Object.assign(make('th', name), { scope: 'row' }), make('td', text));
    return line;
  };
  const { statistics, parameters } = deviation;
  body.replaceChildren(
    row(texts.ofStatistics, statistics === null ? texts.noStatistics : statistics.toExponential(1)),
    row(texts.ofParameters, parameters.toExponential(1)),
  );
}

/** What was sent, by the formula and as counted. */
export function showBytes(body, { formula, bytes }, { told }, texts) {
  body.replaceChildren(...['moments', 'sums', 'gradients'].map((kind) => {
    const line = make('tr');
    const each = told.bytes[kind] / told.rows.length;
    line.append(Object.assign(make('th', texts[kind]), { scope: 'row' }));
    for (const value of [formula[kind], each, bytes[kind]]) line.append(make('td', value.toLocaleString('en').replaceAll(',', ' ')));
    return line;
  }));
}
