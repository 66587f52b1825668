// A live run among others: what it does now, how it went in the last minutes, how long it has.

import { h, setText } from "./dom.js";
import * as format from "./format.js";
import { sparkline } from "./sparkline.js";
import { stopRun } from "./start.js";
import { button, runBadge, toast } from "./ui.js";

/** Seconds of history in the small chart. */
const pointsMax = 120;

/** An element whose `update(run)` shows the run, and whose `tick()` the time that it has left. */
export function liveCard(ctx) {
  let [run, points, lastTime, shownState] = [null, [], null, null];
  const stop = button("Stop", async () => {
    if (await stopRun(ctx, run)) toast("The stop was asked for.");
  }, { tone: "danger" });
  const { card, state, name, where, values, chart, progress, left } = createParts(
    ctx.session.can("start") ? stop : null);

  async function seed() {
    try {
      const { points: past } = await ctx.api.get(`/v1/runs/${encodeURIComponent(run.id)}/metrics`, {
        query: { resolution: "2s" }, signal: ctx.signal,
      });
      // Without the step that is not over yet, which would look like a fall.
      const known = past.slice(-pointsMax / 2, -1).map((point) => point.rps);
      points = [...known, ...points].slice(-pointsMax);
      chart.draw(points);
    } catch {
      // The line begins with what comes from now on.
    }
  }

  card.update = (next) => {
    const isFirst = run === null;
    run = next;
    if (shownState !== `${run.state} ${run.verdict}`) {
      shownState = `${run.state} ${run.verdict}`;
      state.replaceChildren(runBadge(run));
    }
    setText(name, run.name);
    name.href = `#/runs/${run.id}`;
    setText(where, `${run.tenantId} / ${run.envId} · ${run.locustClusterId ?? "no cluster yet"}`);
    stop.disabled = run.state === "Stopping";
    stop.setAttribute("aria-label", `Stop ${run.name}`);
    const numbers = run.lastMetrics ?? {};
    setText(values.rps, format.rate(numbers.totalRps));
    setText(values.p95, format.milliseconds(numbers.p95ResponseMs));
    setText(values.errors, format.percent(numbers.errorRate));
    values.errors.dataset.tone = numbers.errorRate > 0 ? "bad" : "plain";
    setText(values.users, format.count(numbers.currentUsers));
    if (numbers.timestamp && numbers.timestamp !== lastTime) {
      lastTime = numbers.timestamp;
      points = [...points, numbers.totalRps].slice(-pointsMax);
      chart.draw(points);
    }
    if (isFirst && run.startedAt) seed();
    card.tick();
  };

  card.tick = () => {
    const start = Date.parse(run.startRequestedAt ?? run.createdAt);
    const total = run.deadline ? (Date.parse(run.deadline) - start) / 1000 : run.durationSeconds;
    const used = Math.max(0, (Date.now() - start) / 1000);
    const share = Math.min(100, Math.round((100 * used) / total));
    progress.setAttribute("aria-valuenow", share);
    progress.firstElementChild.style.setProperty("width", `${share}%`);
    setText(left, run.state === "Stopping" ? "Stopping"
      : `${format.clock(Math.max(0, total - used))} left of ${format.duration(total)}`);
  };
  return card;
}

function createParts(stop) {
  const [state, name] = [h("span"), h("a", { class: "cell-main" })];
  const where = h("span", { class: "cell-sub clamp" });
  const names = { rps: "Requests/s", p95: "p95", errors: "Errors", users: "Users" };
  const values = {};
  const figures = h("dl", { class: "card-figures" }, Object.entries(names).map(([key, label]) => {
    values[key] = h("dd", {}, "\u2013");
    return h("div", {}, h("dt", {}, label), values[key]);
  }));
  const chart = sparkline("Requests per second in the last minutes");
  const progress = h("div", {
    class: "progress", role: "progressbar", "aria-label": "Time used", "aria-valuemin": 0,
    "aria-valuemax": 100,
  }, h("span", { class: "progress-bar" }));
  const left = h("span", { class: "small muted" });
  const card = h(
    "article", { class: "card live-card" },
    h("div", { class: "live-head" }, h("div", { class: "line-main" }, name, where), state),
    h("div", { class: "live-body" }, figures, chart),
    h("div", { class: "live-foot" }, h("div", { class: "live-time" }, progress, left), stop));
  return { card, state, name, where, values, chart, progress, left };
}
