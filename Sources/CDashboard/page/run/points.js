// A run's course as the page keeps it: never more than some thousand points, however long it goes.

import { firstNotBefore, usualGap } from "../charts/downsample.js";

// Points that the server makes of the past: twice the pixels of a wide chart's half.
export const BASE_MAX = 1_000;
// Live points beside them. When there are as many, the server is asked for the past again, at a
// coarser resolution: it can merge histograms, and percentiles cannot be merged here.
export const TAIL_MAX = 1_000;

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
  resolution = 1_000;

  // - points: of the whole run.
  // - resolution: of a step, in milliseconds.
  // - isLive: the last steps may lack what is still under way, and would look like a fall to 0.
  rebase(points, resolution, isLive) {
    let end = points.length;
    if (isLive) while (end > 0 && points[end - 1].users === null) end -= 1;
    this.#base = points.slice(0, end).map(timed);
    this.resolution = resolution;
    this.#coveredUntil = end > 0 ? this.#base[end - 1].at + resolution : -Infinity;
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
    // Twice the size without an answer from the server: the oldest give way.
    if (this.#tail.length > 2 * TAIL_MAX) this.#tail.splice(0, TAIL_MAX);
  }

  get isDue() {
    return this.#tail.length >= TAIL_MAX;
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
