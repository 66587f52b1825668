// A load test is defined or changed.

import { newKey } from "../api.js";
import { disposer, fill, h } from "../dom.js";
import {
  durationOf, durationText, field, numberInput, numberOf, select, showFaults, textInput, textOf,
} from "../fields.js";
import { button, errorState, link, pageHead, toast } from "../ui.js";
import { createWork } from "../work.js";

/** What the service adds to a definition, and takes from nobody. */
const added = [
  "id", "version", "createdAt", "createdBy", "claimedCreatedBy", "updatedAt", "updatedBy",
];

export async function mount(root, ctx) {
  const works = disposer();
  const { id } = ctx.params;
  const path = id ? `/v1/load-tests/${encodeURIComponent(id)}` : "/v1/load-tests";
  const [environments, clusters, known] = await Promise.all([
    ctx.api.get("/v1/environments", { signal: ctx.signal }),
    ctx.api.get("/v1/clusters", { signal: ctx.signal }),
    id ? ctx.api.full("GET", path, { signal: ctx.signal }) : null,
  ]);
  if (!ctx.session.can("configure")) {
    const refusal = new Error("Your role cannot change load tests.");
    root.append(pageHead("Load test"), errorState(refusal));
    return works.dispose;
  }
  const form = createForm(known?.data ?? {}, environments.items, clusters.items);
  const [title, back] = id
    ? [`Edit ${known.data.name}`, `#/tests/${encodeURIComponent(id)}`]
    : ["New load test", "#/tests"];
  const fault = h("div", { role: "alert" });
  const save = button(id ? "Save" : "Create", null, { tone: "primary", type: "submit" });
  let [key, sent, etag, isDirty] = [newKey(), "", known?.etag, false];

  async function send(event) {
    event.preventDefault();
    if (save.getAttribute("aria-busy") === "true") return;
    fill(fault);
    const body = form.read();
    if (!body) return;
    save.setAttribute("aria-busy", "true");
    try {
      const test = await store(body);
      isDirty = false;
      toast(id ? "Saved. Runs that are under way keep what they were started with." : "Created.");
      ctx.navigate(`/tests/${encodeURIComponent(test.id)}`);
    } catch (problem) {
      tell(problem);
    }
    save.removeAttribute("aria-busy");
  }

  function store(body) {
    if (id) return ctx.api.put(path, body, { headers: { "If-Match": etag } });
    const text = JSON.stringify(body);
    if (text !== sent) key = newKey();
    sent = text;
    return ctx.api.create(path, body, key);
  }

  function tell(problem) {
    if (problem.code === "versionConflict") {
      return fill(fault, h("div", { class: "notice notice-warn stack" },
        h("p", {}, "Somebody else has changed this load test meanwhile."),
        h("div", { class: "row" },
          button("Show theirs", () => ctx.navigate(`/tests/${encodeURIComponent(id)}/edit`)),
          button("Keep mine", overwrite, { tone: "danger" }))));
    }
    // The same body is asked for again by the same key only where no answer has come.
    if (!problem.isPassing) sent = "";
    const left = form.show(problem);
    const isAll = problem.errors?.length > 0 && left.length === 0;
    fill(fault, h("div", { class: "notice notice-bad" },
      h("p", {}, isAll ? "Some fields are not right yet." : problem.message),
      left.length ? h("ul", {}, left.map(({ pointer, message }) =>
        h("li", {}, h("code", {}, pointer), ` ${message}`))) : null));
  }

  async function overwrite() {
    etag = (await ctx.api.full("GET", path, { signal: ctx.signal })).etag;
    element.requestSubmit();
  }

  const element = h(
    "form",
    { class: "stack edit", novalidate: true, onsubmit: send, oninput: () => (isDirty = true) },
    form.element, fault, h("div", { class: "actions edit-actions" }, save, link("Cancel", back)));
  root.append(pageHead(title, {
    lead: id ? null : "What is sent where, by how many users, for how long.",
  }), element);
  // The browser asks before a half-written scenario is lost.
  works.on(globalThis, "beforeunload", (event) => isDirty && event.preventDefault());
  return works.dispose;
}

function createForm(test, environments, clusters) {
  const places = environments.map(({ tenantId, envId }) => [
    `${tenantId}/${envId}`, `${tenantId} / ${envId}`,
  ]);
  const own = test.tenantId ? `${test.tenantId}/${test.envId}` : places[0]?.[0];
  const name = textInput(test.name, { maxlength: 200, "data-focus": !test.id });
  const description = h("textarea", {
    class: "textarea", rows: 2, maxlength: 4000, value: test.description ?? "",
  });
  const tags = textInput((test.tags ?? []).join(", "));
  const place = select(places, own, { onchange: () => offer(place.value) });
  const cluster = h("select", { class: "select" });
  const target = textInput(test.targetUrl, {
    type: "url", placeholder: "https://shop.example", spellcheck: "false",
  });
  const users = numberInput(test.defaultUsers, { min: 1, step: 1, placeholder: 1 });
  const spawnRate = numberInput(test.defaultSpawnRate, { placeholder: 1 });
  const time = textInput(durationText(test.defaultDurationSeconds), { placeholder: "1m" });
  const work = createWork(test);

  function offer(chosen) {
    const serving = clusters.filter(({ serves }) =>
      serves.some(({ tenantId, envId }) => `${tenantId}/${envId}` === chosen));
    const options = serving.map(({ id, type }) => h("option", { value: id }, `${id} (${type})`));
    const before = cluster.value || test.locustClusterId;
    fill(cluster, h("option", { value: "" }, "The first with room"), options);
    cluster.value = serving.some(({ id }) => id === before) ? before : "";
  }
  offer(own);

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
  const all = () => [...fields, ...work.fields()];

  return {
    element: h(
      "div", { class: "stack" },
      group("What it is", h("div", { class: "fields" }, fields.slice(0, 3))),
      group("Where", h("div", { class: "fields" }, fields.slice(3, 6))),
      group("How much", h("div", { class: "fields" }, fields.slice(6)),
        "What is left empty is taken from the scenario, where it says it."),
      group("What users do", work.element)),
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
      };
    },
  };
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
