// One webhook: how it is, and the log of what was delivered to it.

import { ask } from "../dialog.js";
import { disposer, fill, h, keyed, setText } from "../dom.js";
import * as format from "../format.js";
import {
  button, emptyState, errorState, icon, pageHead, skeleton, timeText, toast,
} from "../ui.js";
import {
  attemptText, changeWebhook, deleteWebhook, deliveryBadge, kindText, pathOf, placeText,
  receiverText, rotateSecret, sendTest, setEnabled, webhookBadge,
} from "../webhooks.js";
import { createPager } from "./runs.js";

const interval = 3_000;
const pageSize = 20;

export async function mount(root, ctx) {
  if (!ctx.session.can("administer")) {
    root.append(pageHead("Webhook"), emptyState("Webhooks are for administrators of a tenant."));
    return () => {};
  }
  const works = disposer();
  const path = pathOf(ctx.params.id);
  const head = createHead(ctx, load);
  const log = createLog(ctx, path, load);
  root.append(head.element, log.element);

  async function load() {
    try {
      head.update(await ctx.api.get(path, { signal: ctx.signal }));
      await log.load();
    } catch (error) {
      // What is shown stays: the banner says that nobody answers.
      if (error.status === 404) ctx.navigate("/webhooks");
      else if (error.name !== "AbortError") log.fail(error);
    }
  }

  // The first answer is the page: without it there is none.
  head.update(await ctx.api.get(path, { signal: ctx.signal }));
  await load();
  works.every(interval, load);
  return works.dispose;
}

/** What it is and how it is, with what can be done. */
function createHead(ctx, reload) {
  let webhook = null;
  const act = (work) => async () => {
    try {
      if (await work(webhook)) await reload();
    } catch (problem) {
      toast(problem.message, "bad");
    }
  };
  const [sign, notes] = [h("span"), h("div", { class: "stack" })];
  const body = h("div", { class: "card-body" });
  const title = pageHead("…", {
    actions: [
      button("Delete", act(async (one) => {
        if (await deleteWebhook(ctx, one)) ctx.navigate("/webhooks");
      }), { tone: "quiet" }),
      button("New secret", act((one) => rotateSecret(ctx, one)), { "data-for": "json" }),
      button("Edit", act((one) => changeWebhook(ctx, one))),
      button("Disable", act((one) => setEnabled(ctx, one, !one.enabled)), { "data-for": "switch" }),
      button("Send a test", act((one) => sendTest(ctx, one)), { tone: "primary" }),
    ],
  });
  const part = (name) => title.querySelector(`[data-for="${name}"]`);
  const heading = title.querySelector("h1");

  return {
    element: h("div", { class: "stack" },
      h("p", { class: "small" }, h("a", { href: "#/webhooks" }, "Webhooks")),
      title, notes, h("div", { class: "card" }, h("div", { class: "card-head" },
        h("h2", {}, "Receiver"), sign), body)),
    update(next) {
      const text = JSON.stringify([next, Math.floor(Date.now() / 60_000)]);
      if (body.dataset.text === text) return;
      body.dataset.text = text;
      webhook = next;
      setText(heading, webhook.name);
      part("json").hidden = webhook.kind !== "json";
      setText(part("switch").lastElementChild, webhook.enabled ? "Disable" : "Enable");
      fill(sign, webhookBadge(webhook));
      fill(notes, notesOn(webhook));
      fill(body, facts(webhook));
    },
  };
}

function notesOn(webhook) {
  const notes = [];
  if (!webhook.enabled) {
    notes.push(h("p", { class: "notice notice-bad" }, icon("cross"), " Nothing is sent since ",
      timeText(webhook.disabledAt), `: ${webhook.disabledReason}`));
  } else if (webhook.failures) {
    notes.push(h("p", { class: "notice notice-warn" }, icon("warn"),
      ` ${format.plural(webhook.failures, "attempt has", "attempts have")} failed since `,
      timeText(webhook.failingSince), "."));
  }
  if (webhook.droppedCount) {
    notes.push(h("p", { class: "notice notice-warn" }, icon("warn"),
      ` ${format.plural(webhook.droppedCount, "event")} found the outbox full.`));
  }
  return notes;
}

function facts(webhook) {
  const rows = [
    ["Receiver", receiverText(webhook)], ["Format", kindText(webhook.kind)],
    ["For", placeText(webhook)],
    webhook.loadTestId
      ? ["Only runs of", h("a", { href: `#/tests/${webhook.loadTestId}` }, "Load test")] : null,
    ["Told of", webhook.events.join(", ")],
    ["Last delivered", timeText(webhook.lastDeliveredAt)],
    ["Made", h("span", {}, timeText(webhook.createdAt), ` by ${webhook.createdBy}`)],
  ];
  return h("dl", { class: "facts" }, rows.filter(Boolean).map(([label, value]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, value))));
}

/** The deliveries, newest first, and again and again as long as they are shown. */
function createLog(ctx, path, reload) {
  const list = h("ul", {});
  const place = h("div", {}, skeleton(4, "3.5rem"));
  let [cursors, next] = [[null], null];
  const pager = createPager((step) => {
    if (step > 0 && next) cursors.push(next);
    else if (step < 0 && cursors.length > 1) cursors.pop();
    load().then(() => scrollTo(0, 0), fail);
  });

  async function load() {
    const { items, nextCursor } = await ctx.api.get(`${path}/deliveries`, {
      query: { limit: pageSize, cursor: cursors.at(-1) }, signal: ctx.signal,
    });
    next = nextCursor;
    pager.update(cursors.length, items.length, Boolean(next));
    if (items.length === 0) {
      fill(place, emptyState("Nothing yet. A test shows whether it arrives."));
      return;
    }
    if (!list.isConnected) fill(place, list);
    keyed(list, items, (one) => one.id, () => line(ctx, path, reload),
      (one, delivery) => one.update(delivery));
  }

  function fail(error) {
    if (!list.isConnected && error.name !== "AbortError") fill(place, errorState(error, reload));
  }

  return {
    element: h("section", { class: "stack", "aria-label": "Deliveries" },
      h("div", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Deliveries")),
        place), pager.element),
    load, fail,
  };
}

/** Its buttons stay when it is shown anew: who has the focus on one keeps it. */
function line(ctx, path, reload) {
  let delivery = null;
  const [sign, type, when] = [h("span"), h("strong", { class: "mono" }), h("span")];
  const [last, next] = [h("span", { class: "cell-sub" }), h("span", { class: "cell-sub" })];
  const one = () => `${path}/deliveries/${encodeURIComponent(delivery.id)}`;
  async function again() {
    await ctx.api.post(`${one()}/redeliver`);
    ctx.announce(`${delivery.type}: delivered again now`);
    await reload();
  }
  const tell = (problem) => toast(problem.message, "bad");
  const look = button("Details", () => details(ctx, one(), again).catch(tell), { tone: "quiet" });
  const repeat = button("Deliver again", () => again().catch(tell));
  const element = h(
    "li", { class: "line delivery" }, sign,
    h("div", { class: "line-main" }, h("div", { class: "row" }, type, when), last, next),
    h("div", { class: "actions" }, look, repeat));
  element.update = (now) => {
    delivery = now;
    const { type: kind, createdAt, lastAttempt, attemptCount, nextAttemptAt } = delivery;
    fill(sign, deliveryBadge(delivery));
    setText(type, kind);
    fill(when, h("span", { class: "small muted" }, timeText(createdAt)));
    setText(last, lastAttempt
      ? `${format.plural(attemptCount, "attempt")}, the last: ${attemptText(lastAttempt)}`
      : "Not tried yet");
    setText(next, nextAttemptAt && attemptCount ? `Next attempt ${soon(nextAttemptAt)}` : "");
    look.setAttribute("aria-label", `Details of ${kind} of ${format.exactTime(createdAt)}`);
    repeat.setAttribute("aria-label", `Deliver ${kind} of ${format.exactTime(createdAt)} again`);
  };
  return element;
}

/** In 12 min 5 s */
function soon(text) {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? `in ${format.duration(Math.ceil(seconds))}` : "now";
}

/** What was sent, and what became of each attempt. */
async function details(ctx, path, again) {
  const { type, attempts, data } = await ctx.api.get(path, { signal: ctx.signal });
  await ask({
    title: type, action: "Deliver again", cancel: "Close", submit: again,
    content: h(
      "div", { class: "stack" },
      attempts.length ? h("ol", { class: "stack" }, attempts.toReversed().map(attempt))
        : h("p", { class: "muted" }, "Not tried yet"),
      h("pre", { class: "sent", tabindex: 0, role: "region", "aria-label": "What was sent" },
        JSON.stringify(data, null, 2))),
  });
}

function attempt(one) {
  return h(
    "li", {}, h("strong", {}, timeText(one.at, format.exactTime)),
    h("span", { class: "cell-sub" }, attemptText(one)),
    one.excerpt ? h("code", { class: "cell-sub" }, one.excerpt) : null);
}
