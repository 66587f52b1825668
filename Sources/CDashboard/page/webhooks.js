// Webhooks: what several pages show of one, and what can be done with it.

import { newKey } from "./api.js";
import { ask, showOnce } from "./dialog.js";
import { h } from "./dom.js";
import { choices, field, select, showFaults, textInput, textOf } from "./fields.js";
import * as format from "./format.js";
import { badge, toast } from "./ui.js";

const kinds = [
  ["json", "JSON, signed"], ["slack", "Slack"], ["teams", "Microsoft Teams"], ["email", "E-mail"],
];
const events = [
  ["run.started", "A run has started"], ["run.finished", "A run is over"],
  ["run.verdict", "A run was judged"],
  ["loadtest.became-failed", "A load test fails that had passed"],
  ["loadtest.became-passed", "A load test passes that had failed"],
  ["cluster.lost", "A cluster is lost"],
];
const states = {
  delivered: ["good", "check", "Delivered"], failed: ["bad", "cross", "Given up"],
};

export const pathOf = (id) => `/v1/webhooks/${encodeURIComponent(id)}`;
export const kindText = (kind) => new Map(kinds).get(kind) ?? kind;
export const receiverText = ({ receiver, recipients }) => receiver ?? recipients.join(", ");
export const placeText = ({ tenantId, envId }) => `${tenantId} / ${envId ?? "all environments"}`;

/** Whether its receiver takes what it is sent. */
export function webhookBadge(webhook) {
  if (!webhook.enabled) return badge("bad", "cross", "Disabled", webhook.disabledReason);
  if (webhook.failures) return badge("warn", "warn", "Failing");
  if (webhook.lastDeliveredAt) return badge("good", "check", "Delivering");
  return badge("waiting", "clock", "Nothing sent yet");
}

export function deliveryBadge({ state, attemptCount }) {
  if (states[state]) return badge(...states[state]);
  return attemptCount
    ? badge("warn", "warn", "Trying again") : badge("waiting", "clock", "Waiting");
}

/** HTTP 500, 12 ms */
export const attemptText = ({ status, failure, durationMs }) =>
  `${failure ?? `answered ${status ?? "nothing"}`}, ${format.milliseconds(durationMs)}`;

/** Sends a test; answers the delivery. */
export async function sendTest(ctx, webhook) {
  try {
    const delivery = await ctx.api.post(`${pathOf(webhook.id)}/test`);
    toast(`A test is on its way to ${webhook.name}.`);
    return delivery;
  } catch (problem) {
    toast(problem.message, "bad");
    return null;
  }
}

/** Asks for a new webhook, makes it, and shows its secret; answers it, or null. */
export async function makeWebhook(ctx) {
  const { items: environments } = await ctx.api.get("/v1/environments", { signal: ctx.signal });
  const place = select(placesOf(ctx, environments));
  const kind = select(kinds, "json", { onchange: () => form.arrange(kind.value) });
  const form = createForm({ events: ["run.verdict"], recipients: [] }, [
    field("For", place, { pointer: "/tenantId" }), field("Format", kind, { pointer: "/kind" }),
  ]);
  form.arrange("json");
  // Of this dialog: the same body again, after a lost answer, makes no second one.
  let [key, sent] = [newKey(), ""];
  const made = await askFor(form, {
    title: "New webhook", action: "Create",
    submit() {
      const [tenantId, envId] = place.value.split("/");
      const body = { tenantId, envId, kind: kind.value, ...form.read(kind.value) };
      if (JSON.stringify(body) !== sent) key = newKey();
      sent = JSON.stringify(body);
      return ctx.api.create("/v1/webhooks", body, key);
    },
    onAnswered: () => (sent = ""),
  });
  if (made?.secret) await showSecret(made.secret);
  else if (made?.kind === "json") {
    toast("It was made, but its secret is not told twice: make a new one.", "bad");
  }
  return made;
}

/** Asks what is to be changed, and changes it; answers the webhook, or null. */
export function changeWebhook(ctx, webhook) {
  const form = createForm(webhook, []);
  form.arrange(webhook.kind);
  return askFor(form, {
    title: `Edit ${webhook.name}`, action: "Save",
    submit: () => ctx.api.put(pathOf(webhook.id), form.read(webhook.kind)),
  });
}

export const setEnabled = (ctx, { id }, enabled) => ctx.api.put(pathOf(id), { enabled });

/** Asks, and makes a new secret. */
export async function rotateSecret(ctx, webhook) {
  const changed = await ask({
    title: "Make a new signing secret?", action: "Make it",
    content: h("p", {}, "What is sent is signed by the one before as well for a day."),
    submit: () => ctx.api.post(`${pathOf(webhook.id)}/rotate-secret`),
  });
  if (changed) await showSecret(changed.secret);
}

/** Asks, and deletes it; answers whether it is gone. */
export function deleteWebhook(ctx, webhook) {
  return ask({
    title: "Delete this webhook?", action: "Delete it", tone: "danger",
    content: h("p", {}, h("strong", {}, webhook.name),
      " is told nothing more, and its log is gone."),
    async submit() {
      await ctx.api.delete(pathOf(webhook.id));
      toast(`${webhook.name} was deleted.`);
    },
  });
}

const showSecret = (value) => showOnce({
  title: "Signing secret", label: "It is shown this once", value,
  more: h("p", { class: "hint" }, "By it the receiver knows that a message is from here."),
});

function askFor(form, { onAnswered, submit, ...rest }) {
  return ask({
    ...rest, content: form.element,
    submit() {
      showFaults(form.fields, null);
      return submit();
    },
    onProblem(problem) {
      if (!problem.isPassing) onAnswered?.();
      // Both are one field here.
      for (const fault of problem.errors ?? []) {
        if (fault.pointer === "/envId") fault.pointer = "/tenantId";
      }
      return problem.errors?.length > 0 && showFaults(form.fields, problem).length === 0;
    },
  });
}

/** Who is for some environments only makes webhooks for these. */
function placesOf(ctx, environments) {
  const own = environments.map(({ tenantId, envId }) => [`${tenantId}/${envId}`,
    placeText({ tenantId, envId })]);
  if (ctx.session.me.envIds) return own;
  const tenants = [...new Set(environments.map(({ tenantId }) => tenantId))];
  return [...tenants.map((tenantId) => [tenantId, placeText({ tenantId })]), ...own];
}

/** What a new one and one that is changed have in common; `first` stand before the receiver. */
function createForm(webhook, first) {
  const isNew = !webhook.id;
  const name = textInput(webhook.name, { maxlength: 200 });
  const url = textInput("", {
    type: "url", spellcheck: "false", placeholder: isNew ? "https://" : webhook.receiver,
  });
  const recipients = textInput(webhook.recipients.join(", "), {
    spellcheck: "false", autocapitalize: "off", placeholder: "team@example.org",
  });
  const urlField = field("URL", url, {
    pointer: "/url", hint: isNew
      ? "Shown to nobody once it is stored, but for its host"
      : "Left empty, it stays as it is",
  });
  const mailField = field("Recipients", recipients, {
    pointer: "/recipients", hint: "Separated by commas",
  });
  const told = choices("Told when", events, webhook.events, { pointer: "/events" });
  const fields = [field("Name", name, { pointer: "/name" }), ...first, urlField, mailField, told];
  for (const one of [fields[0], urlField, mailField]) one.classList.add("wide");
  return {
    fields,
    element: h("div", { class: "fields" }, fields),
    arrange(kind) {
      urlField.hidden = kind === "email";
      mailField.hidden = !urlField.hidden;
    },
    read: (kind) => ({
      name: name.value.trim(), events: told.read(),
      ...(kind === "email" ? { recipients: listOf(recipients) } : { url: textOf(url) }),
    }),
  };
}

const listOf = (control) =>
  control.value.split(",").map((one) => one.trim()).filter(Boolean);
