// The webhooks: who is told of what, and whether they take it.

import { disposer, fill, h, keyed, setText } from "../dom.js";
import * as format from "../format.js";
import {
  button, emptyState, errorState, link, pageHead, skeleton, timeText, toast,
} from "../ui.js";
import {
  kindText, makeWebhook, placeText, receiverText, sendTest, webhookBadge,
} from "../webhooks.js";

const interval = 10_000;
const shown = 100;

export async function mount(root, ctx) {
  if (!ctx.session.can("administer")) {
    root.append(pageHead("Webhooks"), emptyState(
      "Webhooks are for administrators of a tenant: what they send leaves the service."));
    return () => {};
  }
  const works = disposer();
  const cards = h("div", { class: "cluster-cards" });
  const more = h("p", { class: "muted", hidden: true },
    `The newest ${shown} are shown; GET /v1/webhooks has them all.`);
  const place = h("div", {}, skeleton(2, "9rem"));
  const create = () => button("New webhook", make, { tone: "primary", sign: "plus" });
  root.append(
    pageHead("Webhooks", {
      lead: "Who is told of what happens, and whether they take it.", actions: [create()],
    }), place, more);

  async function make() {
    const made = await makeWebhook(ctx).catch((problem) => toast(problem.message, "bad"));
    if (made) ctx.navigate(`/webhooks/${made.id}`);
  }

  async function load() {
    try {
      const { items, nextCursor } = await ctx.api.get("/v1/webhooks", {
        query: { limit: shown }, signal: ctx.signal,
      });
      more.hidden = !nextCursor;
      if (items.length === 0) {
        fill(place, emptyState("No webhook yet. It tells a program, a channel or people how load "
          + "tests end."));
        return;
      }
      if (!cards.isConnected) fill(place, cards);
      keyed(cards, items, (one) => one.id, () => card(ctx, load), (one, hook) => one.update(hook));
    } catch (error) {
      // What is shown stays: the banner says that nobody answers.
      if (!cards.isConnected && error.name !== "AbortError") {
        fill(place, errorState(error, load));
      }
    }
  }

  await load();
  works.every(interval, load);
  return works.dispose;
}

/** Its buttons stay when it is shown anew: who has the focus on one keeps it. */
function card(ctx, reload) {
  let webhook = null;
  const name = h("a", { class: "cell-main" });
  const sign = h("span");
  const body = h("div", { class: "stack" });
  const test = button("Send a test", () => sendTest(ctx, webhook).then(reload));
  const log = link("Deliveries", "#/webhooks");
  const element = h(
    "article", { class: "card cluster-card" },
    h("div", { class: "card-head" }, h("h2", {}, name), sign),
    h("div", { class: "card-body stack" }, body, h("div", { class: "actions" }, log, test)));
  element.update = (next) => {
    webhook = next;
    setText(name, webhook.name);
    name.href = log.href = `#/webhooks/${webhook.id}`;
    test.setAttribute("aria-label", `Send a test to ${webhook.name}`);
    log.setAttribute("aria-label", `Deliveries of ${webhook.name}`);
    fill(sign, webhookBadge(webhook));
    fill(body, facts(webhook), h("div", { class: "row" },
      webhook.events.map((event) => h("span", { class: "tag" }, event))));
  };
  return element;
}

function facts(webhook) {
  const rows = [
    ["Receiver", receiverText(webhook)], ["Format", kindText(webhook.kind)],
    ["For", placeText(webhook)],
    webhook.failures
      ? ["Failing since", h("span", {}, timeText(webhook.failingSince),
        `, ${format.plural(webhook.failures, "attempt")}`)]
      : ["Last delivered", timeText(webhook.lastDeliveredAt, (text) => format.ago(text))],
  ];
  return h("dl", { class: "facts facts-two" }, rows.map(([label, value]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, value))));
}
