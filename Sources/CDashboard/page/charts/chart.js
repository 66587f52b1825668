// A chart of values over time. On a canvas: thousands of points that change each second cost one
// drawing for each frame and no elements, and a page that is open for hours does not grow. The
// cursor has a canvas of its own, so that moving it does not draw the lines anew.

import { h } from "../dom.js";
import * as drawing from "./drawing.js";
import { firstNotBefore, nearest, usualGap } from "./downsample.js";
import { legend } from "./legend.js";
import { attachPointer } from "./pointer.js";
import { dataTable } from "./table.js";
import { onThemeChange } from "./theme.js";
import { clockText, elapsedText, logTicks, valueTicks } from "./ticks.js";

// How near the cursor must be to an event to be told its name.
const NOTE_PIXELS = 6;
const LABEL_PIXELS = 42;

let sequence = 0;

export class Chart {
  #series;
  #axis;
  #format;
  #markers = [];
  #limits = [];
  #size = { width: 0, height: 0 };
  #top = 1;
  // Where a logarithmic scale begins; null while the scale is straight.
  #floor = null;
  #isLog = false;
  #topMax;
  #selection = null;
  #frame = null;
  #dirty = { lines: true, cursor: true };
  #ends = [];

  // - axis: the `TimeAxis` that it shares with others.
  // - format: a value as text, such as `milliseconds`.
  // - series: `{key, label, color, dash, area, step}`; `color` names a custom property.
  // - topMax: the highest that the values can be, such as 100 per cent.
  // - note: a word behind the title.
  // - log: offers a logarithmic scale.
  // - isIdleBlank: without a cursor the legend tells no values, instead of the newest.
  constructor({
    axis, title, note = "", format, axisFormat, series, topMax = Infinity, log = false,
    isIdleBlank = false,
  }) {
    this.#axis = axis;
    this.#format = format;
    this.axisFormat = axisFormat ?? format;
    this.#topMax = topMax;
    this.isIdleBlank = isIdleBlank;
    this.#series = series.map((each) => ({
      ...each, times: [], values: [], gap: Infinity, isShown: true,
    }));
    this.title = title;
    this.#build(title, note, log);
    this.#ends.push(axis.subscribe((what) => this.#axisChanged(what)));
    this.#ends.push(onThemeChange(() => this.#redraw()));
    const observer = new ResizeObserver(([entry]) => this.#resized(entry.contentRect));
    observer.observe(this.plot);
    this.#ends.push(() => observer.disconnect());
  }

  #build(title, note, log) {
    sequence += 1;
    const id = `chart-${sequence}`;
    this.lines = h("canvas", { class: "chart-lines", role: "img", "aria-label": title });
    this.overlay = h("canvas", { class: "chart-overlay", "aria-hidden": "true" });
    this.cursor = h("div", {
      class: "chart-cursor", tabindex: "0", role: "slider", "aria-label": `${title}: time`,
      "aria-valuemin": "0", "aria-valuemax": "0", "aria-valuenow": "0", "aria-valuetext": "none",
      title: "",
    });
    this.empty = h("p", { class: "chart-empty" }, "No numbers yet");
    this.plot = h(
      "div", { class: "chart-plot" }, this.lines, this.overlay, this.empty, this.cursor);
    this.legend = legend(this.#series, (key) => this.#toggle(key));
    this.table = dataTable(title, () => this.#tableRows());
    this.element = h(
      "section", { class: "chart", "aria-labelledby": id },
      h(
        "header", { class: "chart-head" },
        h("h3", { id }, title, note ? h("small", {}, ` ${note}`) : null),
        h("span", { class: "chart-tools" }, log ? this.#logButton() : null, this.table.button)),
      this.legend.element, this.plot, this.table.element);
    attachPointer({
      plot: this.cursor, axis: this.#axis, place: () => this.#place(),
      select: (from, to) => this.#select(from, to), times: () => this.#times(),
      describe: () => this.#describe(),
    });
  }

  #logButton() {
    const button = h(
      "button",
      {
        type: "button", class: "button button-quiet button-small", "aria-pressed": "false",
        "aria-label": `${this.title}: logarithmic scale`,
      }, "Log");
    button.addEventListener("click", () => {
      this.#isLog = !this.#isLog;
      button.setAttribute("aria-pressed", String(this.#isLog));
      this.#redraw();
    });
    return button;
  }

  // Replaces a series' points; `times` are milliseconds and in order.
  // `weights` are what a mean over several points is made with.
  setSeries(key, times, values, weights = null) {
    const series = this.#series.find((each) => each.key === key);
    if (!series) return;
    series.times = times;
    series.values = values;
    series.weights = weights;
    series.gap = usualGap(times, values);
    this.#redraw();
  }

  // Events: `{time, label, tone}`.
  setMarkers(markers) {
    this.#markers = markers;
    this.#redraw();
  }

  // What values should stay below: `{value, label}`.
  setLimits(limits) {
    this.#limits = limits;
    this.#redraw();
  }

  setEmptyText(text) {
    this.empty.textContent = text;
  }

  // What it shows now, for tests and for the table.
  get state() {
    return {
      title: this.title, top: this.#top, view: this.#axis.view, cursor: this.#axis.cursor,
      series: this.#series.map(({ key, label, isShown, times, values }) => (
        { key, label, isShown, times, values })),
    };
  }

  dispose() {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  #axisChanged(what) {
    if (what === "cursor") this.#dirty.cursor = true;
    else this.#dirty.lines = true;
    this.#schedule();
  }

  #resized({ width, height }) {
    this.#size = { width, height };
    this.#redraw();
  }

  #redraw() {
    this.#dirty.lines = true;
    this.#schedule();
  }

  #schedule() {
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #toggle(key) {
    const series = this.#series.find((each) => each.key === key);
    series.isShown = !series.isShown;
    this.#redraw();
    return series.isShown;
  }

  #select(from, to) {
    this.#selection = from === null ? null : { from, to };
    this.#dirty.cursor = true;
    this.#schedule();
  }

  #shown() {
    return this.#series.filter((series) => series.isShown);
  }

  #times() {
    const shown = this.#shown();
    return (shown.find((series) => series.times.length > 0) ?? { times: [] }).times;
  }

  #place() {
    return drawing.projection(this.#size, this.#axis.view, this.#top, this.#floor);
  }

  #draw() {
    this.#frame = null;
    if (this.#size.width === 0) return;
    if (this.#dirty.lines) this.#drawLines();
    this.#drawOverlay();
    this.#dirty = { lines: false, cursor: false };
  }

  #drawLines() {
    const view = this.#axis.view;
    const ticks = this.#ticks(view);
    const place = this.#place();
    const context = drawing.prepare(this.lines, this.#size);
    drawing.drawGrid(context, place, {
      view, ticks, format: this.axisFormat, relative: this.#axis.relative,
    });
    drawing.drawMarkers(context, place, view, this.#markers);
    // The first is the most important one, and lies on top.
    for (const series of this.#shown().reverse()) {
      drawing.drawSeries(context, place, view, series);
    }
    drawing.drawLimits(context, place, this.#top, this.#limits);
    this.empty.hidden = this.#series.some((series) => series.values.some((v) => v !== null));
    this.lines.setAttribute("aria-label", this.#summary());
    this.table.refresh();
  }

  #ticks(view) {
    let { lowest, highest } = this.#range(view);
    const near = this.#limits.filter(({ value }) => value <= highest * 2.5);
    for (const { value } of near) highest = Math.max(highest, value * 1.08);
    this.#floor = null;
    if (this.#isLog && lowest < highest) {
      const ticks = logTicks(lowest, highest);
      [this.#floor, this.#top] = [ticks[0], ticks.at(-1)];
      return ticks;
    }
    const count = Math.max(2, Math.round(this.#size.height / LABEL_PIXELS));
    let ticks = valueTicks(Math.min(highest, this.#topMax), count);
    // An axis that shrinks with each breath of the newest value cannot be read.
    const isClose = ticks.at(-1) < this.#top && ticks.at(-1) > this.#top * 0.6;
    if (isClose && !this.#axis.isZoomed) ticks = valueTicks(this.#top, count);
    this.#top = ticks.at(-1);
    return ticks;
  }

  // Of what is in view; `lowest` is above 0.
  #range(view) {
    let [lowest, highest] = [Infinity, 0];
    for (const { times, values } of this.#shown()) {
      const end = firstNotBefore(times, view.to + 1);
      for (let index = firstNotBefore(times, view.from); index < end; index += 1) {
        if (values[index] > highest) highest = values[index];
        if (values[index] > 0 && values[index] < lowest) lowest = values[index];
      }
    }
    return { lowest, highest };
  }

  #drawOverlay() {
    const context = drawing.prepare(this.overlay, this.#size);
    const place = this.#place();
    const time = this.#axis.cursor;
    if (this.#selection) {
      drawing.drawSelection(context, place, this.#selection.from, this.#selection.to);
    }
    const { from, to } = this.#axis.view;
    const isInView = time !== null && time >= from && time <= to;
    if (isInView) this.#drawCursor(context, place, time);
    this.#tell(isInView ? time : null);
  }

  #drawCursor(context, place, time) {
    const dots = [];
    for (const series of this.#shown()) {
      const index = this.#indexAt(series, time);
      if (index < 0) continue;
      const [x, y] = [place.x(series.times[index]), place.y(series.values[index])];
      if (x >= place.left - 1 && x <= place.right + 1) dots.push({ x, y, color: series.color });
    }
    const x = dots[0]?.x ?? place.x(time);
    const near = this.#markers.filter((each) => Math.abs(place.x(each.time) - x) <= NOTE_PIXELS);
    const note = near.length > 0 ? near.map((each) => each.label).join(" · ") : null;
    drawing.drawCursor(context, place, { x, dots, text: this.#timeText(time), note });
  }

  // The point that the cursor stands on, or -1 where the series has a gap.
  #indexAt(series, time) {
    const { times, values } = series;
    let index = nearest(times, time);
    if (index < 0) return -1;
    if (values[index] === null || values[index] === undefined) index = beside(series, index);
    const reach = Number.isFinite(series.gap) ? series.gap : 5_000;
    return index >= 0 && Math.abs(times[index] - time) <= reach ? index : -1;
  }

  #tell(time) {
    for (const series of this.#series) {
      let index = -1;
      if (time !== null) index = this.#indexAt(series, time);
      else if (!this.isIdleBlank) index = beside(series, series.times.length - 1);
      const value = index < 0 ? null : series.values[index];
      const text = time === null && this.isIdleBlank ? "" : this.#format(value);
      this.legend.setValue(series.key, text, time !== null);
    }
  }

  #timeText(time) {
    const span = this.#axis.view.to - this.#axis.view.from;
    if (this.#axis.relative) return elapsedText(time);
    return span > 86_400_000 ? new Date(time).toLocaleString("en-CA") : clockText(time, 1_000);
  }

  // After a move by keys: the same in words, for those who do not see the dots.
  #describe() {
    const { from, to } = this.#axis.view;
    const time = this.#axis.cursor;
    this.cursor.setAttribute("aria-valuemin", String(Math.round(from)));
    this.cursor.setAttribute("aria-valuemax", String(Math.round(to)));
    this.cursor.setAttribute("aria-valuenow", String(Math.round(time ?? to)));
    const values = this.#shown().map((series) => {
      const index = time === null ? series.values.length - 1 : this.#indexAt(series, time);
      return `${series.label} ${this.#format(index < 0 ? null : series.values[index])}`;
    });
    const text = time === null ? "newest" : this.#timeText(time);
    this.cursor.setAttribute("aria-valuetext", `${text}: ${values.join(", ")}`);
  }

  #summary() {
    const parts = this.#shown().map((series) => {
      const known = series.values.filter((value) => value !== null && value !== undefined);
      if (known.length === 0) return `${series.label}: no numbers`;
      let highest = known[0];
      for (const value of known) if (value > highest) highest = value;
      const [last, most] = [this.#format(known.at(-1)), this.#format(highest)];
      return `${series.label}: last ${last}, highest ${most}`;
    });
    return `${this.title}. ${parts.join("; ")}`;
  }

  #tableRows() {
    const { from, to } = this.#axis.view;
    const times = this.#times();
    const rows = [];
    const [start, end] = [firstNotBefore(times, from), firstNotBefore(times, to + 1)];
    const step = Math.max(1, Math.ceil((end - start) / dataTable.rowsMax));
    for (let at = start; at < end; at += step) {
      const cells = this.#series.map((series) => {
        const index = this.#indexAt(series, times[at]);
        return this.#format(index < 0 ? null : series.values[index]);
      });
      rows.push([this.#timeText(times[at]), ...cells]);
    }
    return { head: ["Time", ...this.#series.map((series) => series.label)], rows };
  }
}

// The last point with a value at or before `index`.
function beside({ values }, index) {
  let at = index;
  while (at >= 0 && (values[at] === null || values[at] === undefined)) at -= 1;
  return at;
}
