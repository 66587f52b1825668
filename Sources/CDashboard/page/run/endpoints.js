// The endpoints of a run with their numbers, and a small chart of each.

import * as format from "../charts/format.js";
import { h } from "../dom.js";
import { sparkline } from "../sparkline.js";
import { sortTable } from "./sort-table.js";
import { isOver } from "./words.js";

// As many endpoints get a chart: each costs the service a look through the run.
const CHARTS_MAX = 20;
const CHART_POINTS = 60;
// Between two rounds over all of them.
const CHARTS_EVERY_MS = 20_000;

export function endpoints(ctx, id) {
  const charts = new Map();
  const path = `/v1/runs/${encodeURIComponent(id)}/metrics`;
  let newest = { rows: [], run: null };
  let isDisposed = false;
  let timer = null;
  let round = null;
  const keyOf = (row) => `${row.method} ${row.name}`;

  const number = (key, label, field, text) => ({
    key, label, isNumber: true, value: (row) => row[field], text: (row) => text(row[field]),
  });
  const table = sortTable({
    caption: "Endpoints", rowKey: keyOf, sort: { key: "requests", isDown: true },
    columns: [
      { key: "name", label: "Endpoint", value: (row) => row.name, cell: endpointName },
      { key: "chart", label: "Requests/s", name: "spark-cell", cell: (row) => chart(row).rps },
      { key: "times", label: "95th pct", name: "spark-cell", cell: (row) => chart(row).p95 },
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

  function chart(row) {
    const key = keyOf(row);
    if (!charts.has(key)) {
      charts.set(key, {
        rps: sparkline(`${row.name}: requests per second`),
        p95: sparkline(`${row.name}: 95th percentile`),
      });
    }
    return charts.get(key);
  }

  // One after the other: a page that is looked at must not be felt by the service.
  async function draw() {
    const most = [...newest.rows].sort((a, b) => b.requests - a.requests).slice(0, CHARTS_MAX);
    const { run } = newest;
    const start = Date.parse(run.startRequestedAt ?? run.createdAt);
    const end = run.endedAt ? Date.parse(run.endedAt) : Date.now();
    const resolution = Math.max(1, Math.ceil((end - start) / 1_000 / CHART_POINTS));
    for (const row of most) {
      if (isDisposed || document.hidden) return;
      const query = { method: row.method, name: row.name, resolution };
      const series = await ctx.api.get(path, { query });
      // The last step is not over, and would look like a fall.
      const points = series.points.length > 2 ? series.points.slice(0, -1) : series.points;
      chart(row).rps.draw(points.map(({ rps }) => rps));
      chart(row).p95.draw(points.map(({ p95ResponseMs }) => p95ResponseMs));
    }
  }

  function plan() {
    if (isDisposed || round || newest.rows.length === 0) return;
    // A look that failed is made again in the next round.
    round = draw().catch(() => null).finally(() => {
      round = null;
      if (!isOver(newest.run)) timer = setTimeout(plan, CHARTS_EVERY_MS);
    });
  }

  return {
    element: section("Endpoints", table.element),
    show({ run, summary }) {
      const isLast = newest.run && isOver(run) && !isOver(newest.run);
      const isFirst = newest.rows.length === 0;
      newest = { rows: summary?.endpoints ?? [], run };
      table.set(newest.rows, emptyText(run, summary));
      if (isFirst || isLast) {
        clearTimeout(timer);
        if (round) round.then(plan);
        else plan();
      }
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
