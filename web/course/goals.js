// Goals that the run's state ticks off: once reached, a goal stays so.

import { QUANTITIES, shown } from './quantities.js';
import { settingsOf } from './figure.js';
import { make, say } from './words.js';

const COMPARE = {
  '>=': (value, bound) => value >= bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '<': (value, bound) => value < bound,
};

/** Whether a condition holds: `quantity>=number` or `setting=value`, several joined by `&`; `preset` has every setting. */
export function holds(condition, snapshot, preset) {
  const link = settingsOf(snapshot.state);
  const setting = (name) => link.get(name) ?? preset[name];
  return condition.split('&').every((part) => {
    const [, name, sign, text] = /^([a-z-]+)(>=|<=|>|<|=)(.+)$/.exec(part);
    if (sign === '=') return setting(name) === text;
    const value = QUANTITIES[name] ? QUANTITIES[name](snapshot) : Number(setting(name));
    return value !== undefined && value !== null && COMPARE[sign](value, Number(text));
  });
}

/** Follows the goals of a lesson, of which some were reached before; gives what is to be told each snapshot. */
export function followGoals(section, preset, before, keep) {
  const goals = [...section.querySelectorAll('[data-goal]')];
  const count = section.appendChild(make('p', { className: 'live goal-count' }));
  count.setAttribute('role', 'status');
  const show = () => {
    const reached = goals.filter((goal) => goal.classList.contains('reached')).length;
    const text = say('goals', { n: reached, all: goals.length });
    if (count.textContent !== text) count.textContent = text;
  };
  const reach = (goal) => {
    goal.classList.add('reached');
    goal.append(make('span', { className: 'tick' }, ` ✓ ${say('reached')}`));
  };
  goals.filter((goal) => before.includes(goal.dataset.goal)).forEach(reach);
  show();
  return (snapshot) => {
    const news = goals.filter((goal) => !goal.classList.contains('reached') && holds(goal.dataset.goal, snapshot, preset));
    if (!news.length) return;
    news.forEach(reach);
    keep(goals.filter((goal) => goal.classList.contains('reached')).map((goal) => goal.dataset.goal));
    show();
  };
}

/** Writes the numbers of the run on the screen where the text has a place for them: the refutation tells of its own run. */
export function writeValues(root, snapshot, isRefutation) {
  for (const place of root.querySelectorAll('output.value')) {
    if (Boolean(place.closest('#not-so')) !== Boolean(isRefutation)) continue;
    const name = place.dataset.value;
    const text = shown(name, QUANTITIES[name](snapshot));
    if (place.textContent !== text) place.textContent = text;
  }
}
