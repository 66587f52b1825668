// The four charts of a run on one axis of time, and the buttons that move it.

import { Chart } from "../charts/chart.js";
import * as format from "../charts/format.js";
import { TimeAxis } from "../charts/time-axis.js";
import { h } from "../dom.js";
import { eventText, eventTone, eventWords, isOver } from "./words.js";

const MINUTE = 60_000;
const SPANS = [["1 min", MINUTE], ["5 min", 5 * MINUTE], ["15 min", 15 * MINUTE]];
// Dashes beside colours: who sees no colours sees lines.
const DOTS = [2, 3];
const DASHES = [7, 4];
const TONES = { bad: "--bad", good: "--good", plain: "--muted" };
const LOOK_DELAY = 250;
const LIMIT = /^\s*p(?:50|95|99)\s*<=?\s*([\d.]+)\s*(us|ms|s)(?: for .*)?$/;
const UNITS = { us: 0.001, ms: 1, s: 1_000 };

const CHARTS = [
  {
    title: "Throughput", note: "per second", format: format.rate, axisFormat: format.short,
    series: [
      { key: "rps", label: "Requests", color: "--series-1", area: true, band: true },
      { key: "failures", label: "Failures", color: "--series-2", dash: DASHES, band: true },
    ],
  },
  {
    title: "Users", format: format.count, axisFormat: format.short,
    series: [
      { key: "target", label: "Asked for", color: "--series-4", dash: DASHES, step: true },
      { key: "users", label: "At work", color: "--series-3", area: true, step: true },
    ],
  },
  {
    title: "Response times", note: "percentiles", format: format.milliseconds, log: true,
    series: [
      { key: "p50", label: "50th", color: "--series-1" },
      { key: "p95", label: "95th", color: "--series-2", dash: DASHES },
      { key: "p99", label: "99th", color: "--series-7", dash: DOTS },
    ],
  },
  {
    title: "Errors", note: "share of requests", format: format.percent, topMax: 100,
    series: [
      { key: "errorRate", label: "Error rate", color: "--series-2", area: true, band: true },
    ],
  },
];

// - look(view): asks for a closer look at a view, or with null for none.
export function runCharts(look) {
  const axis = new TimeAxis();
  const charts = CHARTS.map((options) => new Chart({ axis, ...options }));
  const bar = toolbar(axis);
  let timer = null;
  const end = axis.subscribe((what) => {
    if (what !== "zoom") return;
    bar.refresh();
    clearTimeout(timer);
    timer = setTimeout(() => look(axis.isZoomed ? axis.view : null), LOOK_DELAY);
  });

  return {
    axis,
    charts,
    element: h(
      "section", { class: "charts", "aria-labelledby": "charts-title" },
      bar.element, h("div", { class: "chart-grid" }, charts.map(({ element }) => element))),
    show({ run, points, events, hasPoints }) {
      const columns = points.columns();
      const target = targetLine(run, events, columns.times);
      for (const [index, { series }] of CHARTS.entries()) {
        for (const { key } of series) {
          if (key === "target") charts[index].setSeries(key, target.times, target.values);
          else charts[index].setSeries(key, columns.times, columns[key], weightsOf(key, columns));
        }
      }
      const empty = hasPoints ? emptyText(run) : "Loading…";
      for (const chart of charts) {
        chart.setEmptyText(empty);
        // The newest number is news while the run lives, and its last breath afterwards.
        chart.isIdleBlank = isOver(run);
      }
      const { from, to } = extent(run, points);
      axis.setFull(from, to);
    },
    showEvents({ run, events }) {
      const markers = events
        .filter(({ kind }) => !["accepted", "stateChanged", "start", "loadEnded"].includes(kind))
        .map((event) => ({
          time: Date.parse(event.at), tone: TONES[eventTone(event.kind)],
          label: [eventWords(event.kind), eventText(event)].filter(Boolean).join(": "),
        }))
        .concat(brokenThresholds(run));
      for (const chart of charts) chart.setMarkers(markers);
    },
    showThresholds(run) {
      charts[2].setLimits(responseLimits(run.thresholds ?? []));
    },
    dispose() {
      clearTimeout(timer);
      end();
      for (const chart of charts) chart.dispose();
    },
  };
}

// The share of errors over several steps is that of their requests, and not a mean of shares.
function weightsOf(key, columns) {
  return key === "errorRate" ? columns.rps : null;
}

function extent(run, points) {
  const from = points.first?.at ?? Date.parse(run.startRequestedAt ?? run.createdAt);
  const last = points.last ? points.last.at + 1_000 : from;
  // A chart that begins with ten seconds would be all motion.
  const least = isOver(run) ? 2_000 : 30_000;
  return { from, to: Math.max(last, from + least) };
}

function emptyText(run) {
  if (isOver(run)) return "Nothing was measured";
  return run.state === "Running" ? "The first numbers are on their way" : "No load yet";
}

// What was asked for: at the start, and by each change of users that was done.
function targetLine(run, events, times) {
  if (times.length === 0) return { times: [], values: [] };
  const changes = events
    .filter(({ kind, outcome }) => ["start", "changeUsers"].includes(kind)
      && outcome?.result !== "refused")
    .map(({ at, facts }) => ({ at: Date.parse(at), users: facts.users ?? facts.targetUsers }))
    .filter(({ users }) => Number.isFinite(users));
  let index = 0;
  let users = changes.length > 0 ? changes[0].users : run.targetUsers;
  const values = times.map((time) => {
    while (index < changes.length && changes[index].at <= time) users = changes[index++].users;
    return users;
  });
  return { times, values };
}

// Where each broken threshold was broken first.
function brokenThresholds({ startRequestedAt, thresholds = [] }) {
  return thresholds
    .filter(({ brokenAt }) => Number.isFinite(brokenAt ?? NaN))
    .map(({ expression, brokenAt }) => ({
      time: Date.parse(startRequestedAt) + brokenAt * 1_000, tone: "--bad",
      label: `Broken: ${expression}`,
    }));
}

// The thresholds that are a line in the chart of response times, such as `p95 < 500ms`.
export function responseLimits(thresholds) {
  const limits = [];
  for (const { expression } of thresholds) {
    const match = LIMIT.exec(expression);
    if (!match) continue;
    limits.push({ value: Number(match[1]) * UNITS[match[2]], label: expression });
  }
  return limits;
}

function toolbar(axis) {
  const buttons = SPANS.map(([text, span]) => {
    return { button: tool(text, { "aria-pressed": "false" }, () => axis.follow(span)), span };
  });
  const all = tool("All", { "aria-pressed": "true" }, () => axis.reset());
  const hint = h("span", { class: "hint" }, "Drag to zoom, double-click to see all. "
    + "Keys: arrows, + and −");
  const title = h("h2", { id: "charts-title" }, "Course");
  const element = h(
    "div", { class: "toolbar" }, title, hint,
    h("div", { class: "group", role: "group", "aria-label": "Span of time" },
      all, buttons.map(({ button }) => button)),
    h("div", { class: "group", role: "group", "aria-label": "Zoom" },
      tool("−", { "aria-label": "Zoom out" }, () => axis.zoomBy(2)),
      tool("+", { "aria-label": "Zoom in" }, () => axis.zoomBy(0.5))));
  return {
    element,
    refresh() {
      all.setAttribute("aria-pressed", String(!axis.isZoomed));
      for (const { button, span } of buttons) {
        button.setAttribute("aria-pressed", String(axis.following === span));
      }
    },
  };
}

function tool(text, attributes, onclick) {
  return h(
    "button", { type: "button", class: "button button-small", onclick, ...attributes }, text);
}
