import * as format from "../charts/format.js";
import { elapsedText } from "../charts/ticks.js";
import { fill, h, setText } from "../dom.js";
import { badge } from "../ui.js";
import { section } from "./endpoints.js";
import { sortTable } from "./sort-table.js";

const OUTCOMES = {
  passed: ["good", "check", "Holds"], failed: ["bad", "cross", "Broken"],
  noData: ["warn", "question", "No data"],
};
const UNITS = {
  ms: format.milliseconds, "%": format.percent, "/s": format.rate, "": format.count,
  pp: (value) => (Number.isFinite(value) ? `${value.toFixed(2)} pp` : "–"),
};

/** What the run is judged by, and how it stands with each. Hidden where there is nothing. */
export function thresholds() {
  const table = sortTable({
    caption: "Thresholds", rowKey: (row) => `${row.expression} ${row.severity}`,
    sort: { key: "expression", isDown: false },
    columns: [
      { key: "expression", label: "Threshold", value: (row) => row.expression,
        cell: () => h("span", {}, h("code"), h("span", { class: "cell-sub" })),
        update: (cell, row) => {
          setText(cell.querySelector("code"), row.expression);
          setText(cell.querySelector(".cell-sub"), row.reason ?? "");
        } },
      { key: "outcome", label: "Outcome", value: (row) => row.outcome ?? "",
        update: (cell, row) => {
          if (cell.dataset.outcome === String(row.outcome)) return;
          cell.dataset.outcome = String(row.outcome);
          fill(cell, outcome(row));
        } },
      { key: "actual", label: "Measured", isNumber: true, text: actual },
      { key: "brokenAt", label: "First broken", isNumber: true,
        text: (row) => (row.brokenAt === null ? "–" : elapsedText(row.brokenAt * 1_000)) },
      { key: "broken", label: "Broken for", isNumber: true,
        text: (row) => (row.brokenSeconds ? format.duration(row.brokenSeconds) : "–") },
      { key: "severity", label: "If broken", value: (row) => row.severity,
        text: (row) => consequence(row) },
    ],
  });
  const note = h("div", { class: "card-body measurement" });
  const element = section("Thresholds", table.element, note);
  element.hidden = true;
  return {
    element,
    show(run) {
      const rows = run.thresholds ?? [];
      element.hidden = rows.length === 0;
      if (rows.length === 0) return;
      table.set(rows);
      note.hidden = !run.measurement || run.measurement.clean;
      if (!note.hidden) fill(note, measurement(run.measurement));
    },
  };
}

function outcome({ outcome: found }) {
  const words = OUTCOMES[found];
  return words ? badge(...words) : badge("waiting", "clock", "Not judged yet");
}

function consequence({ severity, abortAfterSeconds }) {
  const words = severity === "warn" ? "is told" : "the run fails";
  const stops = abortAfterSeconds ?? null;
  return stops === null ? words : `${words}, and stops after ${format.duration(stops)}`;
}

// Of a regression by how much it is worse.
function actual({ actual: value, actualFrom, unit }) {
  const text = UNITS[unit] ?? format.short;
  return actualFrom === null || value === null ? text(value) : format.signed(value, text);
}

// Why the numbers may not be the target's alone.
function measurement({ seconds, cleanSeconds, evidence }) {
  return [
    h("p", {}, badge("warn", "warn", "Not a clean measurement"), " Nothing was in the way in "
      + `${format.duration(cleanSeconds)} of ${format.duration(seconds)}.`),
    h("ul", { class: "warnings" }, evidence.map((text) => h("li", {}, text))),
  ];
}
