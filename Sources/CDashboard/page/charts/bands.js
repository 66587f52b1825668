// A dense line as people see it from afar: its mean, and how far it swings around it.

import { firstNotBefore } from "./downsample.js";

// Points that are further apart than this are drawn as they are.
const COLUMN_PIXELS = 3;

/** Whether more than one point falls on a column. */
export function isDense(times, { from, to, pixels }) {
  const count = firstNotBefore(times, to) - firstNotBefore(times, from);
  return count > (1.5 * pixels) / COLUMN_PIXELS;
}

/**
 * Strokes of columns `{time, low, high, mean}`, with a new stroke where values are missing for
 * longer than `gap`. The columns stand at fixed times, so that they do not flicker while the view
 * moves on. `weights` make the mean that of what was counted, such as requests for their errors.
 */
export function bands(times, values, weights, { from, to, pixels, gap }) {
  const width = columnWidth(to - from, pixels);
  const strokes = [];
  let stroke = null;
  let column = null;
  let before = -Infinity;
  const end = Math.min(times.length, firstNotBefore(times, to) + 1);
  for (let index = Math.max(0, firstNotBefore(times, from - width) - 1); index < end; index += 1) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    if (times[index] - before > gap || stroke === null) {
      stroke = [];
      strokes.push(stroke);
      column = null;
    }
    before = times[index];
    const place = Math.floor(times[index] / width);
    if (column?.place !== place) {
      column = { place, time: (place + 0.5) * width, low: value, high: value, sum: 0, weight: 0 };
      stroke.push(column);
    }
    const weight = weights ? (weights[index] ?? 0) : 1;
    column.low = Math.min(column.low, value);
    column.high = Math.max(column.high, value);
    column.sum += value * weight;
    column.weight += weight;
  }
  for (const each of strokes.flat()) {
    each.mean = each.weight > 0 ? each.sum / each.weight : each.low;
  }
  return strokes;
}

// A power of two times a tenth of a second: the same while the view grows with the run.
function columnWidth(span, pixels) {
  const least = (span / Math.max(1, pixels)) * COLUMN_PIXELS;
  return 100 * 2 ** Math.ceil(Math.log2(Math.max(least, 100) / 100));
}
