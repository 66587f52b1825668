// The part of a definition that says what users do: a scenario, vegeta targets, or a locustfile.

import { fill, h } from "./dom.js";
import { field, textInput, textOf } from "./fields.js";
import { lineAt, positionOf, readJSON } from "./jsontext.js";
import { button } from "./ui.js";

const kinds = [
  ["get", "GET the target"], ["scenario", "Scenario"], ["targets", "Vegeta targets"],
  ["locust", "Locustfile"],
];
const example = {
  load: { thinkTime: "500ms" },
  steps: [
    { name: "home", path: "/", expect: { status: "2xx" } },
    { name: "search", path: "/search?q={{randomInt 1 100}}" },
    { name: "order", method: "POST", path: "/orders", json: { item: "{{uuid}}" } },
  ],
};
const hints = {
  get: "On a native cluster each user sends GET to the target, one after the other; on a Locust "
    + "cluster its locustfile decides.",
  scenario:
    "Requests as steps or as a weighted mix, for native clusters: JSON, as the README has it.",
  targets: "A text of vegeta targets, such as “GET http://shop.example/”, for native clusters.",
  locust: "For Locust clusters. What is given must be what the master runs.",
};

export function createWork(test) {
  const scenario = code(JSON.stringify(test.scenario ?? example, null, 2), 16);
  const targets = code(decoded(test.targetsBase64), 8);
  const [locustfile, classes, scenarioID] = [
    textInput(test.locustfile), textInput((test.userClasses ?? []).join(", ")),
    textInput(test.scenarioId),
  ];
  const fields = {
    get: [],
    scenario: [field("Scenario", scenario, { pointer: "/scenario", wide: true })],
    targets: [field("Targets", targets, { pointer: "/targetsBase64", wide: true })],
    locust: [
      field("Locustfile", locustfile, { pointer: "/locustfile", isOptional: true }),
      field("User classes", classes, {
        pointer: "/userClasses", isOptional: true, hint: "Separated by commas",
      }),
      field("Scenario id", scenarioID, { pointer: "/scenarioId", isOptional: true }),
    ],
  };
  pinpoint(fields.scenario[0], scenario);
  const [hint, place] = [h("p", { class: "small muted" }), h("div", { class: "fields" })];
  let kind = kindOf(test);

  function choose(next) {
    kind = next;
    fill(hint, hints[kind]);
    fill(place, fields[kind],
      kind === "scenario" ? h("div", { class: "row wide" }, tidyButton(scenario)) : null);
  }
  choose(kind);

  return {
    element: h("div", { class: "stack" }, choice(kind, choose), hint, place),
    fields: () => fields[kind],
    /** Its members of the body; null where the text is no JSON, which is shown. */
    read() {
      const none = {
        scenario: undefined, targetsBase64: undefined, locustfile: undefined,
        userClasses: undefined, scenarioId: undefined,
      };
      if (kind === "targets") return { ...none, targetsBase64: encoded(targets.value) };
      if (kind === "locust") {
        const names = classes.value.split(",").map((name) => name.trim()).filter(Boolean);
        return {
          ...none, locustfile: textOf(locustfile), userClasses: names,
          scenarioId: textOf(scenarioID),
        };
      }
      if (kind !== "scenario") return none;
      const { value, message, position } = readJSON(scenario.value);
      if (!message) return { ...none, scenario: value };
      fields.scenario[0].show([`Line ${lineAt(scenario.value, position)}: ${message}`]);
      go(scenario, position);
      return null;
    },
  };
}

function kindOf(test) {
  if (test.scenario) return "scenario";
  if (test.targetsBase64) return "targets";
  return test.locustfile || test.userClasses?.length || test.scenarioId ? "locust" : "get";
}

function choice(chosen, choose) {
  const option = ([value, text]) => h(
    "label", {}, h("input", {
      type: "radio", name: "work", value, checked: value === chosen, onchange: () => choose(value),
    }), text);
  return h(
    "div", { class: "segments segments-many", role: "radiogroup", "aria-label": "What users do" },
    kinds.map(option));
}

const code = (value, rows) => h("textarea", {
  class: "textarea textarea-code", rows, spellcheck: "false", autocapitalize: "off", wrap: "off",
  value,
});

/** Faults within the text tell their lines, and lead there. */
function pinpoint(one, control) {
  const show = one.show;
  one.show = (messages) => {
    const first = messages.map((text) => /^(\/\S*) /.exec(text)?.[1]).find(Boolean);
    show(messages.map((text) => {
      const inner = /^(\/\S*) (.*)/s.exec(text);
      if (!inner) return text;
      const line = lineAt(control.value, positionOf(control.value, inner[1]));
      return `Line ${line}: ${inner[1]} ${inner[2]}`;
    }));
    if (first) go(control, positionOf(control.value, first));
  };
}

function go(control, position) {
  control.focus();
  control.setSelectionRange(position, position);
  // A browser scrolls to what is typed, not to what is chosen.
  const height = control.scrollHeight / control.value.split("\n").length;
  control.scrollTop = Math.max(0, (lineAt(control.value, position) - 4) * height);
}

function tidyButton(control) {
  return button("Tidy up", () => {
    const { value, message } = readJSON(control.value);
    if (!message) control.value = JSON.stringify(value, null, 2);
  }, { class: "button button-small" });
}

/** Base64 of the text's UTF-8, and back. */
function encoded(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function decoded(text) {
  if (!text) return "GET http://shop.example/\n";
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  } catch {
    return "";
  }
}
