// The address of the run on the screen as a code that phones read, and as text.

import { qrOf } from './qr.js';
import { make, say } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
// Light modules around it, without which readers do not find it.
const EDGE = 4;

function pictureOf(rows) {
  const size = rows.length + 2 * EDGE;
  const svg = document.createElementNS(SVG, 'svg');
  const square = document.createElementNS(SVG, 'path');
  const modules = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + EDGE} ${y + EDGE}h1v1h-1z` : '')));
  square.setAttribute('d', modules.join(''));
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', say('present-code-label'));
  svg.append(square);
  return svg;
}

/** Shows the code of an address in a dialog; gives the dialog, which is gone once closed. */
export function showCode(address) {
  const rows = qrOf(address);
  const close = make('button', { type: 'button' }, say('present-close'));
  const link = make('a', { href: address }, address.replace(/^https?:\/\//, ''));
  const picture = rows ? pictureOf(rows) : make('p', {}, say('present-code-long'));
  const dialog = make('dialog', { className: 'code' }, picture, make('p', { className: 'code-link' }, link), close);
  dialog.setAttribute('aria-label', say('present-code'));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.querySelector('main').append(dialog);
  dialog.showModal();
  close.focus();
  return dialog;
}
