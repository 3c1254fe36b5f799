// The inventory made live: twelve questions before and after the course, kept on the reader's machine, saved as CSV.

import { Question } from './questions.js';
import { make, say } from './words.js';

const ANSWERS = 'batchnorm-lab.inventory';
const SITTINGS = ['before', 'after'];

function readAnswers() {
  try {
    return JSON.parse(localStorage.getItem(ANSWERS) ?? '{}') ?? {};
  } catch {
    return {};
  }
}

function keepAnswers(answers) {
  try {
    localStorage.setItem(ANSWERS, JSON.stringify(answers));
  } catch {
    // A refused storage: the answers last as long as the page.
  }
}

/** Lines of `item,right,before,after`; answers are counted from 1, an unanswered one is empty. */
export function csvOf(questions, answers) {
  const cell = (value) => (value === undefined || value === '' ? '' : Number(value) + 1);
  const rows = questions.map(([id, question]) => [id, cell(question.key), ...SITTINGS.map((sitting) => cell(answers[sitting]?.[id]))]);
  return [['item', 'right', ...SITTINGS], ...rows].map((row) => `${row.join(',')}\n`).join('');
}

/** Makes the page of the inventory live. */
export function beginInventory(main) {
  const answers = readAnswers();
  let sitting = answers.before && Object.keys(answers.before).length ? 'after' : 'before';
  const questions = [...main.querySelectorAll('.item')].map((item) => [item.id, new Question(item.querySelector('form'))]);
  const result = main.querySelector('.result');
  const count = make('p', { className: 'status' });
  count.setAttribute('role', 'status');

  const show = () => {
    const own = answers[sitting] ?? {};
    for (const [id, question] of questions) question.given = own[id] ?? '';
    count.textContent = say('left', { n: Object.keys(own).length, all: questions.length });
  };
  main.addEventListener('change', (event) => {
    const id = event.target.closest('.item')?.id;
    if (!id) return;
    answers[sitting] = { ...answers[sitting], [id]: event.target.value };
    keepAnswers(answers);
    show();
  });

  const choice = make('fieldset', {}, make('legend', {}, say('sitting')));
  for (const name of SITTINGS) {
    const input = make('input', { type: 'radio', name: 'sitting', value: name, checked: name === sitting });
    input.addEventListener('change', (event) => {
      event.stopPropagation();
      sitting = name;
      show();
    });
    choice.append(make('label', { className: 'answer' }, input, ` ${say(name)}`));
  }
  main.querySelector('.sitting').append(choice);

  const finish = make('button', { type: 'button' }, say('finish'));
  const note = make('div', { className: 'note-of-result' });
  note.setAttribute('role', 'status');
  finish.addEventListener('click', () => {
    const right = questions.filter(([, question]) => question.given === question.key).length;
    const lines = [make('p', { className: 'mark' }, say('result', { n: right, all: questions.length }))];
    // Who has read the explanations answers the second time from memory of them.
    if (sitting === 'before') lines.push(make('p', {}, say('before-kept')));
    else for (const [, question] of questions) question.judge();
    note.replaceChildren(...lines);
  });
  const save = make('a', { download: 'batchnorm-inventory.csv', href: '' }, say('csv'));
  for (const event of ['pointerdown', 'focus', 'click']) {
    save.addEventListener(event, () => {
      URL.revokeObjectURL(save.href);
      save.href = URL.createObjectURL(new Blob([csvOf(questions, answers)], { type: 'text/csv' }));
    });
  }
  const again = make('button', { type: 'button', className: 'quiet' }, say('again-all'));
  // What is lost for good is asked twice.
  again.addEventListener('click', () => {
    if (again.textContent !== say('reset-sure')) {
      again.textContent = say('reset-sure');
      return;
    }
    for (const name of SITTINGS) delete answers[name];
    keepAnswers(answers);
    location.reload();
  });
  result.append(count, make('div', { className: 'acts' }, finish, save, again), note);
  show();
}
