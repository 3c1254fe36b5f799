// The way into the presenter, which is fetched when somebody asks for it: a button, and the key `p`.

import { make, say } from './words.js';

/** Offers to present a lesson that is live. */
export function offerPresenting(lesson) {
  const start = async () => {
    try {
      const { present } = await import('./presenter.js');
      await present(lesson);
    } catch (error) {
      lesson.fail(error);
    }
  };
  const button = make('button', { type: 'button', className: 'quiet' }, say('present'));
  button.setAttribute('aria-keyshortcuts', 'p');
  button.addEventListener('click', start);
  lesson.main.querySelector('.lead').append(make('p', { className: 'live acts' }, button));
  document.addEventListener('keydown', (event) => {
    const isTyped = event.target.closest?.('input:not([type="radio"]), select, textarea, [contenteditable], .curve, batchnorm-lab');
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key.toLowerCase() === 'p' && !isTyped && !isCommand && !event.defaultPrevented) start();
  });
}
