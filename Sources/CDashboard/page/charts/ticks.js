// Where the marks of an axis stand. Pure functions: numbers in, numbers and texts out.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28].map((n) => n * DAY),
];

// The step of 1, 2 or 5 times a power of ten that divides `span` into about `count` parts.
export function niceStep(span, count) {
  if (!(span > 0) || !(count > 0)) return 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const share = raw / power;
  const factor = share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10;
  return factor * power;
}

// Marks from 0 to at least `max`; the last of them is where the axis ends.
export function valueTicks(max, count = 4) {
  const top = max > 0 && Number.isFinite(max) ? max : 1;
  const step = niceStep(top, count);
  // The hair less keeps 0.3 / 0.1 from becoming four steps.
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  // By multiplication and rounding: adding 0.1 ten times is not 1.
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toFixed(digits)));
}

// Marks of a logarithmic axis around `low` and `high`: 1, 2 and 5 times the powers of ten, or the
// powers alone where those are many.
export function logTicks(low, high) {
  const bottom = low > 0 ? low : 1;
  const top = high > bottom ? high : bottom * 10;
  const factors = Math.log10(top / bottom) > 2.5 ? [1] : [1, 2, 5];
  const ticks = [];
  const last = Math.ceil(Math.log10(top)) + 1;
  for (let power = Math.floor(Math.log10(bottom)) - 1; power <= last; power += 1) {
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(1)));
  }
  const first = ticks.findLastIndex((tick) => tick <= bottom * (1 + 1e-9));
  return ticks.slice(first, ticks.findIndex((tick) => tick >= top * (1 - 1e-9)) + 1);
}

// The step between marks of time, in milliseconds, that gives at most `count` of them.
export function timeStep(span, count) {
  return TIME_STEPS.find((step) => span / step <= count) ?? TIME_STEPS.at(-1);
}

// Marks of time between `from` and `to`, in milliseconds since 1970, at round times of the
// viewer's clock; `offset` is what that is ahead of UTC. Of times since a start the offset is 0.
export function timeTicks(from, to, count, offset = 0) {
  if (!(to > from) || !(count > 0)) return { step: SECOND, ticks: [] };
  const step = timeStep(to - from, count);
  const ticks = [];
  for (let at = Math.ceil((from + offset) / step) * step; at - offset <= to; at += step) {
    ticks.push(at - offset);
  }
  return { step, ticks };
}

// How far the viewer's clock is ahead of UTC at a time.
export function clockOffset(time) {
  return -new Date(time).getTimezoneOffset() * MINUTE;
}

const pad = (number) => String(number).padStart(2, "0");

// A time of day, as exact as marks in steps of `step` need it.
export function clockText(time, step) {
  const date = new Date(time);
  if (step >= DAY) return date.toLocaleDateString("en-CA");
  const minutes = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  return step >= MINUTE ? minutes : `${minutes}:${pad(date.getSeconds())}`;
}

// A time since a start: `1:05`, `2:00:00`.
export function elapsedText(time) {
  const all = Math.max(0, Math.round(time / SECOND));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
}
