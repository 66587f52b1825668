import * as format from "../charts/format.js";
import { h } from "../dom.js";
import { badge } from "../ui.js";
import { section } from "./endpoints.js";
import { sortTable } from "./sort-table.js";

const OUTCOMES = {
  passed: ["good", "check", "Passed"], failed: ["bad", "cross", "Broken"],
  noData: ["warn", "question", "No data"],
};

/** What the run is judged by, and how it stands with each. Hidden where there is nothing. */
export function thresholds() {
  const table = sortTable({
    caption: "Thresholds", rowKey: (row) => `${row.expression} ${row.outcome} ${row.severity}`,
    sort: { key: "expression", isDown: false },
    columns: [
      { key: "expression", label: "Threshold", value: (row) => row.expression,
        cell: (row) => h("code", {}, row.expression) },
      { key: "outcome", label: "Outcome", value: (row) => row.outcome ?? "",
        cell: (row) => outcome(row) },
      { key: "actual", label: "Measured", isNumber: true, text: actual },
      { key: "broken", label: "Broken for", isNumber: true,
        text: (row) => (row.brokenSeconds ? format.duration(row.brokenSeconds) : "–") },
      { key: "brokenAt", label: "First at", text: (row) => format.dateTime(row.brokenAt) },
      { key: "severity", label: "Counts as", text: (row) => row.severity ?? "fail" },
    ],
  });
  const element = section("Thresholds", table.element);
  element.hidden = true;
  return {
    element,
    show(run) {
      const rows = run.thresholds ?? [];
      element.hidden = rows.length === 0;
      if (rows.length > 0) table.set(rows);
    },
  };
}

function outcome(row) {
  const words = OUTCOMES[row.outcome];
  return words ? badge(...words) : badge("waiting", "clock", "Not judged yet");
}

function actual({ actual: value, expression }) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  if (/\bp\d|ms|avg|mean|max|min|median/i.test(expression)) return format.milliseconds(value);
  if (/rate|%|failed|error/i.test(expression)) return format.percent(value);
  return format.short(value);
}
