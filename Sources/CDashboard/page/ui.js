// Parts that several pages show.

import { append, h, svg } from "./dom.js";
import * as format from "./format.js";

/** Shape, colour and word of each state; never colour alone. That a run has finished says nothing
 *  of what it measured: only a verdict is good. */
const states = {
  AwaitingApproval: ["waiting", "hand", "Awaiting approval"],
  Queued: ["waiting", "clock", "Queued"],
  Pending: ["waiting", "clock", "Pending"],
  Starting: ["live", "pulse", "Starting"],
  Running: ["live", "pulse", "Running"],
  Stopping: ["live", "stop", "Stopping"],
  Finished: ["over", "check", "Finished"],
  Failed: ["bad", "cross", "Failed"],
};
const verdicts = {
  passed: ["good", "check", "Passed"],
  failed: ["bad", "cross", "Failed"],
  inconclusive: ["warn", "question", "Inconclusive"],
};
const endReasons = {
  durationElapsed: "ran its time", stoppedByUser: "stopped by a user", testEnded: "ended by itself",
  thresholdBroken: "threshold broken", queueTimedOut: "no room in time",
  startFailed: "start failed", clusterLost: "cluster lost", loadVanished: "load vanished",
  workersLost: "workers lost", replaced: "replaced", shutdown: "service shut down",
  emergencyStop: "emergency stop", frozen: "freeze window", rejected: "rejected",
  approvalExpired: "approval expired",
};
const shapes = {
  check: "M3.5 8.5l3 3 6-7", cross: "M4 4l8 8M12 4l-8 8", clock: "M8 4v4.3l2.8 1.7",
  hand: "M5 4v8M11 4v8", stop: "M5 5h6v6H5z", pulse: "M1.5 8h3l2-4.5 3 9 2-4.5h3",
  question: "M5.7 6a2.3 2.3 0 1 1 3 2.2c-.5.2-.7.5-.7 1.1M8 12v.1", warn: "M8 4v5M8 11.8v.1",
  plus: "M8 3v10M3 8h10", more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
};

export const liveStates = ["Pending", "Starting", "Running", "Stopping"];
export const waitingStates = ["AwaitingApproval", "Queued"];
export const isOver = (run) => run.state === "Finished" || run.state === "Failed";

/** A small sign; says nothing to screen readers, which have the word beside it. */
export function icon(name) {
  return svg(
    "svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: shapes[name] ?? shapes.warn }));
}

export function badge(tone, sign, text, title) {
  return h("span", { class: `badge badge-${tone}`, title }, icon(sign), h("span", {}, text));
}

/** What became of a run, or where it is: its verdict where it has one. */
export function runBadge(run) {
  const [tone, sign, text] = (isOver(run) && verdicts[run.verdict]) || states[run.state]
    || ["waiting", "question", run.state];
  return badge(tone, sign, text, run.verdictReason ?? run.endDetail ?? null);
}

/** How a cluster is. */
export function clusterBadge(cluster) {
  if (cluster.reachable === null) return badge("waiting", "clock", "Not asked yet");
  if (!cluster.reachable) return badge("bad", "cross", "Not reachable");
  if (cluster.foreignLoad) return badge("warn", "warn", "Foreign load");
  if (cluster.problem) return badge("warn", "warn", "Trouble");
  if (cluster.runIds.length || cluster.state === "busy") return badge("live", "pulse", "Busy");
  return badge("good", "check", "Ready");
}

/** Why a run ended, in a few words; empty while it has not. */
export const endText = (run) => endReasons[run.endReason] ?? run.endReason ?? "";

/** A time that tells the exact one when pointed at. */
export function timeText(text, form = format.time) {
  return text
    ? h("time", { datetime: text, title: format.exactTime(text) }, form(text)) : h("span", {}, "–");
}

/** - tone: "primary", "danger", "quiet" or nothing. */
export function button(text, onclick, { tone, sign, ...attributes } = {}) {
  return h(
    "button",
    { type: "button", class: `button${tone ? ` button-${tone}` : ""}`, onclick, ...attributes },
    sign ? icon(sign) : null, h("span", {}, text));
}

export function link(text, href, { tone, sign, ...attributes } = {}) {
  return h(
    "a", { class: `button${tone ? ` button-${tone}` : ""}`, href, ...attributes },
    sign ? icon(sign) : null, h("span", {}, text));
}

/** The first line of a page. */
export function pageHead(title, { lead, actions } = {}) {
  return h(
    "div", { class: "page-head" },
    h("div", {}, h("h1", {}, title), lead ? h("p", { class: "lead" }, lead) : null),
    actions?.some(Boolean) ? h("div", { class: "actions" }, actions) : null);
}

/** Nothing there, and what to do about it. */
export function emptyState(text, ...actions) {
  return h("div", { class: "empty" }, h("p", {}, text), append(h("div"), actions));
}

/** What went wrong, in the service's words. */
export function errorState(error, retry) {
  const isAway = error.status === 0;
  return h(
    "div", { class: "empty empty-error", role: "alert" },
    h("p", {}, icon("warn"), " ", isAway ? "The service does not answer." : error.message),
    isAway ? h("p", { class: "muted" }, "It is asked again as soon as you want.") : null,
    error.requestId ? h("p", { class: "muted small" }, `Request ${error.requestId}`) : null,
    retry ? button("Try again", retry) : null);
}

/** As large as what comes, so that nothing jumps when it does. */
export function skeleton(rows, height = "2.75rem") {
  return h(
    "div", { class: "skeleton", "aria-hidden": "true" },
    Array.from({ length: rows }, () => h("div", { style: { "--height": height } })));
}

export function pageSkeleton() {
  return h(
    "div", { class: "page page-waiting" },
    h("p", { class: "unseen" }, "Loading"), skeleton(1, "2.25rem"), skeleton(4, "5rem"));
}

/** Says something for some seconds, and to screen readers. */
export function toast(text, tone = "plain") {
  const place = document.getElementById("toasts");
  const note = h(
    "div", { class: `toast toast-${tone}`, role: tone === "bad" ? "alert" : "status" },
    tone === "bad" ? icon("warn") : icon("check"), h("span", {}, text));
  place.append(note);
  while (place.children.length > 4) place.firstElementChild.remove();
  setTimeout(() => note.remove(), tone === "bad" ? 12_000 : 5_000);
}
