// One suite: the load tests of one of its runs, step by step, and the verdict on all of them.

import { newKey } from "../api.js";
import * as format from "../charts/format.js";
import { ask } from "../dialog.js";
import { disposer, fill, h, keyed } from "../dom.js";
import {
  badge, button, emptyState, isOver, pageHead, runBadge, timeText, toast,
} from "../ui.js";

const interval = 2_000;
const shown = 20;

const onFailure = {
  stop: "the steps behind a failure are not begun",
  continue: "the steps behind a failure are run all the same",
};

export async function mount(root, ctx) {
  const id = ctx.params.id;
  const path = `/v1/suites/${encodeURIComponent(id)}`;
  const works = disposer();
  const options = { query: { suiteId: id, limit: shown }, signal: ctx.signal };
  const read = async () => {
    const [suite, { items }] = await Promise.all([
      ctx.api.get(path, { signal: ctx.signal }), ctx.api.get("/v1/suiteruns", options)]);
    const wanted = ctx.query.run && await runOf(ctx, id, ctx.query.run, items);
    return { suite, runs: items, run: wanted || items[0] || null };
  };
  const first = await read();
  const act = (work) => () => work().catch((problem) => toast(problem.message, "bad"));
  // Two clicks start it once, and so does another one behind an answer that got lost.
  let key = newKey();
  const start = button("Start the suite", act(async () => {
    try {
      await ctx.api.create(`${path}/start`, {}, key);
    } catch (problem) {
      if (!problem.isPassing) key = newKey();
      throw problem;
    }
    key = newKey();
    ctx.announce("The suite was started");
    if (ctx.query.run) ctx.navigate(`/suites/${id}`);
    else await load();
  }), { tone: "primary" });
  const stop = button("Stop", act(async () => {
    if (await askToStop(ctx, current)) await load();
  }), { tone: "danger" });
  const outcome = createOutcome();
  const list = h("ul", {});
  const earlier = h("section", { class: "card", "aria-label": "Runs of the suite" },
    h("div", { class: "card-head" }, h("h2", {}, "Runs of the suite")), list);
  const none = emptyState("This suite has not been run yet.");
  let current = null;

  function show({ runs, run }) {
    current = run;
    stop.hidden = !run || isOver(run) || !ctx.session.can("start");
    none.hidden = Boolean(run);
    outcome.element.hidden = !run;
    earlier.hidden = runs.length === 0;
    if (run) outcome.update(run);
    keyed(list, runs, (one) => one.id, () => h("li", { class: "line" }),
      (line, one) => renew(line, [one.state, one.verdict, one.id === run?.id],
        () => fill(line, lineOf(id, one, one.id === run?.id))));
  }

  async function load() {
    show(await read());
  }

  fill(root, headOf(ctx, first.suite, [stop, ctx.session.can("start") ? start : null]),
    outcome.element, none, earlier);
  show(first);
  // A look that failed is made again, and the frame of the page tells that the service is away.
  works.every(interval, () => (document.hidden ? null : load().catch(() => null)));
  return works.dispose;
}

const pathOf = (id) => `/v1/suiteruns/${encodeURIComponent(id)}`;

/** One of this suite, which may be older than those that are listed; null if it is not there. */
async function runOf(ctx, suite, id, listed) {
  const found = listed.find((one) => one.id === id);
  if (found) return found;
  try {
    const run = await ctx.api.get(pathOf(id), { signal: ctx.signal });
    return run.suiteId === suite ? run : null;
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

function headOf(ctx, suite, actions) {
  const tests = suite.steps.reduce((sum, { tests: of }) => sum + of.length, 0);
  const facts = [
    ["Where", `${suite.tenantId} / ${suite.envId}`],
    ["Tests", `${format.count(tests)} in ${format.plural(suite.steps.length, "step")}`],
    ["On failure", onFailure[suite.onFailure]],
  ];
  return h(
    "div", { class: "run-head" },
    h("nav", { class: "crumbs", "aria-label": "Where this is" },
      h("a", { href: "#/schedules" }, "Schedules and suites")),
    pageHead(suite.name, { lead: suite.description, actions }),
    h("dl", { class: "facts" }, facts.map(([name, value]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
}

/** A run of the suite: its verdict, and the load tests that it is made of. */
function createOutcome() {
  const [heading, sign] = [h("h2"), h("span")];
  const body = h("div");
  const element = h(
    "section", { class: "card", "aria-label": "The run that is shown" },
    h("div", { class: "card-head" }, heading, sign), body);
  return {
    element,
    update: (run) => renew(element, run, () => {
      fill(heading, "Run of ", timeText(run.createdAt, format.dateTime));
      fill(sign, runBadge(run));
      fill(body, run.verdictReason
        ? h("p", { class: "card-body" }, run.verdictReason) : null, run.steps.map(step));
    }),
  };
}

/** Made anew only when it is another one: who has the focus on a link keeps it. */
function renew(element, value, make) {
  const text = JSON.stringify(value);
  if (element.dataset.text === text) return;
  element.dataset.text = text;
  make();
}

function step({ name, runs }, index) {
  const title = name ?? `Step ${index + 1}`;
  return h(
    "section", { "aria-label": title }, h("h3", { class: "card-body" }, title),
    h("ul", {}, runs.map((item) => h(
      "li", { class: "line" }, itemBadge(item),
      h("div", { class: "line-main" },
        h("a", { href: item.runId ? `#/runs/${item.runId}` : `#/tests/${item.loadTestId}` },
          item.name ?? "Load test"),
        detailOf(item))))));
}

function itemBadge(item) {
  if (item.outcome === "pending") return badge("waiting", "clock", "Pending");
  if (item.outcome === "refused") return badge("bad", "cross", "Refused");
  if (item.outcome === "notStarted") return badge("waiting", "stop", "Not begun");
  return runBadge({ ...item, state: item.state ?? "Pending" });
}

function detailOf(item) {
  const text = item.verdictReason ?? item.detail;
  return text ? h("span", { class: "cell-sub" }, text) : null;
}

function lineOf(suite, run, isShown) {
  return [
    runBadge(run),
    h("div", { class: "line-main" },
      h("a", { href: `#/suites/${suite}?run=${run.id}`, "aria-current": isShown ? "true" : null },
        timeText(run.createdAt, format.dateTime)),
      h("span", { class: "cell-sub" },
        run.scheduleId ? "by a schedule" : `by ${run.createdBy}`)),
  ];
}

/** What is live is not ended by a slip of the hand. */
function askToStop(ctx, run) {
  return ask({
    title: `Stop ${run.name}?`, action: "Stop it", tone: "danger",
    content: h("p", {}, "Its runs are stopped, and no more are begun."),
    async submit() {
      await ctx.api.post(`${pathOf(run.id)}/stop`);
      ctx.announce("The suite is being stopped");
    },
  });
}
