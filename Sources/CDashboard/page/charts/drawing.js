// The strokes of a chart on a canvas. Everything here draws from values and keeps nothing.

import { bands, isDense } from "./bands.js";
import { strokes } from "./downsample.js";
import { themeColor, themeFont } from "./theme.js";
import { clockOffset, clockText, elapsedText, timeTicks } from "./ticks.js";

// The same for every chart, so that times stand below each other.
export const MARGIN = { left: 56, right: 14, top: 14, bottom: 24 };
const LINE_WIDTH = 1.75;
const FONT_PIXELS = 11;
// Room that a mark of time needs, with its neighbour's distance.
const TIME_LABEL_PIXELS = 84;

// Where things are: from times and values to pixels and back.
// - floor: where a logarithmic scale begins; null for a straight one from 0.
export function projection(size, view, top, floor = null) {
  const width = Math.max(1, size.width - MARGIN.left - MARGIN.right);
  const height = Math.max(1, size.height - MARGIN.top - MARGIN.bottom);
  const span = view.to - view.from;
  const decades = floor === null ? 0 : Math.log(top / floor);
  const share = floor === null
    ? (value) => value / top
    : (value) => Math.max(0, Math.log(Math.max(value, floor) / floor) / decades);
  return {
    width,
    height,
    left: MARGIN.left,
    right: MARGIN.left + width,
    top: MARGIN.top,
    bottom: MARGIN.top + height,
    x: (time) => MARGIN.left + ((time - view.from) / span) * width,
    y: (value) => MARGIN.top + height * (1 - share(value)),
    time: (x) => view.from + ((x - MARGIN.left) / width) * span,
  };
}

// Fits a canvas to its box at the screen's own resolution.
export function prepare(canvas, size) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  context.font = `${FONT_PIXELS}px ${themeFont()}`;
  context.lineJoin = "round";
  context.lineCap = "butt";
  return context;
}

const crisp = (position) => Math.round(position) + 0.5;

export function drawGrid(context, place, { view, top, ticks, format, relative }) {
  context.lineWidth = 1;
  context.fillStyle = themeColor("--muted");
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticks) {
    context.strokeStyle = themeColor(tick === ticks[0] ? "--line-strong" : "--line");
    const y = crisp(place.y(tick));
    line(context, place.left, y, place.right, y);
    context.fillText(format(tick), place.left - 8, y);
  }
  drawTimes(context, place, { view, relative });
}

function drawTimes(context, place, { view, relative }) {
  const count = Math.max(1, Math.floor(place.width / TIME_LABEL_PIXELS));
  const offset = relative ? 0 : clockOffset(view.from);
  const { step, ticks } = timeTicks(view.from, view.to, count, offset);
  context.textAlign = "center";
  context.textBaseline = "top";
  context.strokeStyle = themeColor("--line-strong");
  for (const tick of ticks) {
    const x = crisp(place.x(tick));
    line(context, x, place.bottom, x, place.bottom + 4);
    const text = relative ? elapsedText(tick) : clockText(tick, step);
    const half = context.measureText(text).width / 2;
    const centre = Math.min(Math.max(x, place.left + half - 8), place.right - half + 12);
    context.fillText(text, centre, place.bottom + 8);
  }
}

function line(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

export function drawSeries(context, place, view, series) {
  const { times, values, gap } = series;
  if (times.length === 0) return;
  context.save();
  context.beginPath();
  context.rect(place.left - 1, place.top - 4, place.width + 2, place.height + 6);
  context.clip();
  context.strokeStyle = context.fillStyle = themeColor(series.color);
  context.lineWidth = series.width ?? LINE_WIDTH;
  context.setLineDash(series.dash ?? []);
  const window = { ...view, pixels: place.width, columns: place.width, gap };
  if (series.band && isDense(times, window)) {
    for (const stroke of bands(times, values, series.weights, window)) {
      drawBand(context, place, series, stroke);
    }
  } else {
    for (const stroke of strokes(times, values, window)) {
      drawStroke(context, place, series, stroke);
    }
  }
  context.restore();
}

function drawBand(context, place, series, stroke) {
  const band = new Path2D();
  const line = new Path2D();
  for (const { time, high, mean } of stroke) {
    band.lineTo(place.x(time), place.y(high));
    line.lineTo(place.x(time), place.y(mean));
  }
  for (const { time, low } of [...stroke].reverse()) band.lineTo(place.x(time), place.y(low));
  context.globalAlpha = 0.28;
  context.fill(band);
  if (series.area) fillBelow(context, place, line, stroke[0].time, stroke.at(-1).time);
  context.globalAlpha = 1;
  context.stroke(line);
}

function fillBelow(context, place, line, from, to) {
  const area = new Path2D(line);
  area.lineTo(place.x(to), place.bottom);
  area.lineTo(place.x(from), place.bottom);
  context.globalAlpha = 0.1;
  context.fill(area);
  context.globalAlpha = 1;
}

function drawStroke(context, place, series, stroke) {
  const { times, values } = series;
  if (stroke.length === 1) {
    // A lone point between two gaps would be a line of no length.
    context.beginPath();
    context.arc(place.x(times[stroke[0]]), place.y(values[stroke[0]]), 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  const path = new Path2D();
  stroke.forEach((index, order) => {
    const [x, y] = [place.x(times[index]), place.y(values[index])];
    if (order === 0) path.moveTo(x, y);
    else if (series.step) {
      path.lineTo(x, place.y(values[stroke[order - 1]]));
      path.lineTo(x, y);
    } else path.lineTo(x, y);
  });
  if (series.area) fillBelow(context, place, path, times[stroke[0]], times[stroke.at(-1)]);
  context.stroke(path);
}

// Lines that a value should stay below.
export function drawLimits(context, place, top, limits) {
  context.save();
  context.strokeStyle = context.fillStyle = themeColor("--bad");
  context.lineWidth = 1.25;
  context.setLineDash([7, 4]);
  context.textAlign = "right";
  context.textBaseline = "bottom";
  for (const { value, label } of limits) {
    if (value > top) continue;
    const y = crisp(place.y(value));
    line(context, place.left, y, place.right, y);
    context.fillText(label, place.right - 2, y - 2);
  }
  context.restore();
}

// Events: a thin line each, with a diamond at its top.
export function drawMarkers(context, place, view, markers) {
  context.save();
  context.strokeStyle = context.fillStyle = themeColor("--muted");
  for (const { time, tone } of markers) {
    if (time < view.from || time > view.to) continue;
    context.strokeStyle = context.fillStyle = themeColor(tone ?? "--muted");
    const x = crisp(place.x(time));
    context.globalAlpha = 0.55;
    context.setLineDash([2, 3]);
    context.lineWidth = 1;
    line(context, x, place.top, x, place.bottom);
    context.globalAlpha = 1;
    context.beginPath();
    context.moveTo(x, place.top - 9);
    context.lineTo(x + 4, place.top - 5);
    context.lineTo(x, place.top - 1);
    context.lineTo(x - 4, place.top - 5);
    context.fill();
  }
  context.restore();
}

// The cursor: a line, a dot on each series, and the time in a box on the axis.
export function drawCursor(context, place, { x, dots, text, note }) {
  context.strokeStyle = themeColor("--ink");
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  line(context, crisp(x), place.top, crisp(x), place.bottom);
  context.globalAlpha = 1;
  for (const dot of dots) {
    context.beginPath();
    context.arc(dot.x, dot.y, 3.5, 0, 2 * Math.PI);
    context.fillStyle = themeColor(dot.color);
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = themeColor("--raised");
    context.stroke();
  }
  box(context, place, { x, y: place.bottom + 4, text, back: "--ink", front: "--raised" });
  if (note) {
    box(context, place, { x, y: place.top + 2, text: note, back: "--ink", front: "--raised" });
  }
}

function box(context, place, { x, y, text, back, front }) {
  const width = Math.min(context.measureText(text).width + 12, place.width);
  const left = Math.min(Math.max(x - width / 2, place.left - 4), place.right + 12 - width);
  context.fillStyle = themeColor(back);
  context.beginPath();
  context.roundRect(left, y, width, 18, 4);
  context.fill();
  context.fillStyle = themeColor(front);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, left + width / 2, y + 9.5, width - 8);
}

// What is being chosen with the pointer.
export function drawSelection(context, place, from, to) {
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  context.fillStyle = themeColor("--accent");
  context.globalAlpha = 0.15;
  context.fillRect(left, place.top, right - left, place.height);
  context.globalAlpha = 0.8;
  context.fillRect(left, place.top, 1, place.height);
  context.fillRect(right, place.top, 1, place.height);
  context.globalAlpha = 1;
}

