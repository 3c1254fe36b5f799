// How far a reader has come, kept on the reader's machine. Where nothing can be kept, nothing is, and that is no error.

const KEY = 'batchnorm-lab.course';

/** Of every lesson that was begun: `{ step, done }`. */
export function readProgress() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return kept && typeof kept === 'object' ? kept : {};
  } catch {
    return {};
  }
}

/** Keeps what is new of a lesson. */
export function keepProgress(lesson, news) {
  const all = readProgress();
  all[lesson] = { ...all[lesson], ...news };
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // A full or refused storage: the lesson goes on without.
  }
}

/** Forgets all of it. */
export function forgetProgress() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
