// What lesson small-batch observes of a whole run. Knows no page.

import { number } from '../quantities.js';

/** So far below Group Normalization is worth a word. */
const BEHIND = 0.02;

/** A kind's line in the sweep: batch size and accuracy under running averages; what has diverged gets nothing right. */
function line(tables, kind) {
  const own = (tables.sweep?.rows ?? []).filter((row) => row[1] === kind);
  return own.map((row) => [number(row[0]), (number(row[3]) || 0) / 100]);
}

export const smallBatch = {
  // Accuracy of Batch Normalization against batch size, as it was trained on the page.
  'batch-line': ({ tables }) => line(tables, 'BatchNorm'),
  // The largest batch size at which it is more than two points below Group Normalization: `2`, `4`, `more`; `none`.
  'falls-behind': ({ tables }) => {
    const group = new Map(line(tables, 'GroupNorm'));
    if (group.size === 0) return undefined;
    const behind = line(tables, 'BatchNorm').filter(([size, share]) => group.get(size) - share > BEHIND);
    if (behind.length === 0) return 'none';
    const largest = Math.max(...behind.map(([size]) => size));
    return largest > 4 ? 'more' : `${largest}`;
  },
};

export const axes = { 'batch-line': { chart: 'sweep-chart', x: [2, 128], y: [0, 1], log: 'x', names: { en: ['batch size', 'test accuracy'], 'zh-Hans': ['批量大小', '测试正确率'] } } };
