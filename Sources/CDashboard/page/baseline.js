// What the runs of a load test are compared with.

import { h } from "./dom.js";
import { field, select, textInput } from "./fields.js";

/** - known: as the service has it, or null; what only it can say is kept. */
export function createBaseline(known = null) {
  const kinds = [
    ["", "Nothing"], ["lastPassed", "The last run that passed"],
    ["median", "The median of the last runs, which is steadier than one"],
    ...(known?.kind === "pinned" ? [["pinned", `Run ${known.runId}`]] : []),
  ];
  const kind = select(kinds, known?.kind);
  const labels = textInput(
    Object.entries(known?.labels ?? {}).map(([key, value]) => `${key}:${value}`).join(", "),
    { placeholder: "branch:main", spellcheck: "false", autocapitalize: "off" });
  const fields = [
    field("Compared with", kind, {
      pointer: "/baseline", hint: "For thresholds such as “p95 regression < 10%”.",
    }),
    field("Of runs with the labels", labels, {
      pointer: "/baseline/labels", isOptional: true, hint: "Separated by commas",
    }),
  ];
  const show = () => { fields[1].hidden = kind.value === "" || kind.value === "pinned"; };
  kind.addEventListener("change", show);
  show();

  return {
    // The inner one first: a fault of the labels is shown at them.
    fields: [fields[1], fields[0]],
    element: h("div", { class: "fields" }, fields),
    /** Undefined where runs are compared with nothing. */
    read() {
      if (kind.value === "") return undefined;
      if (kind.value === "pinned") return known;
      const before = known === null || known.kind === "pinned" ? {} : known;
      const kept = Object.entries(before).filter(
        ([name, value]) => value !== null && (name !== "runs" || kind.value === "median"));
      return { ...Object.fromEntries(kept), kind: kind.value, labels: read(labels.value) };
    },
  };
}

/** A value may have a colon, and a key has none. */
function read(text) {
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
  return Object.fromEntries(parts.map((part) => {
    const [key, ...rest] = part.split(":");
    return [key.trim(), rest.join(":").trim()];
  }));
}
