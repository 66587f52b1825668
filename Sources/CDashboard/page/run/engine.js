// What makes the load: what the native engine tells of itself, or how many workers Locust has.

import * as format from "../charts/format.js";
import { fill, h } from "../dom.js";
import { badge } from "../ui.js";
import { section } from "./endpoints.js";

const percentOfCore = (value) => format.percent(value * 100);

/** Whether the generator, and not the target, was the limit, and what says so. */
export function engine() {
  const body = h("div", { class: "generator" });
  const element = section("Load generator", body);
  return {
    element,
    show({ run, summary, points }) {
      const evidence = summary?.engine;
      const workers = points.last?.workers ?? null;
      if (evidence) fill(body, native(evidence));
      else if (workers !== null) fill(body, locust(run, points));
      else {
        const text = summary ? "It has told nothing yet" : "Loading…";
        fill(body, h("p", { class: "card-body muted" }, text));
      }
    },
  };
}

function native(evidence) {
  const isLimited = evidence.generatorLimited;
  return [
    h("p", { class: "verdict-line" },
      isLimited
        ? badge("bad", "warn", "The generator was the limit")
        : badge("good", "check", "The generator kept up")),
    evidence.generatorWarnings.length > 0
      ? h("ul", { class: "warnings" }, evidence.generatorWarnings.map((text) => h("li", {}, text)))
      : null,
    h("dl", { class: "pairs" }, [
      ["Sent late (99th)", format.milliseconds(evidence.latenessP99Ms)],
      ["Sent late (most)", format.milliseconds(evidence.latenessMaxMs)],
      ["Longest stall of its own", format.milliseconds(evidence.loopLagMaxMs)],
      ["Dropped arrivals", format.count(evidence.droppedArrivals)],
      ["In flight", format.count(evidence.inFlight)],
      ["CPU of its threads", percentOfCore(evidence.cpuShare)],
      ["Connections opened", format.count(evidence.connectionsOpened)],
      ["No free port", format.count(evidence.portsExhausted)],
      ["Received", format.bytes(evidence.bytesIn)],
      ["Sent", format.bytes(evidence.bytesOut)],
      ...Object.entries(evidence.statusCodes).map(([code, number]) =>
        [`Status ${code}`, format.count(number)]),
    ].map(pair)),
  ];
}

function locust(run, points) {
  const { workers } = points.columns();
  const known = workers.filter((value) => value !== null);
  const now = known.at(-1);
  const most = known.reduce((high, value) => Math.max(high, value), 0);
  return [
    h("p", { class: "verdict-line" },
      now < most
        ? badge("bad", "warn", `${format.count(most - now)} of ${format.count(most)} workers lost`)
        : badge("good", "check", "All workers at work")),
    h("dl", { class: "pairs" }, [
      ["Workers now", format.count(now)], ["Workers at most", format.count(most)],
      ...(run.minWorkersShare === null ? []
        : [["Stops below", format.percent(run.minWorkersShare * 100)]]),
    ].map(pair)),
  ];
}

function pair([name, value]) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}
