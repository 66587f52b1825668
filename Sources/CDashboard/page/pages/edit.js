// A load test is defined or changed.

import { newKey } from "../api.js";
import { createBaseline } from "../baseline.js";
import { disposer, fill, h } from "../dom.js";
import {
  durationOf, durationText, field, numberInput, numberOf, select, showFaults, textInput, textOf,
} from "../fields.js";
import { createThresholds } from "../thresholds.js";
import { button, errorState, link, pageHead, toast } from "../ui.js";
import { createWork } from "../work.js";

/** What the service adds to a definition, and takes from nobody. */
const added = [
  "id", "version", "createdAt", "createdBy", "claimedCreatedBy", "updatedAt", "updatedBy",
];

export async function mount(root, ctx) {
  const works = disposer();
  if (!ctx.session.can("configure")) {
    const refusal = new Error("Your role cannot change load tests.");
    root.append(pageHead("Load test"), errorState(refusal));
    return works.dispose;
  }
  const { id } = ctx.params;
  const store = createStore(ctx, id);
  const read = (path) => ctx.api.get(path, { signal: ctx.signal });
  const [environments, clusters, test] = await Promise.all([
    read("/v1/environments"), read("/v1/clusters"), store.load(),
  ]);
  const form = createForm(test, environments.items, clusters.items);
  const fault = h("div", { role: "alert" });
  const save = button(id ? "Save" : "Create", null, { tone: "primary", type: "submit" });
  let isDirty = false;

  async function send(event) {
    event.preventDefault();
    if (save.getAttribute("aria-busy") === "true") return;
    fill(fault);
    const body = form.read();
    if (!body) return;
    save.setAttribute("aria-busy", "true");
    try {
      const stored = await store.save(body);
      isDirty = false;
      toast(id ? "Saved. Runs that are under way keep what they were started with." : "Created.");
      ctx.navigate(`/tests/${encodeURIComponent(stored.id)}`);
    } catch (problem) {
      fill(fault, problem.code === "versionConflict" ? conflict() : told(problem, form));
    }
    save.removeAttribute("aria-busy");
  }

  const conflict = () => h(
    "div", { class: "notice notice-warn stack" },
    h("p", {}, "Somebody else has changed this load test meanwhile."),
    h("div", { class: "row" },
      button("Show theirs", () => ctx.navigate(`/tests/${encodeURIComponent(id)}/edit`)),
      button("Keep mine", () => store.load().then(() => element.requestSubmit()),
        { tone: "danger" })));

  const element = h(
    "form",
    { class: "stack edit", novalidate: true, onsubmit: send, oninput: () => (isDirty = true) },
    form.element, fault,
    h("div", { class: "actions edit-actions" }, save,
      link("Cancel", id ? `#/tests/${encodeURIComponent(id)}` : "#/tests")));
  root.append(pageHead(id ? `Edit ${test.name}` : "New load test", {
    lead: id ? null : "What is sent where, by how many users, for how long.",
  }), element);
  // The browser asks before a half-written scenario is lost.
  works.on(globalThis, "beforeunload", (event) => isDirty && event.preventDefault());
  return works.dispose;
}

/** Where the load test comes from and goes to; without an id it is a new one. */
function createStore(ctx, id) {
  const path = id ? `/v1/load-tests/${encodeURIComponent(id)}` : "/v1/load-tests";
  let [key, sent, etag] = [newKey(), "", null];

  async function create(body) {
    // The same body again, after an answer that got lost, makes no second one.
    const text = JSON.stringify(body);
    if (text !== sent) key = newKey();
    sent = text;
    try {
      return await ctx.api.create(path, body, key);
    } catch (problem) {
      if (!problem.isPassing) sent = "";
      throw problem;
    }
  }

  return {
    async load() {
      if (!id) return {};
      const answer = await ctx.api.full("GET", path, { signal: ctx.signal });
      etag = answer.etag;
      return answer.data;
    },
    save: (body) =>
      (id ? ctx.api.put(path, body, { headers: { "If-Match": etag } }) : create(body)),
  };
}

/** What is wrong, at the fields as far as they are here. */
function told(problem, form) {
  const left = form.show(problem);
  const isAll = problem.errors?.length > 0 && left.length === 0;
  return h(
    "div", { class: "notice notice-bad" },
    h("p", {}, isAll ? "Some fields are not right yet." : problem.message),
    left.length ? h("ul", {}, left.map(({ pointer, message }) =>
      h("li", {}, h("code", {}, pointer), ` ${message}`))) : null);
}

function createForm(test, environments, clusters) {
  const { place, cluster } = createPlace(test, environments, clusters);
  const name = textInput(test.name, { maxlength: 200, "data-focus": !test.id });
  const description = h("textarea", {
    class: "textarea", rows: 2, maxlength: 4000, value: test.description ?? "",
  });
  const tags = textInput((test.tags ?? []).join(", "));
  const target = textInput(test.targetUrl, {
    type: "url", placeholder: "https://shop.example", spellcheck: "false",
  });
  const users = numberInput(test.defaultUsers, { min: 1, step: 1, placeholder: 1 });
  const spawnRate = numberInput(test.defaultSpawnRate, { placeholder: 1 });
  const time = textInput(durationText(test.defaultDurationSeconds), { placeholder: "1m" });
  const work = createWork(test);
  const thresholds = createThresholds(test.thresholds);
  const baseline = createBaseline(test.baseline);

  const fields = [
    field("Name", name, { pointer: "/name" }),
    field("Tags", tags, { pointer: "/tags", isOptional: true, hint: "Separated by commas" }),
    field("Description", description, { pointer: "/description", isOptional: true, wide: true }),
    field("Tenant and environment", place, { pointer: "/tenantId" }),
    field("Target", target, { pointer: "/targetUrl", hint: "Base URL of the system under test" }),
    field("Cluster", cluster, { pointer: "/locustClusterId" }),
    field("Users", users, { pointer: "/defaultUsers", hint: "At the top of the ramp" }),
    field("Users started per second", spawnRate, { pointer: "/defaultSpawnRate" }),
    field("Duration", time, { pointer: "/defaultDurationSeconds", hint: "Such as 90s or 1h30m" }),
  ];
  const all = () => [...fields, ...work.fields(), thresholds.field, ...baseline.fields];

  return {
    element: h(
      "div", { class: "stack" },
      group("What it is", h("div", { class: "fields fields-wide" }, fields.slice(0, 3))),
      group("Where", h("div", { class: "fields" }, fields.slice(3, 6))),
      group("How much", h("div", { class: "fields" }, fields.slice(6)),
        "What is left empty is taken from the scenario, where it says it."),
      group("What users do", work.element),
      group("When a run passes", h("div", { class: "stack" },
        h("div", { class: "fields" }, thresholds.field), baseline.element))),
    show: (problem) => showFaults(all(), environmentAtPlace(problem)),
    /** The body; null when something could not even be read, which is shown. */
    read() {
      showFaults(all(), null);
      const done = work.read();
      if (!done) return null;
      const [tenantId, envId] = place.value.split("/");
      const kept = Object.entries(test).filter(
        ([key, value]) => !added.includes(key) && value !== null);
      return {
        ...Object.fromEntries(kept), ...done,
        name: name.value.trim(), description: description.value.trim() || undefined,
        tags: tags.value.split(",").map((tag) => tag.trim()).filter(Boolean),
        tenantId, envId, locustClusterId: cluster.value || undefined,
        targetUrl: textOf(target) ?? "", defaultUsers: numberOf(users),
        defaultSpawnRate: numberOf(spawnRate), defaultDurationSeconds: durationOf(time),
        thresholds: thresholds.read(), baseline: baseline.read(),
      };
    },
  };
}

/** The environment, and the clusters that serve it. */
function createPlace(test, environments, clusters) {
  const keyOf = ({ tenantId, envId }) => `${tenantId}/${envId}`;
  const places = environments.map((one) => [keyOf(one), `${one.tenantId} / ${one.envId}`]);
  const own = test.tenantId ? keyOf(test) : places[0]?.[0];
  const place = select(places, own, { onchange: offer });
  const cluster = h("select", { class: "select" });

  function offer() {
    const serving = clusters.filter(({ serves }) =>
      serves.some((one) => keyOf(one) === place.value));
    const options = serving.map(({ id, type }) => h("option", { value: id }, `${id} (${type})`));
    const before = cluster.value || test.locustClusterId;
    fill(cluster, h("option", { value: "" }, "The first with room"), options);
    cluster.value = serving.some(({ id }) => id === before) ? before : "";
  }
  offer();
  return { place, cluster };
}

/** Both are one field here. */
function environmentAtPlace(problem) {
  for (const fault of problem.errors ?? []) {
    if (fault.pointer === "/envId") fault.pointer = "/tenantId";
  }
  return problem;
}

function group(title, content, hint) {
  return h(
    "fieldset", { class: "card group" },
    h("legend", { class: "unseen" }, title),
    h("div", { class: "card-head", "aria-hidden": "true" }, h("h2", {}, title)),
    h("div", { class: "card-body stack" }, hint ? h("p", { class: "small muted" }, hint) : null,
      content));
}
