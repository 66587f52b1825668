// A run's course as the page keeps it: never more than some thousand points, however long it goes.

import { firstNotBefore, usualGap } from "../charts/downsample.js";

// Points that the server makes of the past: one for every two pixels of a chart, so that a line is
// a line and no hatching.
export const BASE_MAX = 360;
// After so many live points the server is asked for the past again, at its resolution:
// it can merge histograms, and percentiles cannot be merged here.
export const TAIL_DUE = 120;
// As many are kept while the server does not answer that: half an hour.
export const TAIL_MAX = 2_000;

const FIELDS = {
  users: "users", workers: "workers", rps: "rps", failures: "failuresPerSecond",
  errorRate: "errorRate", avg: "avgResponseMs", p50: "p50ResponseMs", p95: "p95ResponseMs",
  p99: "p99ResponseMs",
};

// The whole seconds of a step that make at most `BASE_MAX` of a run of this length.
export function resolutionFor(seconds) {
  return Math.max(1, Math.ceil(seconds / BASE_MAX));
}

export class PointStore {
  #base = [];
  #tail = [];
  #detail = null;
  #coveredUntil = -Infinity;
  #countSinceRebase = 0;
  resolution = 1_000;

  // - points: of the whole run.
  // - resolution: of a step, in milliseconds.
  // - isLive: it goes on, and the last steps may not be complete.
  rebase(points, resolution, isLive) {
    let known = isLive ? trimmed(points) : points;
    // A long step that has just begun would keep live points away until it ends.
    if (isLive && resolution > 1_000 && known.length > 1) known = known.slice(0, -1);
    this.#base = known.map(timed);
    this.resolution = resolution;
    this.#countSinceRebase = 0;
    this.#coveredUntil = known.length > 0 ? this.#base.at(-1).at + resolution : -Infinity;
    this.#tail = this.#tail.filter(({ at }) => at >= this.#coveredUntil);
    if (!isLive) this.#tail = [];
  }

  // Takes a live point; a repeated one replaces itself.
  append(point) {
    const next = timed(point);
    if (!(next.at >= this.#coveredUntil)) return;
    const place = firstNotBefore(this.#tail.map(({ at }) => at), next.at);
    const isSame = this.#tail[place]?.at === next.at;
    this.#tail.splice(place, isSame ? 1 : 0, next);
    if (!isSame) this.#countSinceRebase += 1;
    if (this.#tail.length > TAIL_MAX) this.#tail.splice(0, TAIL_DUE);
  }

  get isDue() {
    return this.#countSinceRebase >= TAIL_DUE;
  }

  get count() {
    return this.#base.length + this.#tail.length + (this.#detail?.points.length ?? 0);
  }

  get last() {
    return this.#tail.at(-1) ?? this.#base.at(-1) ?? null;
  }

  get first() {
    return this.#base[0] ?? this.#tail[0] ?? null;
  }

  // A closer look at a part; null ends it.
  setDetail(detail) {
    this.#detail = detail && {
      from: detail.from, to: detail.to, points: detail.points.map(timed),
    };
  }

  // One list of times, and one of values for each field.
  columns() {
    const points = this.#merged();
    const times = points.map(({ at }) => at);
    const columns = { times };
    for (const [name, field] of Object.entries(FIELDS)) {
      columns[name] = points.map((point) => point[field] ?? null);
    }
    blankSilence(columns);
    return columns;
  }

  #merged() {
    const all = [...this.#base, ...this.#tail];
    if (this.#detail === null) return all;
    const { from, to, points } = this.#detail;
    return [
      ...all.filter(({ at }) => at < from), ...points, ...all.filter(({ at }) => at >= to),
    ];
  }
}

// Without the last steps that are still under way: the last observation lies in the middle of its
// step, whose other half would look like a fall to 0.
export function trimmed(points) {
  return points.slice(0, Math.max(0, points.findLastIndex(({ users }) => users !== null)));
}

function timed(point) {
  return { ...point, at: Date.parse(point.time) };
}

// Where nobody has reported for long, the server's rates are straight lines between two counts:
// true as a total, and misleading in a picture.
function blankSilence(columns) {
  const { times, users } = columns;
  const gap = usualGap(times, users);
  let before = null;
  for (let index = 0; index < times.length; index += 1) {
    if (users[index] === null) continue;
    if (before !== null && times[index] - times[before] > gap) {
      for (let silent = before + 1; silent < index; silent += 1) {
        for (const name of ["rps", "failures", "errorRate", "avg"]) columns[name][silent] = null;
      }
    }
    before = index;
  }
}
