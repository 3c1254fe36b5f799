// The home of the course made live: the twin is shown on request; the reader's own progress on every card.

import { forgetProgress, readProgress } from './progress.js';
import { make, say } from './words.js';

/** Makes the home live. */
export function beginHome(main) {
  const element = main.querySelector('batchnorm-lab');
  const show = main.querySelector('[data-act="show"]');
  show.addEventListener('click', async () => {
    show.hidden = true;
    element.state = `lesson=${element.getAttribute('lesson')}`;
    await element.play();
  });
  showProgress(main);
}

function showProgress(main) {
  const kept = readProgress();
  const cards = [...main.querySelectorAll('.card')];
  let finished = 0;
  for (const card of cards) {
    const own = kept[card.dataset.lesson];
    finished += own?.done ? 1 : 0;
    const state = card.querySelector('.state');
    state.textContent = own ? ` · ${say(own.done ? 'state-done' : 'state-begun')}` : '';
    card.classList.toggle('done', Boolean(own?.done));
  }
  const place = main.querySelector('[data-part="progress"]');
  place.replaceChildren(say('progress', { n: finished, all: cards.length }));
  if (!Object.keys(kept).length) return;
  const reset = make('button', { type: 'button', className: 'quiet' }, say('reset'));
  // What is lost for good is asked twice.
  reset.addEventListener('click', () => {
    reset.textContent = say('reset-sure');
    reset.addEventListener('click', () => {
      forgetProgress();
      showProgress(main);
    }, { once: true });
  }, { once: true });
  const data = new Blob([JSON.stringify(kept, null, 1)], { type: 'application/json' });
  const save = make('a', { href: URL.createObjectURL(data), download: 'batchnorm-lab-progress.json' }, say('export'));
  place.append(' ', save, ' ', reset);
}
