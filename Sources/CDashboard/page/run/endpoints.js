// The endpoints of a run with their numbers, and two small charts of each.

import * as format from "../charts/format.js";
import { h } from "../dom.js";
import { sparkline } from "../sparkline.js";
import { sortTable } from "./sort-table.js";
import { isOver } from "./words.js";

// As many endpoints get charts: each costs the service a look through the run.
const CHARTS_MAX = 20;
const CHART_POINTS = 60;
// Between two rounds over all of them.
const CHARTS_EVERY_MS = 20_000;

const keyOf = ({ method, name }) => `${method} ${name}`;

export function endpoints(ctx, id) {
  const charts = smallCharts(ctx, `/v1/runs/${encodeURIComponent(id)}/metrics`);
  const number = (key, label, field, text) => ({
    key, label, isNumber: true, value: (row) => row[field], text: (row) => text(row[field]),
  });
  const small = (key, label, name) => (
    { key, label, name: "spark-cell", cell: (row) => charts.of(row)[name] });
  const table = sortTable({
    caption: "Endpoints", rowKey: keyOf, sort: { key: "requests", isDown: true },
    columns: [
      { key: "name", label: "Endpoint", value: (row) => row.name, cell: endpointName },
      small("course", "Requests/s", "rps"), small("times", "95th pct", "p95"),
      number("requests", "Requests", "requests", format.count),
      number("rps", "Rate", "rps", format.rate),
      {
        ...number("failures", "Failed", "errorRate", format.percent),
        update: (cell, row) => cell.classList.toggle("tone-bad", row.failures > 0),
      },
      number("avg", "Mean", "avgResponseMs", format.milliseconds),
      number("p50", "50th", "p50ResponseMs", format.milliseconds),
      number("p95", "95th", "p95ResponseMs", format.milliseconds),
      number("p99", "99th", "p99ResponseMs", format.milliseconds),
      number("max", "Slowest", "maxResponseMs", format.milliseconds),
    ],
  });
  return {
    element: section("Endpoints", table.element),
    show({ run, summary }) {
      const rows = summary?.endpoints ?? [];
      table.set(rows, emptyText(run, summary));
      charts.show(rows, run);
    },
    dispose: charts.dispose,
  };
}

/** The small charts of rows; read one after the other: no page may be felt by the service. */
function smallCharts(ctx, path) {
  const known = new Map();
  let [rows, run] = [[], null];
  let [timer, round, isDisposed] = [null, null, false];

  function of(row) {
    if (!known.has(keyOf(row))) {
      known.set(keyOf(row), {
        rps: sparkline(`${row.name}: requests per second`),
        p95: sparkline(`${row.name}: 95th percentile`),
      });
    }
    return known.get(keyOf(row));
  }

  async function draw() {
    const start = Date.parse(run.startRequestedAt ?? run.createdAt);
    const end = run.endedAt ? Date.parse(run.endedAt) : Date.now();
    const resolution = Math.max(1, Math.ceil((end - start) / 1_000 / CHART_POINTS));
    const most = [...rows].sort((a, b) => b.requests - a.requests).slice(0, CHARTS_MAX);
    for (const row of most) {
      if (isDisposed || document.hidden) return;
      const query = { method: row.method, name: row.name, resolution };
      const series = await ctx.api.get(path, { query });
      // The last step is not over, and would look like a fall.
      const points = series.points.length > 2 ? series.points.slice(0, -1) : series.points;
      of(row).rps.draw(points.map(({ rps }) => rps));
      of(row).p95.draw(points.map(({ p95ResponseMs }) => p95ResponseMs));
    }
  }

  function begin() {
    clearTimeout(timer);
    if (isDisposed || round || rows.length === 0) return;
    // A look that failed is made again in the next round.
    round = draw().catch(() => null).finally(() => {
      round = null;
      if (isDisposed || (isOver(run) && !document.hidden)) return;
      timer = setTimeout(begin, CHARTS_EVERY_MS);
    });
  }

  return {
    of,
    show(nextRows, nextRun) {
      const isNew = rows.length === 0 || (isOver(nextRun) && !isOver(run));
      [rows, run] = [nextRows, nextRun];
      if (isNew) (round ?? Promise.resolve()).then(begin);
    },
    dispose() {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}

function emptyText(run, summary) {
  if (!summary) return "Loading…";
  return isOver(run) ? "No requests were made" : "No requests yet";
}

export function endpointName(row) {
  return h("span", { class: "endpoint" },
    h("span", { class: "method" }, row.method), h("span", { class: "endpoint-name" }, row.name));
}

export function section(title, ...children) {
  const id = `section-${title.toLowerCase().replace(/\W+/g, "-")}`;
  return h("section", { class: "card", "aria-labelledby": id },
    h("div", { class: "card-head" }, h("h2", { id }, title)), children);
}
