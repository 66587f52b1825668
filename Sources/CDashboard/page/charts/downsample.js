// Fewer points that draw the same line.

// The index of the first time that is not before `time`; times are in order.
export function firstNotBefore(times, time) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The index of the time next to `time`, or -1 without any.
export function nearest(times, time) {
  if (times.length === 0) return -1;
  const after = firstNotBefore(times, time);
  if (after === 0) return 0;
  if (after === times.length) return times.length - 1;
  return times[after] - time < time - times[after - 1] ? after : after - 1;
}

// The strokes of a line: lists of indices, with a new stroke wherever values are missing for
// longer than `gap` milliseconds. Of all the points that fall on one column of pixels the first,
// the lowest, the highest and the last are kept: no spike is lost, and no more than four points
// are drawn for each pixel.
export function strokes(times, values, { from, to, columns, gap }) {
  const result = [];
  const start = Math.max(0, lastBefore(times, values, from));
  const width = (to - from) / Math.max(1, columns);
  let stroke = [];
  let column = null;
  let before = null;
  for (let index = start; index < times.length; index += 1) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    if (before !== null && times[index] - times[before] > gap) {
      flush(stroke, column, values);
      if (stroke.length > 0) result.push(stroke);
      [stroke, column] = [[], null];
    }
    const at = Math.floor((times[index] - from) / width);
    if (column === null || column.at !== at) {
      flush(stroke, column, values);
      column = { at, first: index, low: index, high: index, last: index };
    } else {
      if (value < values[column.low]) column.low = index;
      if (value > values[column.high]) column.high = index;
      column.last = index;
    }
    before = index;
    // One point beyond the edge, so that the line leaves the picture where it should.
    if (times[index] > to) break;
  }
  flush(stroke, column, values);
  if (stroke.length > 0) result.push(stroke);
  return result;
}

function flush(stroke, column, values) {
  if (column === null) return;
  const kept = [column.first, column.low, column.high, column.last].sort((a, b) => a - b);
  kept.forEach((index, place) => {
    if (place === 0 || kept[place - 1] !== index) stroke.push(index);
  });
}

function lastBefore(times, values, from) {
  let index = firstNotBefore(times, from) - 1;
  while (index > 0 && (values[index] === null || values[index] === undefined)) index -= 1;
  return index;
}

// How far apart two points may be and still be joined: three times what is usual for this line, so
// that a source that reports each ten seconds has no gaps, and one that has fallen silent has one.
export function usualGap(times, values) {
  const steps = [];
  let before = null;
  for (let index = 0; index < times.length; index += 1) {
    if (values[index] === null || values[index] === undefined) continue;
    if (before !== null) steps.push(times[index] - before);
    before = times[index];
  }
  if (steps.length === 0) return Infinity;
  steps.sort((a, b) => a - b);
  return 3 * steps[steps.length >> 1];
}
