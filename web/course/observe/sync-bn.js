// What lesson sync-bn observes of its devices. Knows no page.

import { number } from '../quantities.js';

// So many times as far off is worth a word.
const FURTHER = 2;
// Columns of the table: a way's deviation at the last step, its bytes forward and back.
const [LAST, FORWARD, BACKWARD] = [3, 5, 6];
// Its rows.
const [SYNC, AVERAGED, LOCAL] = [0, 1, 2];

export const syncBn = {
  // Bytes of statistics that one device sends in a step.
  'statistics-bytes': ({ tables }) => {
    const row = tables.devices?.rows[SYNC];
    return row && number(row[FORWARD]) + number(row[BACKWARD]);
  },
  // Which of the two that do not share all has come nearer to the whole batch: `averaged`, `local`; `alike` within a factor of two.
  'nearer-shortcut': ({ tables }) => {
    const rows = tables.devices?.rows;
    if (!rows) return undefined;
    const [averaged, local] = [AVERAGED, LOCAL].map((way) => number(rows[way][LAST]));
    if (!(averaged >= 0 && local >= 0)) return undefined;
    if (local >= FURTHER * averaged) return 'averaged';
    return averaged >= FURTHER * local ? 'local' : 'alike';
  },
};
