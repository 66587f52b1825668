// What is going on now, at a glance and from afar.

import { disposer, fill, h, keyed, setText } from "../dom.js";
import * as format from "../format.js";
import { liveCard } from "../livecard.js";
import { runRows } from "../runtable.js";
import {
  clusterBadge, emptyState, errorState, link, liveStates, pageHead, runBadge, skeleton, timeText,
  waitingStates,
} from "../ui.js";

const recentMax = 10;
/** As many as are shown; the runs page has them all. */
const liveMax = 100;

export async function mount(root, ctx) {
  const works = disposer();
  const model = createModel(ctx);
  const view = createView(root, ctx);
  const show = () => view.update(model);

  // Many events of one moment are one picture.
  let frame = null;
  function schedule() {
    frame ??= requestAnimationFrame(() => {
      frame = null;
      show();
    });
  }

  function onEvent(name, data) {
    // What was missed is not told; it is asked for.
    if (name === "reset") model.load().then(schedule, () => null);
    else if (model.take(name, data)) schedule();
  }

  try {
    await model.load();
    show();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    view.fail(error, () => ctx.navigate("/"));
    return works.dispose;
  }
  works.every(1_000, view.tick);
  // The figures of a cluster are seen each few seconds and change without an event.
  works.every(15_000, () => model.loadClusters().then(schedule, () => null));
  ctx.stream("/v1/events", { onEvent, poll: () => model.load().then(schedule) });
  works.add(() => cancelAnimationFrame(frame));
  return works.dispose;
}

/** What is known of now: live and waiting runs, the last ones that ended, and the clusters. */
function createModel(ctx) {
  const isShown = (run) => liveStates.includes(run.state) || waitingStates.includes(run.state);
  const list = async (path, query) =>
    (await ctx.api.get(path, { query, signal: ctx.signal })).items;

  const model = {
    runs: new Map(),
    recent: [],
    clusters: [],

    async load() {
      const status = [...liveStates, ...waitingStates].join(",");
      const [live, recent] = await Promise.all([
        list("/v1/runs", { status, limit: liveMax }),
        list("/v1/runs", { status: "Finished,Failed", limit: recentMax }),
        model.loadClusters(),
      ]);
      model.runs = new Map(live.map((run) => [run.id, run]));
      model.recent = recent;
    },

    async loadClusters() {
      model.clusters = await list("/v1/clusters");
    },

    /** Whether the event has changed anything. */
    take(name, data) {
      if (name === "run") takeRun(data);
      else if (name === "sample") return takeSample(data);
      else if (name === "cluster") {
        model.clusters = model.clusters.map((one) => (one.id === data.id ? data : one));
      } else return false;
      return true;
    },
  };

  function takeRun(run) {
    if (isShown(run)) {
      if (model.runs.has(run.id) || model.runs.size < liveMax) model.runs.set(run.id, run);
      return;
    }
    model.runs.delete(run.id);
    const others = model.recent.filter(({ id }) => id !== run.id);
    model.recent = [run, ...others].slice(0, recentMax);
  }

  function takeSample({ runId, ...numbers }) {
    const run = model.runs.get(runId);
    if (run) run.lastMetrics = numbers;
    return Boolean(run);
  }
  return model;
}

function createView(root, ctx) {
  const figures = createFigures();
  const live = h("div", { class: "live-cards" });
  const none = h("div", {});
  const waiting = h("ul", { class: "lines" });
  const waitingCard = section("Waiting", waiting);
  const recent = h("div", {}, skeleton(5));
  const clusters = h("ul", { class: "lines" });
  const noCluster = emptyState("No cluster serves you yet.");
  const body = h(
    "div", { class: "stack" }, figures.element,
    h("section", { class: "stack", "aria-labelledby": "live" },
      h("h2", { id: "live" }, "Live runs"), live, none),
    waitingCard,
    h("div", { class: "overview-columns" },
      section("Recent runs", recent, h("a", { href: "#/runs" }, "All runs")),
      section("Clusters", [clusters, noCluster], h("a", { href: "#/clusters" }, "Details"))));
  waitingCard.hidden = true;
  root.append(
    pageHead("Overview", {
      actions: [ctx.session.can("start")
        ? link("Start a load test", "#/tests", { tone: "primary", sign: "plus" }) : null],
    }), body);
  const table = runRows(ctx, { isShort: true });

  return {
    update({ runs, clusters: known, recent: past }) {
      const all = [...runs.values()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
      const on = all.filter((run) => liveStates.includes(run.state));
      const queued = all.filter((run) => waitingStates.includes(run.state));
      figures.update(on, known);
      keyed(live, on, (run) => run.id, () => liveCard(ctx), (card, run) => card.update(run));
      if (on.length) fill(none);
      else if (!none.firstChild) fill(none, noneLive(ctx, past.length > 0));
      waitingCard.hidden = queued.length === 0;
      keyed(waiting, queued, (run) => run.id, () => h("li", { class: "line" }), fillWaiting);
      if (!table.element.isConnected && past.length) fill(recent, table.element);
      if (past.length) table.update(past);
      else fill(recent, emptyState("No run has ended yet."));
      keyed(clusters, known, (one) => one.id, () => h("li", { class: "line" }), fillCluster);
      noCluster.hidden = known.length > 0;
    },
    tick() {
      for (const card of live.children) card.tick();
    },
    fail: (error, retry) => fill(body, errorState(error, retry)),
  };
}

function section(title, content, more) {
  return h(
    "section", { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, title), more ?? null), content);
}

function noneLive(ctx, hasPast) {
  return h("div", { class: "card" }, emptyState(
    hasPast ? "No load now." : "No load yet. Define a load test, then start it.",
    ctx.session.can(hasPast ? "start" : "configure")
      ? link(hasPast ? "Choose a load test" : "Define a load test",
        hasPast ? "#/tests" : "#/tests/new") : null));
}

function createFigures() {
  const parts = ["Requests per second", "Users at work", "Live runs", "Clusters reachable"]
    .map((label) => {
      const value = h("dd", { class: "figure-value" }, "–");
      const sub = h("dd", { class: "small muted" });
      const element = h("div", { class: "figure card" }, h("dt", {}, label), value, sub);
      return { value, sub, element };
    });
  const [rate, users, runs, clusters] = parts;
  return {
    element: h("dl", { class: "figures" }, parts.map(({ element }) => element)),
    update(live, known) {
      const sum = (read) =>
        live.reduce((total, run) => total + (read(run.lastMetrics ?? {}) ?? 0), 0);
      const [requests, failures] = [sum((m) => m.totalRequests), sum((m) => m.totalFailures)];
      setText(rate.value, format.rate(sum((m) => m.totalRps)));
      setText(rate.sub, requests
        ? `${format.percent((100 * failures) / requests)} of ${format.short(requests)} failed`
        : "no requests now");
      setText(users.value, format.count(sum((m) => m.currentUsers)));
      const wanted = live.reduce((total, run) => total + run.targetUsers, 0);
      setText(users.sub, wanted ? `of ${format.count(wanted)} asked for` : "nobody at work");
      setText(runs.value, format.count(live.length));
      const stopping = live.filter((run) => run.state === "Stopping").length;
      setText(runs.sub, stopping ? `${stopping} stopping`
        : live.length ? "under way" : "nothing under way");
      const up = known.filter((one) => one.reachable).length;
      setText(clusters.value, `${up} / ${known.length}`);
      const foreign = known.filter((one) => one.foreignLoad).length;
      setText(clusters.sub, foreign ? `foreign load on ${foreign}`
        : known.length === 0 ? "none serves you"
          : up === known.length ? "all answer" : `${known.length - up} not reachable`);
      clusters.element.dataset.tone = up < known.length || foreign ? "warn" : "plain";
    },
  };
}

function fillWaiting(line, run) {
  const why = run.queue?.waitsFor
    ?? (run.approval
      ? `needs a second person's yes until ${format.time(run.approval.expiresAt)}` : "");
  const text = JSON.stringify([run.state, why, run.queue?.position]);
  if (line.dataset.text === text) return;
  line.dataset.text = text;
  fill(
    line, runBadge(run),
    h("div", { class: "line-main" },
      h("a", { class: "cell-main", href: `#/runs/${run.id}` }, run.name),
      h("span", { class: "cell-sub clamp" },
        run.queue?.position ? `Place ${run.queue.position}. ` : "", why)),
    timeText(run.createdAt, (text) => format.ago(text)));
}

function fillCluster(line, cluster) {
  const sign = clusterBadge(cluster);
  const users = cluster.users ? format.plural(cluster.users, "user") : "";
  const workers = cluster.workers === null ? ""
    : cluster.type === "native"
      ? `${cluster.runIds.length} of ${format.plural(cluster.maxConcurrentRuns, "run")}`
      : format.plural(cluster.workers, "worker");
  const detail = cluster.reachable === false ? cluster.problem ?? cluster.lastError?.message ?? ""
    : [cluster.type, workers, users].filter(Boolean).join(" · ");
  const shown = JSON.stringify([sign.textContent, detail]);
  if (line.dataset.text === shown) return;
  line.dataset.text = shown;
  fill(
    line,
    h("div", { class: "line-main" }, h("span", { class: "cell-main" }, cluster.id),
      h("span", { class: "cell-sub clamp" }, detail)),
    sign);
}
