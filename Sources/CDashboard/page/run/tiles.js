// The headline numbers.

import * as format from "../charts/format.js";
import { h, setText } from "../dom.js";
import { isOver } from "./words.js";

const TILES = [
  ["users", "Users"], ["rps", "Requests/s"], ["requests", "Requests"], ["failures", "Failures"],
  ["p50", "Median"], ["p95", "95th percentile"], ["p99", "99th percentile"], ["max", "Slowest"],
];

export function tiles() {
  const parts = new Map();
  const element = h("dl", { class: "tiles" }, TILES.map(([key, name]) => {
    const value = h("span", { class: "tile-value", dataset: { value: key } }, "–");
    const note = h("span", { class: "tile-note" }, " ");
    const box = h("div", { class: "tile" }, h("dt", {}, name), h("dd", {}, value, note));
    parts.set(key, { value, note, box });
    return box;
  }));

  function set(key, text, note = "\u00a0", tone = "") {
    const part = parts.get(key);
    setText(part.value, text);
    setText(part.note, note);
    part.box.className = tone ? `tile tone-${tone}` : "tile";
  }

  return {
    element,
    // What is over is told by the summary alone; while it lives, the newest numbers count.
    show({ run, summary, points }) {
      const over = isOver(run);
      const totals = summary?.totals;
      const last = run.lastMetrics;
      const counts = over || !last || (totals && totals.requests > last.totalRequests)
        ? totals : { requests: last.totalRequests, failures: last.totalFailures };
      const users = over ? null : points.last?.users ?? last?.currentUsers;
      set("users", format.count(over ? run.targetUsers : users),
        over ? "at the top" : `of ${format.count(run.targetUsers)}`);
      const average = totals?.requests ? `${format.short(totals.rps)} on average` : undefined;
      set("rps", format.short(over ? totals?.rps : points.last?.rps ?? last?.totalRps),
        over ? "on average" : average);
      set("requests", format.count(counts?.requests));
      const rate = counts?.requests ? (100 * counts.failures) / counts.requests : null;
      set("failures", format.count(counts?.failures),
        rate === null ? undefined : `${format.percent(rate)} of all`,
        counts?.failures > 0 ? "bad" : "");
      set("p50", format.milliseconds(totals?.p50ResponseMs),
        totals?.avgResponseMs ? `mean ${format.milliseconds(totals.avgResponseMs)}` : undefined);
      set("p95", format.milliseconds(totals?.p95ResponseMs));
      set("p99", format.milliseconds(totals?.p99ResponseMs));
      set("max", format.milliseconds(totals?.maxResponseMs),
        totals?.minResponseMs !== null && totals?.minResponseMs !== undefined
          ? `fastest ${format.milliseconds(totals.minResponseMs)}` : undefined);
    },
  };
}
