// Stopping everything, and letting it go on.

import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { field, select, showFaults, textInput, textOf } from "./fields.js";
import * as format from "./format.js";
import { toast } from "./ui.js";

/** Asks for what is to be stopped, and stops it; answers the emergency stop, or null. */
export async function orderStop(ctx) {
  const { tenantId } = ctx.session.me;
  const scope = select(
    [tenantId ? null : ["all", "All load of this service"],
      ["tenant", tenantId ? `All load of ${tenantId}` : "All load of one tenant"],
      ["host", "Load on one host"]].filter(Boolean), tenantId ? "tenant" : "all",
    { onchange: () => arrange() });
  const tenant = textInput(tenantId ?? "", { disabled: Boolean(tenantId) });
  const host = textInput("", { placeholder: "shop.example.org", spellcheck: "false" });
  const reason = textInput("", { placeholder: "Incident 4711: the shop is down" });
  const [tenantField, hostField] = [
    field("Tenant", tenant, { pointer: "/tenantId" }),
    field("Host", host, {
      pointer: "/host", hint: "Also *.example.org, 10.0.0.0/8, or with a port.",
    }),
  ];
  const fields = [
    field("What to stop", scope, { pointer: "/scope" }), tenantField, hostField,
    field("Reason", reason, {
      pointer: "/reason", hint: "Told to everybody whose run it stops or whose start it refuses.",
    }),
  ];
  function arrange() {
    hostField.hidden = scope.value !== "host";
    tenantField.hidden = scope.value === "all" || (scope.value === "host" && !tenantId);
  }
  arrange();

  const stop = await ask({
    title: "Order an emergency stop",
    action: "Stop the load",
    tone: "danger",
    content: [
      h("p", {}, "Runs that it covers are stopped now, and none is started until it is lifted."),
      h("div", { class: "stack" }, fields),
    ],
    submit() {
      showFaults(fields, null);
      return ctx.api.post("/v1/emergency-stop", {
        scope: scope.value, reason: reason.value.trim(),
        tenantId: tenantField.hidden ? undefined : textOf(tenant),
        host: hostField.hidden ? undefined : textOf(host),
      });
    },
    onProblem: (problem) =>
      problem.errors.length > 0 && showFaults(fields, problem).length === 0,
  });
  if (stop) {
    const runs = format.plural(stop.stoppedRunIds?.length ?? 0, "run");
    toast(`The emergency stop holds; ${runs} told to stop.`);
    dispatchEvent(new Event("emergency"));
  }
  return stop;
}

/** Answers whether it was lifted. */
export function liftStop(api, stop, where) {
  return ask({
    title: "Lift this emergency stop?",
    content: h("p", {}, `${where} can be started again. Runs that it has ended stay ended.`),
    action: "Lift it",
    submit: async () => {
      await api.delete(`/v1/emergency-stop/${encodeURIComponent(stop.id)}`);
      toast("The emergency stop is lifted.");
      return true;
    },
  });
}
