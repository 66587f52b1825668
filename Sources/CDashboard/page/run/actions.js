// The buttons of a run: only those that the caller may use, and that do something now.

import * as format from "../charts/format.js";
import { ask } from "../dialog.js";
import { h, setText } from "../dom.js";
import { stopRun } from "../start.js";
import { button, toast } from "../ui.js";
import { reportMenu } from "./report.js";
import { isOver } from "./words.js";

// - refresh: reads the run again after an order.
export function actions(ctx, id, refresh) {
  const path = `/v1/runs/${encodeURIComponent(id)}`;
  let run = null;

  async function order(name, body, told) {
    await ctx.api.post(`${path}/${name}`, body);
    toast(told);
    await refresh().catch(() => null);
  }

  const stop = button("Stop", async () => {
    // The order was taken; whether the page can read the run again is told elsewhere.
    if (await stopRun(ctx, run)) await refresh().catch(() => null);
  }, { tone: "danger" });
  const users = button("Change users", changeUsers);
  const approve = button("Approve", () => ask({
    title: "Approve this run?", action: "Approve and start",
    content: h("p", {}, `${format.plural(run.targetUsers, "user")} for `
      + `${format.duration(run.durationSeconds)} against ${run.targetUrl}, `
      + `asked for by ${run.createdBy}.`),
    submit: () => order("approve", {}, "Approved"),
  }), { tone: "primary" });
  const reject = button("Reject", rejectRun);

  function changeUsers() {
    const amount = numberField("Users", run.targetUsers, "1");
    const rate = numberField("Spawn rate, users a second", run.spawnRate, "any");
    return ask({
      title: "Change users", action: "Change", content: h("div", { class: "fields" },
        amount.element, rate.element),
      submit: () => order("users", {
        targetUsers: Number(amount.input.value), spawnRate: Number(rate.input.value),
      }, "Users changed"),
    });
  }

  function rejectRun() {
    const reason = h("input", { class: "input", id: "reason", maxlength: "300" });
    return ask({
      title: "Reject this run?", action: "Reject", tone: "danger",
      content: h("div", { class: "field" },
        h("label", { for: "reason" }, "Reason ", h("span", { class: "optional" }, "optional")),
        reason),
      submit: () => order("reject", reason.value ? { reason: reason.value } : {}, "Rejected"),
    });
  }

  const report = reportMenu(ctx, path);
  const element = h(
    "div", { class: "actions" }, approve, reject, users, stop, report.element);

  return {
    element,
    show(next) {
      run = next;
      const may = ctx.session.can("start");
      const waits = run.state === "AwaitingApproval";
      approve.hidden = reject.hidden = !(may && waits);
      users.hidden = !(may && run.state === "Running");
      stop.hidden = !may || isOver(run);
      stop.disabled = run.state === "Stopping";
      setText(stop.lastElementChild, run.state === "Stopping" ? "Stopping…" : "Stop");
      report.show(run);
    },
  };
}

function numberField(label, value, step) {
  const id = `field-${label.split(/\W/)[0].toLowerCase()}`;
  const input = h("input", {
    class: "input", id, type: "number", min: step === "1" ? "1" : "0", step, required: true,
    value: String(value),
  });
  return { input, element: h("div", { class: "field" }, h("label", { for: id }, label), input) };
}
