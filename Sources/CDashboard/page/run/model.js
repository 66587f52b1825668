// One run as the page knows it: read by REST, kept up to date by the stream, or by asking again
// where there is none. Knows no elements.

import { PointStore, resolutionFor, trimmed } from "./points.js";
import { hasLoad, isOver } from "./words.js";

const RETRY_MS = 2_000;
const RUN_MS = 3_000;
// Totals and percentiles of the whole run: the server adds up all that it has for them.
const SUMMARY_MS = 4_000;
// A summary that took long is asked for less often: at most a twentieth of the time goes into it.
const SUMMARY_REST = 20;
// Where the newest number lags behind, this much of the past is asked for with each poll.
const OVERLAP_MS = 3_000;
const DETAIL_POINTS = 800;
const EVENTS_MAX = 500;

export class RunModel {
  run = null;
  // Whether the course has been read: before that, nothing is known, and not nothing there.
  hasPoints = false;
  summary = null;
  events = [];
  points = new PointStore();
  #ctx;
  #path;
  #changed;
  #timers = new Map();
  #stop = null;
  #isDisposed = false;
  #rebasing = null;
  #detailAsked = 0;

  // - changed: called with `run`, `points`, `summary` or `events`.
  constructor(ctx, id, changed) {
    this.#ctx = ctx;
    this.#path = `/v1/runs/${encodeURIComponent(id)}`;
    this.#changed = changed;
  }

  // Answers when the run itself is known; all else comes as it is read.
  async open() {
    this.#setRun(await this.#ctx.api.get(this.#path));
    if (isOver(this.run)) return this.#finish();
    this.#listen();
    this.#readEvents().catch(() => null);
    this.#rebase().catch(() => this.#retry("points", () => this.#rebase()));
    this.#watchSummary();
    this.#later("run", RUN_MS, () => this.#watchRun());
  }

  // Until it has worked once; what comes later comes by other ways.
  #retry(name, work) {
    this.#later(name, RETRY_MS, () => work().catch(() => this.#retry(name, work)));
  }

  dispose() {
    this.#isDisposed = true;
    this.#stop?.();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  // Reads again what an order has changed, without waiting for the next look.
  async refresh() {
    this.#setRun(await this.#ctx.api.get(this.#path));
    await this.#readEvents();
  }

  // A closer look at what is in view, where the points kept are coarser than the picture.
  async look(view) {
    this.#detailAsked += 1;
    const asked = this.#detailAsked;
    const span = view ? view.to - view.from : Infinity;
    if (!view || this.points.resolution <= 1_000 || span / this.points.resolution > DETAIL_POINTS) {
      this.points.setDetail(null);
      return this.#changed("points");
    }
    const resolution = Math.max(1, Math.ceil(span / 1_000 / DETAIL_POINTS));
    const [from, to] = [view.from - span / 10, Math.min(view.to + span / 10, Date.now())];
    const query = new URLSearchParams({
      from: new Date(from).toISOString(), to: new Date(to).toISOString(),
      resolution: String(resolution),
    });
    const series = await this.#ctx.api.get(`${this.#path}/metrics?${query}`);
    if (asked !== this.#detailAsked || this.#isDisposed) return;
    const points = isOver(this.run) ? series.points : trimmed(series.points);
    this.points.setDetail({ from, to, points });
    this.#changed("points");
  }

  #setRun(run) {
    const before = this.run;
    // An answer that was overtaken, by the stream or by another one, tells of the past.
    const isOld = before && (run.updatedAt < before.updatedAt || (isOver(before) && !isOver(run)));
    if (this.#isDisposed || isOld) return;
    this.run = run;
    this.#changed("run");
    if (before && !isOver(before) && isOver(run)) this.#finish();
  }

  // The last numbers arrive with the end, so everything is read once more.
  async #finish() {
    this.#stop?.();
    this.#stop = null;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    // What was asked for before the end does not have it.
    await this.#rebasing?.catch(() => null);
    try {
      await Promise.all([this.#rebase(), this.#readSummary(), this.#readEvents()]);
    } catch {
      this.#later("finish", RETRY_MS, () => this.#finish());
    }
  }

  // One at a time: who asks while one is under way waits for that.
  #rebase() {
    this.#rebasing ??= this.#readPoints().finally(() => {
      this.#rebasing = null;
    });
    return this.#rebasing;
  }

  async #readPoints() {
    const { run } = this;
    const start = Date.parse(run.startRequestedAt ?? run.createdAt);
    const end = run.endedAt ? Date.parse(run.endedAt) : Date.now();
    const resolution = resolutionFor((end - start) / 1_000);
    const series = await this.#ctx.api.get(`${this.#path}/metrics?resolution=${resolution}`);
    this.hasPoints = true;
    this.points.rebase(series.points, series.resolutionSeconds * 1_000, !isOver(run));
    if (!this.#isDisposed) this.#changed("points");
  }

  async #readSummary() {
    this.summary = await this.#ctx.api.get(`${this.#path}/summary`);
    if (!this.#isDisposed) this.#changed("summary");
  }

  async #readEvents() {
    const events = [];
    let cursor = null;
    do {
      const query = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) });
      const page = await this.#ctx.api.get(`${this.#path}/timeline?${query}`);
      events.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor && events.length < EVENTS_MAX);
    for (const event of events) this.#takeEvent(event);
    if (!this.#isDisposed) this.#changed("events");
  }

  // An outcome comes as the same line once more.
  #takeEvent(event) {
    const index = this.events.findIndex(({ number }) => number === event.number);
    if (index >= 0) this.events[index] = event;
    else this.events.push(event);
    this.events.sort((a, b) => a.number - b.number);
    if (this.events.length > EVENTS_MAX) this.events.splice(1, 1);
  }

  #take(sample) {
    this.points.append(sample);
    this.#changed("points");
    // A failed attempt is made again with one of the next samples.
    if (this.points.isDue) this.#rebase().catch(() => null);
  }

  // The newest totals, which the stream tells only with other changes of the run.
  async #watchRun() {
    try {
      if (!document.hidden) this.#setRun(await this.#ctx.api.get(this.#path));
    } catch {
      // That the service is away is told by the frame of the page; here it is only asked again.
    }
    if (!isOver(this.run)) this.#later("run", RUN_MS, () => this.#watchRun());
  }

  async #watchSummary() {
    const started = performance.now();
    try {
      if (!document.hidden || !this.summary) await this.#readSummary();
    } catch {
      // As above.
    }
    const rest = Math.max(SUMMARY_MS, (performance.now() - started) * SUMMARY_REST);
    if (!isOver(this.run)) this.#later("summary", rest, () => this.#watchSummary());
  }

  #listen() {
    this.#stop = this.#ctx.stream(`${this.#path}/events`, {
      onEvent: (name, data) => this.#takeStreamed(name, data),
      poll: () => this.#poll(),
    });
  }

  #takeStreamed(name, data) {
    if (this.#isDisposed) return;
    if (name === "run") this.#setRun(data);
    else if (name === "sample") this.#take(data);
    else if (name === "timeline") {
      this.#takeEvent(data);
      this.#changed("events");
    } else if (name === "reset") {
      this.#rebase().catch(() => null);
    } else if (name === "end") {
      this.refresh().catch(() => this.#retry("end", () => this.refresh()));
    }
  }

  async #poll() {
    const last = this.points.last;
    const run = await this.#ctx.api.get(this.#path);
    if (last) await this.#pollPoints(last);
    else if (hasLoad(run)) await this.#rebase();
    await this.#readEvents();
    this.#setRun(run);
  }

  async #pollPoints(last) {
    const query = new URLSearchParams({
      resolution: "1", from: new Date(last.at - OVERLAP_MS).toISOString(),
    });
    const series = await this.#ctx.api.get(`${this.#path}/metrics?${query}`);
    for (const point of trimmed(series.points)) this.points.append(point);
    this.#changed("points");
    if (this.points.isDue) await this.#rebase();
  }

  #later(name, delay, action) {
    if (this.#isDisposed) return;
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(action, delay));
  }
}
