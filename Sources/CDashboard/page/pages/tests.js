// The load tests: what can be started.

import { disposer, fill, h, keyed } from "../dom.js";
import { ask } from "../dialog.js";
import { durationText, select, textInput } from "../fields.js";
import * as format from "../format.js";
import { startRun } from "../start.js";
import {
  button, emptyState, errorState, link, pageHead, runBadge, skeleton, timeText, toast,
} from "../ui.js";
import { createPager } from "./runs.js";

const pageSize = 20;
const typingPause = 300;
const sortOptions = [
  ["", "Newest first"], ["name", "By name"], ["-updatedAt", "Last changed first"],
];

export async function mount(root, ctx) {
  const works = disposer();
  const search = textInput(ctx.query.q, {
    type: "search", placeholder: "Name or id", "aria-label": "Search by name or id",
  });
  const order = select(sortOptions, ctx.query.sort, { "aria-label": "Order" });
  const list = h("div", { class: "test-cards" });
  const place = h("div", {}, skeleton(4, "8rem"));
  let [cursors, next, asked, timer] = [[null], null, 0, null];
  const pager = createPager((step) => {
    if (step > 0 && next) cursors.push(next);
    else if (step < 0 && cursors.length > 1) cursors.pop();
    load().then(() => scrollTo(0, 0));
  });
  root.append(
    pageHead("Load tests", {
      actions: [ctx.session.can("configure")
        ? link("New load test", "#/tests/new", { tone: "primary", sign: "plus" }) : null],
    }),
    h("div", { class: "filters", role: "search" }, search, order), place, pager.element);

  const values = () => ({ q: search.value.trim(), sort: order.value, tag: ctx.query.tag });

  async function load() {
    const number = ++asked;
    try {
      const { items, nextCursor } = await ctx.api.get("/v1/load-tests", {
        query: { ...values(), limit: pageSize, cursor: cursors.at(-1) }, signal: ctx.signal,
      });
      if (number !== asked) return;
      next = nextCursor;
      show(items);
    } catch (error) {
      if (number === asked && error.name !== "AbortError") fill(place, errorState(error, load));
    }
  }

  function show(items) {
    pager.update(cursors.length, items.length, Boolean(next));
    if (items.length === 0) return fill(place, nothing(ctx, search.value));
    if (!list.isConnected) fill(place, list);
    keyed(list, items, (test) => test.id, () => card(ctx, load), (one, test) => one.update(test));
  }

  function changed() {
    cursors = [null];
    ctx.setQuery(values());
    load();
  }
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, typingPause);
  });
  order.addEventListener("change", changed);
  works.add(() => clearTimeout(timer));
  await load();
  return works.dispose;
}

function nothing(ctx, searched) {
  if (searched) return emptyState("No load test is like that.");
  return emptyState(
    "No load test yet. It says what to send where, with how many users and for how long.",
    ctx.session.can("configure")
      ? link("Define the first one", "#/tests/new", { tone: "primary" }) : null);
}

function card(ctx, reload) {
  const element = h("article", { class: "card test-card" });
  const last = h("div", { class: "test-last" }, h("span", { class: "small muted" }, "Last run: …"));
  let shown = null;

  async function showLast(test) {
    try {
      const { items: [run] } = await ctx.api.get(
        `/v1/load-tests/${encodeURIComponent(test.id)}/runs`,
        { query: { limit: 1 }, signal: ctx.signal });
      fill(last, run
        ? [h("a", { class: "plain", href: `#/runs/${run.id}`, "aria-label":
          `Last run of ${test.name}` }, runBadge(run)),
        h("span", { class: "small muted" }, timeText(run.startedAt ?? run.createdAt,
          (text) => format.ago(text)))]
        : h("span", { class: "small muted" }, "Never run"));
    } catch {
      fill(last);
    }
  }

  element.update = (test) => {
    if (shown === `${test.id} ${test.version}`) return;
    shown = `${test.id} ${test.version}`;
    const path = `#/tests/${encodeURIComponent(test.id)}`;
    fill(
      element,
      h("div", { class: "test-main" },
        h("h2", {}, h("a", { class: "cell-main", href: path }, test.name)),
        test.description ? h("p", { class: "muted clamp" }, test.description) : null,
        h("p", { class: "small muted" }, h("span", { class: "mono" }, test.targetUrl)),
        h("div", { class: "row" },
          h("span", { class: "tag" }, `${test.tenantId} / ${test.envId}`),
          h("span", { class: "tag" }, kindOf(test)),
          h("span", { class: "tag" }, format.plural(test.defaultUsers, "user")),
          h("span", { class: "tag" }, durationText(test.defaultDurationSeconds)),
          test.tags.map((tag) => h("span", { class: "tag tag-own" }, tag)))),
      h("div", { class: "test-side" }, last, actions(ctx, test, path, reload)));
    showLast(test);
  };
  return element;
}

function actions(ctx, test, path, reload) {
  const named = (text) => ({ "aria-label": `${text} ${test.name}` });
  return h(
    "div", { class: "actions" },
    ctx.session.can("configure") ? [
      button("Delete", () => remove(ctx, test, reload), { tone: "quiet", ...named("Delete") }),
      link("Edit", `${path}/edit`, named("Edit")),
    ] : null,
    ctx.session.can("start")
      ? button("Start", () => startRun(ctx, test), { tone: "primary", ...named("Start") }) : null);
}

async function remove(ctx, test, reload) {
  const isDone = await ask({
    title: "Delete this load test?", action: "Delete it", tone: "danger",
    content: h("p", {}, h("strong", {}, test.name), " is gone then; its past runs stay."),
    submit: async () => {
      await ctx.api.delete(`/v1/load-tests/${encodeURIComponent(test.id)}`, {
        headers: { "If-Match": `"${test.version}"` },
      });
      return true;
    },
  });
  if (!isDone) return;
  toast(`${test.name} was deleted.`);
  reload();
}

/** What its users do, in a word. */
export function kindOf(test) {
  if (test.scenario) return "scenario";
  if (test.targetsBase64) return "vegeta targets";
  if (test.locustfile) return test.locustfile;
  return test.userClasses.length ? test.userClasses.join(", ") : "GET only, or the locustfile";
}
