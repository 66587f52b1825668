// Runs as a table.

import { h, keyed, setText } from "./dom.js";
import * as format from "./format.js";
import { sparkline } from "./sparkline.js";
import { endText, isOver, runBadge, timeText } from "./ui.js";

/** Of runs that are over, which do not change; so many are kept. */
const seriesMax = 200;
const steps = 40;
const known = new Map();

/**
 * - isShort: without what a narrow place has no room for.
 * - choose(id, isChosen): offers to choose runs, as for a comparison.
 */
export function runRows(ctx, { isShort = false, choose, isChosen } = {}) {
  const body = h("tbody");
  const column = (text, kind) =>
    h("th", { scope: "col", role: "columnheader", class: kind }, text);
  const head = [
    choose ? column(h("span", { class: "unseen" }, "Compare"), "pick") : null,
    column("Run"), column("Result"), column("Requests/s over time"), column("Requests", "number"),
    column("p95", "number"), column("Errors", "number"),
    isShort ? null : column("Users", "number"), isShort ? null : column("Duration", "number"),
    column("Started", "number"),
  ];
  const table = h(
    "table", { class: "table run-table", role: "table" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)), body);
  body.setAttribute("role", "rowgroup");
  // Rows are laid out as cards where it is narrow, which must not make them less of a table.
  const element = h("div", { class: "table-scroll" }, table);
  return {
    element,
    update(runs) {
      const make = () => row(ctx, { isShort, choose, isChosen });
      keyed(body, runs, (run) => run.id, make, (line, run) => line.update(run));
    },
  };
}

function row(ctx, { isShort, choose, isChosen }) {
  const name = h("a", { class: "cell-main" });
  const where = h("span", { class: "cell-sub" });
  const part = (kind, label, content) =>
    h("td", { class: kind, role: "cell", dataset: { label } }, content);
  const result = part("cell-result", "Result");
  const chart = sparkline("Requests per second over the run");
  const cells = {};
  const cell = (key, label) => (cells[key] = part("number", label));
  const [started, took] = [part("number", "Started"), part("number", "Duration")];
  const pick = choose ? h("input", { type: "checkbox", class: "check" }) : null;
  let [shown, hasChart, run] = ["", false, null];
  const line = h(
    "tr", { role: "row" }, pick ? part("pick", "Compare", pick) : null,
    h("th", { scope: "row", role: "rowheader" }, name, where), result,
    part("cell-chart", "Requests/s", chart), cell("requests", "Requests"), cell("p95", "p95"),
    cell("errors", "Errors"), isShort ? null : cell("users", "Users"), isShort ? null : took,
    started);
  pick?.addEventListener("change", () => choose(run, pick.checked));

  line.update = (next) => {
    run = next;
    if (pick) {
      pick.checked = isChosen(run.id);
      pick.setAttribute("aria-label", `Compare ${run.name} of ${format.time(run.startedAt)}`);
    }
    const numbers = run.lastMetrics ?? {};
    setText(cells.requests, format.short(numbers.totalRequests));
    setText(cells.p95, format.milliseconds(numbers.p95ResponseMs));
    setText(cells.errors, format.percent(numbers.errorRate));
    cells.errors.dataset.tone = numbers.errorRate > 0 ? "bad" : "plain";
    if (cells.users) setText(cells.users, format.count(run.targetUsers));
    setText(took, format.duration(secondsOf(run)));
    const text = JSON.stringify([run.state, run.verdict, run.endReason]);
    if (shown !== text) {
      shown = text;
      setText(name, run.name);
      name.href = `#/runs/${run.id}`;
      setText(where, `${run.tenantId} / ${run.envId}`);
      const why = isOver(run) ? endText(run) : "";
      result.replaceChildren(runBadge(run), why ? h("span", { class: "cell-sub" }, why) : "");
      started.replaceChildren(timeText(run.startedAt ?? run.createdAt));
    }
    if (!hasChart && run.startedAt) {
      hasChart = true;
      series(ctx, run).then((values) => chart.draw(values), () => (hasChart = false));
    }
  };
  return line;
}

function secondsOf(run) {
  if (!run.startedAt) return null;
  const end = run.loadEndedAt ?? run.endedAt;
  return ((end ? Date.parse(end) : Date.now()) - Date.parse(run.startedAt)) / 1000;
}

async function series(ctx, run) {
  const found = known.get(run.id);
  if (found) return found;
  const seconds = secondsOf(run) ?? 1;
  const { points } = await ctx.api.get(`/v1/runs/${encodeURIComponent(run.id)}/metrics`, {
    query: { resolution: Math.max(1, Math.ceil(seconds / steps)) }, signal: ctx.signal,
  });
  // The step that is not over yet would look like a fall.
  const values = points.map((point) => point.rps).slice(0, isOver(run) ? undefined : -1);
  if (isOver(run)) {
    if (known.size >= seriesMax) known.delete(known.keys().next().value);
    known.set(run.id, values);
  }
  return values;
}
