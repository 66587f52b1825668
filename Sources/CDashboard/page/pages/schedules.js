// What starts by itself, and the suites: when it comes next, and what came of it last.

import { disposer, fill, h, keyed } from "../dom.js";
import * as format from "../format.js";
import {
  badge, emptyState, errorState, pageHead, runBadge, skeleton, timeText,
} from "../ui.js";

const interval = 10_000;
const shown = 100;

const outcomes = {
  starting: ["waiting", "clock"], waiting: ["waiting", "clock"], started: ["good", "check"],
  skipped: ["warn", "warn"], missed: ["warn", "warn"], refused: ["bad", "cross"],
};

export async function mount(root, ctx) {
  const works = disposer();
  const schedules = createList(ctx, {
    path: "/v1/schedules", make: scheduleParts,
    nothing: "No schedule yet. One is made by POST /v1/schedules, as the README has it.",
  });
  const suites = createList(ctx, {
    path: "/v1/suites", make: suiteParts,
    nothing: "No suite yet. One is made by POST /v1/suites, as the README has it.",
  });
  root.append(
    pageHead("Schedules", { lead: "What starts by itself, and when it comes next." }),
    schedules.place,
    pageHead("Suites", { lead: "Load tests that are run as one, to one verdict." }),
    suites.place);
  const load = () => Promise.all([schedules.load(), suites.load()]);
  await load();
  works.every(interval, load);
  return works.dispose;
}

/** The cards of all objects under a path. */
function createList(ctx, { path, make, nothing }) {
  const cards = h("div", { class: "cluster-cards" });
  const place = h("div", {}, skeleton(2, "7rem"));

  async function load() {
    try {
      const { items } = await ctx.api.get(path, { query: { limit: shown }, signal: ctx.signal });
      const filled = await Promise.all(items.map(async (item) => [item, await make(ctx, item)]));
      if (items.length === 0) {
        fill(place, emptyState(nothing));
        return;
      }
      if (!cards.isConnected) fill(place, cards);
      keyed(cards, filled, ([item]) => item.id,
        () => h("article", { class: "card cluster-card" }),
        (card, [, parts]) => fill(card, parts));
    } catch (error) {
      // What is shown stays: the banner says that nobody answers.
      if (!cards.isConnected && error.name !== "AbortError") {
        fill(place, errorState(error, load));
      }
    }
  }

  return { place, load };
}

async function scheduleParts(ctx, schedule) {
  const { items } = await ctx.api.get(`/v1/schedules/${schedule.id}/ticks`, {
    query: { limit: 1 }, signal: ctx.signal,
  });
  const [last] = items;
  const target = schedule.loadTestId
    ? h("a", { href: `#/tests/${schedule.loadTestId}` }, "Load test") : "Suite";
  return card(schedule, schedule.enabled ? null : badge("warn", "warn", "Disabled"), [
    ["Times", schedule.cron
      ? h("span", {}, h("span", { class: "mono" }, schedule.cron), ` ${schedule.timeZone}`)
      : timeText(schedule.at)],
    ["Next", schedule.nextTimes.length
      ? h("span", { title: schedule.nextTimes.map(format.exactTime).join("\n") },
        timeText(schedule.nextTimes[0]))
      : schedule.disabledReason ?? "never"],
    ["Last", last ? h("span", { class: "row" }, outcomeBadge(last), timeText(last.time),
      last.runId ? h("a", { href: `#/runs/${last.runId}` }, "Run") : null) : "none yet"],
    ["Starts", target],
  ]);
}

function outcomeBadge(tick) {
  return badge(...outcomes[tick.outcome], tick.outcome, tick.detail ?? tick.outcome);
}

async function suiteParts(ctx, suite) {
  const { lastRun } = suite;
  const tests = suite.steps.reduce((sum, { tests: of }) => sum + of.length, 0);
  return card(suite, lastRun ? runBadge(lastRun) : null, [
    ["Tests", `${format.count(tests)} in ${format.plural(suite.steps.length, "step")}`],
    ["On failure", suite.onFailure],
    ["Last run", lastRun ? timeText(lastRun.createdAt) : "none yet"],
  ]);
}

function card(item, sign, rows) {
  return [
    h("div", { class: "card-head" }, h("h2", {}, item.name), sign),
    h("div", { class: "card-body stack" },
      h("dl", { class: "facts" }, rows.map(([label, value]) =>
        h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
      h("div", { class: "row" }, h("span", { class: "tag" }, `${item.tenantId} / ${item.envId}`))),
  ];
}
