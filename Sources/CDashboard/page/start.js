// Starting a run of a load test, with what shall be different this time.

import { newKey } from "./api.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import {
  durationOf, durationText, field, numberInput, numberOf, select, showFaults, textInput,
} from "./fields.js";

/** Asks, starts, and goes to the run; answers the run, or null. */
export async function startRun(ctx, test) {
  const users = numberInput("", { placeholder: test.defaultUsers, min: 1, step: 1 });
  const spawnRate = numberInput("", { placeholder: test.defaultSpawnRate });
  const time = textInput("", { placeholder: durationText(test.defaultDurationSeconds) });
  const busy = select([["refuse", "Say so"], ["queue", "Wait for room"]], "refuse");
  const fields = [
    field("Users", users, { pointer: "/targetUsers" }),
    field("Users started per second", spawnRate, { pointer: "/spawnRate" }),
    field("Duration", time, { pointer: "/durationSeconds", hint: "Such as 90, 90s or 1m30s" }),
    field("When there is no room now", busy, { pointer: "/whenBusy" }),
  ];
  // Of this dialog: who presses twice, or again after a lost answer, starts one run.
  let [key, sent] = [newKey(), ""];
  const run = await ask({
    title: `Start “${test.name}”`,
    action: "Start the run",
    content: [
      h("p", { class: "muted" }, `On ${test.targetUrl}, in ${test.tenantId} / ${test.envId}. `,
        "What is left empty is as the load test has it."),
      h("div", { class: "fields" }, fields),
    ],
    submit() {
      const body = {
        targetUsers: numberOf(users), spawnRate: numberOf(spawnRate),
        durationSeconds: durationOf(time),
        whenBusy: busy.value === "queue" ? "queue" : undefined,
      };
      showFaults(fields, null);
      // Another order is another run.
      if (JSON.stringify(body) !== sent) key = newKey();
      sent = JSON.stringify(body);
      return ctx.api.create(`/v1/load-tests/${encodeURIComponent(test.id)}/runs`, body, key);
    },
    onProblem(problem) {
      // What is answered is answered; what got lost is asked for again by the same key.
      if (!problem.isPassing) sent = "";
      return problem.errors.length > 0 && showFaults(fields, problem).length === 0;
    },
  });
  if (run) {
    ctx.announce(`Run of ${test.name} accepted`);
    ctx.navigate(`/runs/${run.id}`);
  }
  return run;
}

/** Asks whether to stop a run, and stops it; answers the run, or null. */
export function stopRun(ctx, run) {
  const isWaiting = ["Queued", "AwaitingApproval"].includes(run.state);
  return ask({
    title: isWaiting ? "Give up this run?" : "Stop this run?",
    action: isWaiting ? "Give it up" : "Stop it",
    tone: "danger",
    content: h(
      "p", {}, h("strong", {}, run.name),
      isWaiting
        ? " has not been started, and will not be." : " ends now, with the numbers so far."),
    async submit() {
      const stopped = await ctx.api.post(`/v1/runs/${encodeURIComponent(run.id)}/stop`);
      ctx.announce(`${run.name}: stop asked for`);
      return stopped;
    },
  });
}
