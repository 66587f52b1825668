// The clusters: what they are, how they are, and what they do.

import { disposer, fill, h, keyed } from "../dom.js";
import { orderStop } from "../emergency.js";
import * as format from "../format.js";
import {
  button, clusterBadge, emptyState, errorState, icon, pageHead, skeleton, timeText,
} from "../ui.js";

const interval = 5_000;

export async function mount(root, ctx) {
  const works = disposer();
  const cards = h("div", { class: "cluster-cards" });
  const place = h("div", {}, skeleton(3, "9rem"));
  const again = button("Ask them now", () => load(true), { tone: "quiet" });
  root.append(
    pageHead("Clusters", {
      lead: "What makes the load, as it was seen last.",
      actions: [again, ctx.session.can("administer")
        ? button("Emergency stop", () => orderStop(ctx), { tone: "danger", sign: "stop" }) : null],
    }), place);

  async function load(fresh) {
    if (fresh) again.setAttribute("aria-busy", "true");
    try {
      const { items } = await ctx.api.get("/v1/clusters", {
        query: { fresh: fresh ? "true" : null }, signal: ctx.signal,
      });
      if (items.length === 0) {
        fill(place, emptyState("No cluster serves you. Clusters are added in the configuration."));
      } else {
        if (!cards.isConnected) fill(place, cards);
        keyed(cards, items, (one) => one.id, make, update);
      }
      if (fresh) ctx.announce("All clusters were asked");
    } catch (error) {
      // What is shown stays: the banner says that nobody answers.
      if (!cards.isConnected && error.name !== "AbortError") {
        fill(place, errorState(error, () => load(false)));
      }
    }
    again.removeAttribute("aria-busy");
  }

  await load(false);
  works.every(interval, () => load(false));
  ctx.stream("/v1/events", {
    onEvent: (name) => name === "cluster" && load(false),
    poll: () => ctx.api.get("/v1/clusters", { signal: ctx.signal }),
  });
  return works.dispose;
}

const make = () => h("article", { class: "card cluster-card" });

function update(card, cluster) {
  const text = JSON.stringify([cluster, Math.floor(Date.now() / 60_000)]);
  if (card.dataset.text === text) return;
  card.dataset.text = text;
  fill(
    card,
    h("div", { class: "card-head" },
      h("div", { class: "row" },
        h("h2", {}, cluster.id), h("span", { class: "tag" }, cluster.type)),
      clusterBadge(cluster)),
    h("div", { class: "card-body stack" }, troubles(cluster), facts(cluster), serves(cluster)));
}

function troubles(cluster) {
  const notes = [];
  if (cluster.foreignLoad) {
    const { users, detail, since } = cluster.foreignLoad;
    notes.push(h("p", { class: "notice notice-warn" }, icon("warn"),
      ` ${format.plural(users, "user")} that no run here has ordered, since `, timeText(since),
      `. ${detail}`));
  }
  const problem = cluster.problem
    ?? (cluster.reachable === false ? cluster.lastError?.message : null);
  if (problem) {
    notes.push(h(
      "p", { class: `notice ${cluster.reachable ? "notice-warn" : "notice-bad"}` }, problem));
  }
  return notes;
}

function facts(cluster) {
  const isNative = cluster.type === "native";
  const missing = cluster.workersMissing ? ` (${cluster.workersMissing} missing)` : "";
  const rows = [
    ["Live runs", cluster.runIds.length
      ? h("span", {}, cluster.runIds.slice(0, 5).map((id, index) => [
        index ? ", " : "", h("a", { href: `#/runs/${id}`, class: "mono" }, id.slice(0, 8))]),
      isNative ? ` of ${cluster.maxConcurrentRuns}` : "")
      : isNative ? `0 of ${cluster.maxConcurrentRuns}` : "none"],
    [isNative ? "Engines" : "Workers", `${format.count(cluster.workers)}${missing}`],
    ["Users", `${format.count(cluster.users)}${
      cluster.maxUsers ? ` of ${format.count(cluster.maxUsers)}` : ""}`],
    ["State", cluster.state ?? "–"],
    ["Version", cluster.version ?? "–"],
    cluster.reachable === false
      ? ["Away since", timeText(cluster.unreachableSince)]
      : ["Reachable since", timeText(cluster.reachableSince)],
    cluster.baseUrl ? ["Address", h("span", { class: "mono" }, cluster.baseUrl)] : null,
  ];
  return h("dl", { class: "facts" }, rows.filter(Boolean).map(([label, value]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, value))));
}

function serves(cluster) {
  return h(
    "div", { class: "row" }, h("span", { class: "small muted" }, "For"),
    cluster.serves.map(
      ({ tenantId, envId }) => h("span", { class: "tag" }, `${tenantId} / ${envId}`)));
}
