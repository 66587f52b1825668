// All runs: found by what they are, and chosen to be compared.

import { disposer, fill, h } from "../dom.js";
import { select, textInput } from "../fields.js";
import { runRows } from "../runtable.js";
import { button, emptyState, errorState, link, pageHead, skeleton } from "../ui.js";

const pageSize = 20;
const interval = 5_000;
const typingPause = 300;
/** What a comparison can show. */
const chosenMax = 5;
const statusOptions = [
  ["", "Any state"], ["AwaitingApproval,Queued", "Waiting"],
  ["Pending,Starting,Running,Stopping", "Live"], ["Finished", "Finished"], ["Failed", "Failed"],
];
const sortOptions = [
  ["", "Newest first"], ["createdAt", "Oldest first"], ["-startedAt", "Last started first"],
  ["-endedAt", "Last ended first"],
];

export async function mount(root, ctx) {
  const works = disposer();
  const filters = createFilters(ctx);
  const place = h("div", { class: "card" }, skeleton(8));
  const choice = createChoice(place);
  const pager = createPager(turn);
  const table = runRows(ctx, choice);
  root.append(pageHead("Runs"), filters.element, place, pager.element, choice.element);

  // Where the pages up to this one begin.
  let [cursors, next, asked] = [[null], null, 0];

  async function load({ isQuiet = false } = {}) {
    const number = ++asked;
    try {
      const { items, nextCursor } = await ctx.api.get("/v1/runs", {
        query: { ...filters.values(), limit: pageSize, cursor: cursors.at(-1) },
        signal: ctx.signal,
      });
      // A later question was answered, or will be.
      if (number !== asked) return;
      next = nextCursor;
      show(items);
      if (!isQuiet) ctx.announce(`${items.length} runs`);
    } catch (error) {
      // What is shown stays when nobody answers a question that nobody has asked.
      if (number === asked && !isQuiet && error.name !== "AbortError") {
        fill(place, errorState(error, () => load()));
      }
    }
  }

  function show(items) {
    if (items.length === 0) {
      fill(place, filters.isSet()
        ? emptyState("No run is like that.", button("Show all", filters.clear))
        : emptyState("No run yet.", link("To the load tests", "#/tests")));
    } else {
      if (!table.element.isConnected) fill(place, table.element);
      table.update(items);
      choice.update();
    }
    pager.update(cursors.length, items.length, Boolean(next));
  }

  function turn(step) {
    if (step > 0 && next) cursors.push(next);
    else if (step < 0 && cursors.length > 1) cursors.pop();
    load().then(() => scrollTo(0, 0));
  }

  filters.onChange(() => {
    cursors = [null];
    load();
  });
  await load();
  // Only of the first page: on the others nobody waits for news.
  works.every(interval, () => cursors.length === 1 && load({ isQuiet: true }));
  works.add(filters.dispose);
  return works.dispose;
}

/** Runs that are chosen to be compared, over all pages of the list. */
function createChoice(place) {
  const chosen = new Set();
  const element = h("div", {
    class: "pick-bar card", hidden: true, role: "region", "aria-label": "Comparison",
  });
  const boxes = () => place.querySelectorAll(".check");

  function update() {
    const isEnough = chosen.size >= 2;
    element.hidden = chosen.size === 0;
    fill(
      element,
      h("p", {}, isEnough ? `${chosen.size} runs chosen.` : "Choose one more run.",
        chosen.size === chosenMax ? " That is as many as fit." : ""),
      button("Clear", clear, { tone: "quiet" }),
      isEnough
        ? link("Compare", `#/compare?runs=${[...chosen].join(",")}`, { tone: "primary" })
        : button("Compare", null, { disabled: true }));
    for (const box of boxes()) box.disabled = !box.checked && chosen.size >= chosenMax;
  }

  function clear() {
    chosen.clear();
    for (const box of boxes()) box.checked = false;
    update();
  }

  function choose(run, isChosen) {
    if (isChosen) chosen.add(run.id);
    else chosen.delete(run.id);
    update();
  }
  return { element, update, choose, isChosen: (id) => chosen.has(id) };
}

function createFilters(ctx) {
  const { q, status, sort, tag, envId, tenantId, loadTestId } = ctx.query;
  const fixed = { tag, envId, tenantId, loadTestId };
  const search = textInput(q, {
    type: "search", placeholder: "Name or id", "aria-label": "Search by name or id",
  });
  const state = select(statusOptions, status, { "aria-label": "State" });
  const order = select(sortOptions, sort, { "aria-label": "Order" });
  const tags = h("div", { class: "row" });
  let [timer, listener] = [null, () => {}];

  function values() {
    return { q: search.value.trim(), status: state.value, sort: order.value, ...fixed };
  }

  function changed() {
    clearTimeout(timer);
    ctx.setQuery(values());
    listener();
  }

  function clear() {
    search.value = "";
    state.value = "";
    for (const name of Object.keys(fixed)) delete fixed[name];
    showFixed();
    changed();
  }

  function showFixed() {
    const names = { tag: "Tag", envId: "Environment", tenantId: "Tenant", loadTestId: "Load test" };
    fill(tags, Object.entries(fixed).filter(([, value]) => value).map(([name, value]) => button(
      `${names[name]}: ${value.slice(0, 24)}`,
      () => {
        delete fixed[name];
        showFixed();
        changed();
      },
      { sign: "cross", class: "button button-small", "aria-label": `Without ${names[name]}` })));
  }

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, typingPause);
  });
  for (const one of [state, order]) one.addEventListener("change", changed);
  showFixed();
  return {
    element: h(
      "div", { class: "filters", role: "search" }, search, state, order, tags),
    values, clear,
    isSet: () => Boolean(search.value || state.value || Object.values(fixed).some(Boolean)),
    onChange: (work) => (listener = work),
    dispose: () => clearTimeout(timer),
  };
}

/** Back and forth; lists know no number of pages. */
export function createPager(turn) {
  const before = button("Newer", () => turn(-1), { disabled: true });
  const after = button("Older", () => turn(1), { disabled: true });
  const where = h("span", { class: "muted small" });
  const element = h(
    "nav", { class: "pager", "aria-label": "Pages", hidden: true }, before, where, after);
  return {
    element,
    update(page, items, hasMore) {
      element.hidden = page === 1 && !hasMore;
      before.disabled = page === 1;
      after.disabled = !hasMore;
      where.textContent = items ? `Page ${page}` : "";
    },
  };
}
