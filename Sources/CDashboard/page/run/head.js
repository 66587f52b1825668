// What a run is and how it stands: name, state, verdict, who and where, and how far it is.

import * as format from "../charts/format.js";
import { fill, h, setText } from "../dom.js";
import { runBadge } from "../ui.js";
import { hasLoad, isOver, reasonWords } from "./words.js";

export function head(actions) {
  const title = h("h1", { class: "run-title" });
  const badges = h("div", { class: "badges" });
  const facts = h("dl", { class: "facts" });
  const banner = h("div", { class: "notice", role: "status", hidden: true });
  const bar = h("div", { class: "elapsed-bar" });
  const barBox = h(
    "div", {
      class: "elapsed-box", role: "progressbar", "aria-label": "Time of the run",
      "aria-valuemin": "0", "aria-valuemax": "100",
    }, bar);
  const passed = h("span", { class: "elapsed-text" });
  const rest = h("span", { class: "elapsed-text" });
  const progress = h("div", { class: "elapsed" }, passed, barBox, rest);
  const element = h(
    "header", { class: "run-head" },
    h("div", { class: "run-head-line" },
      h("div", { class: "run-head-name" }, title, badges), actions),
    facts, banner, progress);
  let run = null;

  function tick() {
    if (!run) return;
    const start = Date.parse(run.startRequestedAt ?? "");
    progress.hidden = !hasLoad(run) || Number.isNaN(start);
    if (progress.hidden) return;
    const seconds = Math.max(0, (Date.now() - start) / 1_000);
    const share = Math.min(1, seconds / Math.max(1, run.durationSeconds));
    bar.style.transform = `scaleX(${share.toFixed(4)})`;
    barBox.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    setText(passed, `${format.duration(Math.floor(Math.min(seconds, run.durationSeconds)))} of `
      + format.duration(run.durationSeconds));
    setText(rest, run.deadline
      ? `ends at ${new Date(run.deadline).toLocaleTimeString("en-GB")}` : "");
  }

  return {
    element,
    tick,
    show(next) {
      run = next;
      setText(title, run.name || "Run");
      fill(badges, runBadge(run));
      fill(facts, factsOf(run).map(([name, value]) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, value))));
      const news = bannerOf(run);
      banner.hidden = !news;
      banner.className = `notice notice-${news?.tone ?? "plain"}`;
      if (banner.dataset.text !== (news?.title ?? "") + (news?.text ?? "")) {
        banner.dataset.text = (news?.title ?? "") + (news?.text ?? "");
        fill(banner, h("strong", {}, news?.title ?? ""), news?.text ? ` ${news.text}` : "");
      }
      tick();
    },
  };
}

function factsOf(run) {
  const users = format.count(run.targetUsers);
  const open = run.loadTestId
    ? h("a", { href: `#/tests/${run.loadTestId}` }, "History of this test") : null;
  return [
    ["Where", [`${run.tenantId} / ${run.envId}`,
      run.locustClusterId ? ` on ${run.locustClusterId}` : ""]],
    ["Target", h("span", { class: "url" }, run.targetUrl)],
    ["Load", `${users} users at ${format.rate(run.spawnRate)}, `
      + format.duration(run.durationSeconds)],
    [run.startRequestedAt ? "Started" : "Asked for",
      `${format.dateTime(run.startRequestedAt ?? run.createdAt)} by ${run.createdBy}`],
    ...(Object.keys(run.labels ?? {}).length > 0
      ? [["Labels", Object.entries(run.labels).map(([key, value]) =>
        h("span", { class: "tag" }, `${key}: ${value}`))]] : []),
    ...(run.approval?.decidedBy ? [["Approved", `by ${run.approval.decidedBy}`]] : []),
    ...(run.endedAt ? [["Ended", format.dateTime(run.endedAt)]] : []),
    ...(open ? [["More", open]] : []),
  ];
}

// What somebody should know before anything else.
function bannerOf(run) {
  if (run.state === "AwaitingApproval") {
    return {
      tone: "warn", title: "A second person must agree before this run starts.",
      text: `Without a yes it ends at ${format.dateTime(run.approval?.expiresAt)}.`,
    };
  }
  if (run.state === "Queued") {
    const place = run.queue?.position ? `Place ${run.queue.position} in the queue. ` : "";
    const until = run.queue?.until ? ` Waits until ${format.dateTime(run.queue.until)}.` : "";
    return {
      tone: "idle", title: "Waits for room.", text: `${place}${run.queue?.waitsFor ?? ""}.${until}`,
    };
  }
  if (run.problem) return { tone: "bad", title: "Trouble:", text: run.problem };
  if (run.state === "Failed") {
    return { tone: "bad", title: `${reasonWords(run.endReason)}.`, text: run.endDetail ?? "" };
  }
  if (isOver(run) && run.verdict === "failed") {
    return { tone: "bad", title: "Thresholds were broken.", text: run.verdictReason ?? "" };
  }
  if (isOver(run) && run.verdict === "inconclusive") {
    return { tone: "warn", title: "No verdict.", text: run.verdictReason ?? "" };
  }
  if (isOver(run) && run.endReason !== "durationElapsed") {
    return { tone: "idle", title: `${reasonWords(run.endReason)}.`, text: "" };
  }
  return null;
}
