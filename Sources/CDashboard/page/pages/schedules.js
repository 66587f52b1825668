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
    path: "/v1/schedules", make: scheduleParts, heading: "h2",
    nothing: "No schedule yet. One is made by POST /v1/schedules, as the README has it.",
  });
  const suites = createList(ctx, {
    path: "/v1/suites", make: suiteParts, heading: "h3", page: "/suites",
    nothing: "No suite yet. One is made by POST /v1/suites, as the README has it.",
  });
  root.append(
    pageHead("Schedules", { lead: "What starts by itself, and when it comes next." }),
    schedules.element,
    h("section", { class: "stack", "aria-labelledby": "suites" },
      h("div", {}, h("h2", { id: "suites" }, "Suites"),
        h("p", { class: "lead" }, "Load tests that are run as one, to one verdict.")),
      suites.element));
  const load = () => Promise.all([schedules.load(), suites.load()]);
  await load();
  works.every(interval, load);
  return works.dispose;
}

/**
 * The cards of all objects under a path.
 *
 * - make(item) returns what is shown.
 * - page: where there is more of each.
 */
function createList(ctx, { path, make, heading, page, nothing }) {
  const cards = h("div", { class: "cluster-cards" });
  const place = h("div", {}, skeleton(2, "7rem"));
  const more = h("p", { class: "muted", hidden: true },
    `The newest ${shown} are shown; GET ${path} has them all.`);

  async function load() {
    try {
      const { items, nextCursor } = await ctx.api.get(path, {
        query: { limit: shown }, signal: ctx.signal,
      });
      more.hidden = !nextCursor;
      if (items.length === 0) {
        fill(place, emptyState(nothing));
        return;
      }
      if (!cards.isConnected) fill(place, cards);
      keyed(cards, items, (item) => item.id, () => h("article", { class: "card cluster-card" }),
        (one, item) => update(one, item, () => card(item, heading, page, make(item))));
    } catch (error) {
      // What is shown stays: the banner says that nobody answers.
      if (!cards.isConnected && error.name !== "AbortError") {
        fill(place, errorState(error, load));
      }
    }
  }

  return { element: h("div", { class: "stack" }, place, more), load };
}

/** Only what has changed is made anew: who has the focus on a link keeps it. */
function update(one, item, parts) {
  const text = JSON.stringify([item, new Date().toDateString()]);
  if (one.dataset.text === text) return;
  one.dataset.text = text;
  fill(one, parts());
}

function scheduleParts(schedule) {
  const last = schedule.lastTick;
  const target = schedule.loadTestId
    ? h("a", { href: `#/tests/${schedule.loadTestId}` }, "Load test")
    : h("a", { href: `#/suites/${schedule.suiteId}` }, "Suite");
  return [schedule.enabled ? null : badge("warn", "warn", "Disabled"), [
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
  ]];
}

function outcomeBadge(tick) {
  return badge(...outcomes[tick.outcome], tick.outcome, tick.detail ?? tick.outcome);
}

function suiteParts(suite) {
  const { lastRun } = suite;
  const tests = suite.steps.reduce((sum, { tests: of }) => sum + of.length, 0);
  return [lastRun ? runBadge(lastRun) : null, [
    ["Tests", `${format.count(tests)} in ${format.plural(suite.steps.length, "step")}`],
    ["On failure", suite.onFailure],
    ["Last run", lastRun ? timeText(lastRun.createdAt) : "none yet"],
  ]];
}

function card(item, heading, page, [sign, rows]) {
  const name = page ? h("a", { href: `#${page}/${item.id}` }, item.name) : item.name;
  return [
    h("div", { class: "card-head" }, h(heading, {}, name), sign),
    h("div", { class: "card-body stack" },
      h("dl", { class: "facts facts-two" }, rows.map(([label, value]) =>
        h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
      h("div", { class: "row" }, h("span", { class: "tag" }, `${item.tenantId} / ${item.envId}`))),
  ];
}
