// The time axis that all charts of a page share: what is in view, and where the cursor is.

// The closest look: one second of it fills the picture.
const SPAN_MIN = 2_000;

export class TimeAxis {
  #full = { from: 0, to: 1_000 };
  // null shows everything; `span` follows the newest; `from` and `to` stand still.
  #zoom = null;
  #cursor = null;
  #listeners = new Set();

  // relative: times count from a start instead of being times of day.
  constructor({ relative = false } = {}) {
    this.relative = relative;
  }

  get view() {
    const { from, to } = this.#full;
    if (this.#zoom === null) return { from, to };
    if (this.#zoom.span) return { from: Math.max(from, to - this.#zoom.span), to };
    return { from: this.#zoom.from, to: this.#zoom.to };
  }

  get full() {
    return this.#full;
  }

  get cursor() {
    return this.#cursor;
  }

  get isZoomed() {
    return this.#zoom !== null;
  }

  // The span that the view follows the newest with, or null.
  get following() {
    return this.#zoom?.span ?? null;
  }

  setFull(from, to) {
    const end = Math.max(to, from + SPAN_MIN);
    if (from === this.#full.from && end === this.#full.to) return;
    this.#full = { from, to: end };
    this.#tell("view");
  }

  zoomTo(from, to) {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const span = Math.max(high - low, SPAN_MIN);
    const full = this.#full;
    if (span >= full.to - full.from) return this.reset();
    const middle = (low + high) / 2;
    const start = Math.min(Math.max(middle - span / 2, full.from), full.to - span);
    this.#zoom = { from: start, to: start + span };
    this.#tell("zoom");
  }

  // Makes the span in view `factor` times as long; `at` stays where it is.
  zoomBy(factor, at = null) {
    const { from, to } = this.view;
    const centre = at ?? (from + to) / 2;
    this.zoomTo(centre - (centre - from) * factor, centre + (to - centre) * factor);
  }

  panBy(share) {
    if (this.#zoom === null) return;
    const { from, to } = this.view;
    const step = (to - from) * share;
    this.zoomTo(from + step, to + step);
  }

  follow(span) {
    this.#zoom = { span };
    this.#tell("zoom");
  }

  reset() {
    if (this.#zoom === null) return;
    this.#zoom = null;
    this.#tell("zoom");
  }

  setCursor(time) {
    if (time === this.#cursor) return;
    this.#cursor = time;
    this.#tell("cursor");
  }

  // `listener` is called with `view`, `zoom` (a view that somebody chose) or `cursor`; the answer
  // ends that.
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(what) {
    for (const listener of this.#listeners) listener(what);
  }
}
