// A load test over its runs: `#/tests/ID`.

import * as format from "../charts/format.js";
import { trend } from "../charts/trend.js";
import { disposer, fill, h, setText } from "../dom.js";
import { section } from "../run/endpoints.js";
import { sortTable } from "../run/sort-table.js";
import { startRun } from "../start.js";
import { button, emptyState, isOver, link, pageHead, runBadge, timeText } from "../ui.js";

const PAGE = 100;
// As many runs as a trend can show; older ones are in the list of runs.
const RUNS_MAX = 300;
const COMPARED_MAX = 5;
const REFRESH_MS = 10_000;
// The last number is measured by the middle of so many before it.
const BEFORE = 10;

const TRENDS = [
  { key: "p95ResponseMs", title: "95th percentile", format: format.milliseconds },
  { key: "totalRps", title: "Requests per second", format: format.rate },
  { key: "errorRate", title: "Error rate", format: format.percent },
];

export async function mount(root, ctx) {
  const path = `/v1/load-tests/${encodeURIComponent(ctx.params.id)}`;
  const [test, first] = await Promise.all([
    ctx.api.get(path), ctx.api.get(`${path}/runs`, { query: { limit: PAGE } })]);
  const undo = disposer();
  let runs = first.items;
  let cursor = first.nextCursor;
  const chosen = new Set();
  const trends = TRENDS.map((options) => ({ ...options, chart: trend(options) }));
  for (const { chart } of trends) undo.add(() => chart.dispose());
  const compare = button("Compare", () =>
    ctx.navigate("/compare", { runs: inOrder().join(",") }));
  const older = button("Show older runs", showOlder);
  const table = runTable(chosen, refreshChoice);
  const list = section("Runs", table.element, h("div", { class: "card-body row" }, older));
  list.querySelector(".card-head").append(compare);
  const charts = h("div", { class: "trend-grid" }, trends.map(({ chart }) => chart.element));
  const none = emptyState("This load test has not been run yet.");

  // The oldest of the chosen is what the others are measured by.
  const inOrder = () => runs.filter(({ id }) => chosen.has(id)).map(({ id }) => id).reverse();

  function refreshChoice() {
    compare.disabled = chosen.size < 2 || chosen.size > COMPARED_MAX;
    setText(compare.lastElementChild, chosen.size < 2
      ? "Tick runs to compare" : chosen.size > COMPARED_MAX
        ? `At most ${COMPARED_MAX} runs` : `Compare ${chosen.size} runs`);
  }

  async function showOlder() {
    const page = await ctx.api.get(`${path}/runs`, { query: { limit: PAGE, cursor } });
    runs = [...runs, ...page.items];
    cursor = page.nextCursor;
    show();
  }

  async function refresh() {
    if (document.hidden) return;
    const page = await ctx.api.get(`${path}/runs`, { query: { limit: PAGE } });
    const newer = new Map(page.items.map((run) => [run.id, run]));
    const kept = runs.filter(({ id }) => !newer.has(id));
    runs = [...page.items, ...kept].slice(0, RUNS_MAX);
    show();
  }

  function show() {
    table.set(runs);
    older.parentElement.hidden = !cursor || runs.length >= RUNS_MAX;
    list.hidden = charts.hidden = runs.length === 0;
    none.hidden = runs.length > 0;
    const done = runs.filter((run) => isOver(run) && run.lastMetrics?.totalRequests > 0).reverse();
    for (const { key, chart, format: text } of trends) {
      chart.set(done.map((run) => pointOf(run, key)), lastText(done, key, text));
    }
    refreshChoice();
  }

  fill(root, headOf(ctx, test), charts, list, none);
  show();
  // A look that failed is made again, and the frame of the page tells that the service is away.
  undo.every(REFRESH_MS, () => refresh().catch(() => null));
  return () => undo.dispose();
}

function headOf(ctx, test) {
  return h(
    "div", { class: "run-head" },
    h("nav", { class: "crumbs", "aria-label": "Where this is" },
      h("a", { href: "#/tests" }, "Load tests")),
    pageHead(test.name, {
      lead: test.description,
      actions: [
        ctx.session.can("configure") ? link("Edit", `#/tests/${test.id}/edit`) : null,
        ctx.session.can("start")
          ? button("Start a run", () => startRun(ctx, test), { tone: "primary" }) : null,
      ],
    }),
    h("dl", { class: "facts" }, [
      ["Where", `${test.tenantId} / ${test.envId}`], ["Target", test.targetUrl],
      ["Load", `${format.plural(test.defaultUsers, "user")}, `
        + format.duration(test.defaultDurationSeconds)],
      ...(test.tags.length > 0
        ? [["Tags", test.tags.map((tag) => h("span", { class: "tag" }, tag))]] : []),
    ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", { class: "row" }, value)))));
}

function pointOf(run, key) {
  const isBad = run.verdict === "failed" || run.state === "Failed";
  return {
    value: run.lastMetrics[key], href: `#/runs/${run.id}`,
    tone: isBad ? "bad" : run.verdict === "inconclusive" ? "warn" : "good",
    title: `${format.dateTime(run.startRequestedAt ?? run.createdAt)}, `
      + (run.verdict ?? run.state.toLowerCase()),
  };
}

function lastText(runs, key, text) {
  const values = runs.map((run) => run.lastMetrics[key]).filter((value) => value !== null);
  const last = values.pop();
  if (last === undefined) return "";
  const before = values.slice(-BEFORE).sort((a, b) => a - b);
  if (before.length < 2) return `last ${text(last)}`;
  const middle = before[before.length >> 1];
  const change = middle > 0 ? (100 * (last - middle)) / middle : null;
  return `last ${text(last)}` + (change === null ? "" : `, ${format.signed(
    Math.round(change), (value) => `${value} %`)} against the median of ${before.length} before`);
}

function runTable(chosen, changed) {
  const metric = (key, label, text) => ({
    key, label, isNumber: true, value: (run) => run.lastMetrics?.[key] ?? null,
    text: (run) => text(run.lastMetrics?.[key] ?? null),
  });
  return sortTable({
    caption: "Runs", rowKey: ({ id }) => id, sort: { key: "started", isDown: true },
    columns: [
      { key: "started", label: "Started", value: (run) => run.createdAt, cell: nameCell },
      { key: "tick", label: "Compare", cell: (run) => tick(run, chosen, changed) },
      { key: "state", label: "Outcome", value: (run) => run.verdict ?? run.state,
        update: (cell, run) => {
          const text = `${run.state} ${run.verdict}`;
          if (cell.dataset.text === text) return;
          cell.dataset.text = text;
          fill(cell, runBadge(run));
        } },
      { key: "users", label: "Users", isNumber: true, value: (run) => run.targetUsers,
        text: (run) => format.count(run.targetUsers) },
      { key: "duration", label: "Planned", isNumber: true, value: (run) => run.durationSeconds,
        text: (run) => format.duration(run.durationSeconds) },
      metric("totalRequests", "Requests", format.count),
      metric("totalRps", "Rate", format.rate),
      metric("errorRate", "Failed", format.percent),
      metric("p50ResponseMs", "50th", format.milliseconds),
      metric("p95ResponseMs", "95th", format.milliseconds),
      metric("p99ResponseMs", "99th", format.milliseconds),
      { key: "by", label: "By", value: (run) => run.createdBy, text: (run) => run.createdBy },
    ],
  });
}

function nameCell(run) {
  return h("a", { class: "cell-main nowrap", href: `#/runs/${run.id}` },
    timeText(run.startRequestedAt ?? run.createdAt, format.dateTime));
}

function tick(run, chosen, changed) {
  const box = h("input", {
    type: "checkbox", class: "tick", checked: chosen.has(run.id),
    "aria-label": `Compare the run of ${format.dateTime(run.startRequestedAt ?? run.createdAt)}`,
  });
  box.addEventListener("change", () => {
    if (box.checked) chosen.add(run.id);
    else chosen.delete(run.id);
    changed();
  });
  return box;
}
