// Two to five runs, one above the other: `#/compare?runs=ID,ID`. The first is what the others are
// measured by.

import { Chart } from "../charts/chart.js";
import * as format from "../charts/format.js";
import { swatch } from "../charts/legend.js";
import { TimeAxis } from "../charts/time-axis.js";
import { disposer, fill, h } from "../dom.js";
import { caveats, figureOf, loadComparison } from "../run/comparison.js";
import { differenceCell, measures } from "../run/difference.js";
import { endpointName, section } from "../run/endpoints.js";
import { PointStore } from "../run/points.js";
import { emptyState, isOver, pageHead, runBadge, timeText } from "../ui.js";

const RUNS_MAX = 5;
const POINTS = 400;
const LETTERS = "ABCDE";
const COLORS = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-7"];
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2]];

const CHARTS = [
  { key: "rps", title: "Throughput", note: "per second", format: format.rate,
    axisFormat: format.short },
  { key: "p95", title: "Response times", note: "95th percentile", format: format.milliseconds,
    log: true },
  { key: "errorRate", title: "Errors", note: "share of requests", format: format.percent,
    topMax: 100 },
  { key: "users", title: "Users", format: format.count, axisFormat: format.short },
];

export async function mount(root, ctx) {
  const ids = [...new Set((ctx.query.runs ?? "").split(",").filter(Boolean))].slice(0, RUNS_MAX);
  if (ids.length < 2) {
    fill(root, pageHead("Compare runs"), emptyState(
      "Choose two to five runs of a load test, and they are laid over each other here.",
      h("a", { href: "#/tests" }, "To the load tests")));
    return () => {};
  }
  const loaded = await Promise.allSettled(ids.map((id) => load(ctx.api, id)));
  const missing = ids.filter((_, index) => loaded[index].status === "rejected");
  const runs = loaded.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  if (runs.length === 0) throw loaded[0].reason;
  await Promise.all(runs.map((each) => loadSeries(ctx.api, each, resolutionOf(runs))));
  // One after the other: each costs the service a look through both runs. Between runs of different
  // load tests a difference says nothing of the target, and the service tells none.
  const { loadTestId } = runs[0].run;
  for (const each of runs.slice(1)) {
    if (!loadTestId || each.run.loadTestId !== loadTestId) continue;
    each.comparison = await loadComparison(ctx.api, each.path, runs[0].id);
  }
  runs.forEach((each, index) => {
    Object.assign(each, { letter: LETTERS[index], color: COLORS[index], dash: DASHES[index] });
  });

  const undo = disposer();
  const axis = new TimeAxis({ relative: true });
  const charts = CHARTS.map((options) => overlaid(options, axis, runs, undo));
  axis.setFull(0, Math.max(...runs.map((each) => (each.columns.times.at(-1) ?? 0) + 1_000)));
  fill(
    root, pageHead("Compare runs", {
      lead: "Laid over each other from their starts. The others are measured by the baseline, A: "
        + "where a difference is, with 95 % confidence, stands below it.",
    }),
    missing.length > 0 ? h("p", { class: "notice notice-warn", role: "alert" },
      `Not found: ${missing.join(", ")}`) : null,
    runList(ctx, runs), section("Totals", totals(runs)),
    h("section", { class: "charts", "aria-label": "Course" },
      h("div", { class: "chart-grid" }, charts.map(({ element }) => element))),
    endpointSection(runs));
  return () => undo.dispose();
}

async function load(api, id) {
  const path = `/v1/runs/${encodeURIComponent(id)}`;
  const [run, summary] = await Promise.all([api.get(path), api.get(`${path}/summary`)]);
  return { id, path, run, summary };
}

const startOf = (run) => Date.parse(run.startRequestedAt ?? run.createdAt);

function resolutionOf(runs) {
  const lengths = runs.map(({ run }) =>
    (run.endedAt ? Date.parse(run.endedAt) : Date.now()) - startOf(run));
  return Math.max(1, Math.ceil(Math.max(...lengths) / 1_000 / POINTS));
}

async function loadSeries(api, each, resolution) {
  const series = await api.get(`${each.path}/metrics`, { query: { resolution } });
  const store = new PointStore();
  store.rebase(series.points, series.resolutionSeconds * 1_000, !isOver(each.run));
  const start = startOf(each.run);
  each.columns = store.columns();
  each.columns.times = each.columns.times.map((time) => time - start);
}

function overlaid(options, axis, runs, undo) {
  const chart = new Chart({
    ...options, axis, isIdleBlank: true, series: runs.map(({ letter, color, dash }) => (
      { key: letter, label: letter, color, dash, step: options.key === "users" })),
  });
  for (const { letter, columns } of runs) {
    const weights = options.key === "errorRate" ? columns.rps : null;
    chart.setSeries(letter, columns.times, columns[options.key], weights);
  }
  undo.add(() => chart.dispose());
  return chart;
}

function runList(ctx, runs) {
  const items = runs.map((each, index) => {
    const { run, letter } = each;
    const others = runs.filter((other) => other !== each);
    const select = (list) => ctx.navigate("/compare", { runs: list.map(({ id }) => id).join(",") });
    return h(
      "li", { class: "compare-run card" },
      h("div", { class: "row" }, h("strong", { class: "letter" }, letter), swatch(each),
        h("a", { class: "cell-main", href: `#/runs/${run.id}` }, run.name), runBadge(run)),
      h("p", { class: "muted small" }, timeText(run.startRequestedAt ?? run.createdAt,
        format.dateTime), ` · ${format.plural(run.targetUsers, "user")} · `
        + `${format.duration(run.durationSeconds)} · ${run.tenantId} / ${run.envId}`),
      each.comparison ? caveats(each.comparison).map((text) =>
        h("p", { class: "muted small caveat" }, text)) : null,
      h("div", { class: "row" },
        index === 0
          ? h("span", { class: "tag" }, "Baseline")
          : small("Make baseline", letter, () => select([each, ...others])),
        runs.length > 2 ? small("Leave out", letter, () => select(others)) : null));
  });
  return h("ul", { class: "compare-runs" }, items);
}

function small(text, letter, act) {
  return h(
    "button", { type: "button", class: "button button-quiet button-small", onclick: act,
      "aria-label": `${text}: ${letter}` }, text);
}

function headRow(first, runs) {
  const cells = runs.map(({ letter }, index) =>
    h("th", { scope: "col", class: "number" }, letter,
      index === 0 ? "" : h("span", { class: "unseen" }, " against A")));
  return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, first), cells));
}

function totals(runs) {
  const base = runs[0].summary.totals;
  const rows = measures.map((measure) => h(
    "tr", {}, h("th", { scope: "row" }, measure.label),
    runs.map(({ summary, comparison }, index) => h("td", { class: "number" },
      differenceCell(
        measure, base[measure.key], summary.totals[measure.key], index === 0,
        figureOf(comparison, measure.key))))));
  return scroll("Totals", h(
    "table", { class: "table" }, headRow("Measure", runs), h("tbody", {}, rows)));
}

function scroll(label, table) {
  return h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": label },
    table);
}

function endpointSection(runs) {
  const box = h("div");
  const select = h(
    "select", { class: "select", id: "measure" },
    measures.map(({ key, label }) => h("option", { value: key }, label)));
  select.value = "p95ResponseMs";
  const show = () => fill(box, endpointTable(
    runs, measures.find(({ key }) => key === select.value)));
  select.addEventListener("change", show);
  show();
  const element = section("Endpoints", box);
  element.querySelector(".card-head").append(
    h("div", { class: "row" },
      h("label", { class: "muted", for: "measure" }, "Compare by"), select));
  return element;
}

function endpointTable(runs, measure) {
  const keyOf = ({ method, name }) => `${method} ${name}`;
  const known = new Map();
  const byRun = runs.map(({ summary }) => {
    for (const row of summary.endpoints) if (!known.has(keyOf(row))) known.set(keyOf(row), row);
    return new Map(summary.endpoints.map((row) => [keyOf(row), row]));
  });
  if (known.size === 0) return h("p", { class: "card-body muted" }, "No requests were made");
  const rows = [...known].map(([key, row]) => h(
    "tr", {}, h("th", { scope: "row" }, endpointName(row)),
    byRun.map((rowsOfRun, index) => {
      const [base, value] = [byRun[0], rowsOfRun].map((each) => each.get(key)?.[measure.key]);
      const figure = figureOf(runs[index].comparison, measure.key, row);
      return h("td", { class: "number" },
        differenceCell(measure, base, value, index === 0, figure));
    })));
  return scroll(
    `Endpoints by ${measure.label}`,
    h("table", { class: "table" }, headRow("Endpoint", runs), h("tbody", {}, rows)));
}
