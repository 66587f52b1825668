import * as format from "../charts/format.js";
import { h, setText } from "../dom.js";
import { endpointName, section } from "./endpoints.js";
import { sortTable } from "./sort-table.js";

/** The kinds of failures, the most frequent first, each with its words and its share. */
export function errors() {
  let total = 1;
  const table = sortTable({
    caption: "Errors", rowKey: (row) => `${row.method} ${row.name} ${row.message}`,
    sort: { key: "occurrences", isDown: true },
    columns: [
      { key: "message", label: "What happened", value: (row) => row.message, name: "message",
        cell: (row) => h("code", {}, row.message) },
      { key: "endpoint", label: "Endpoint", value: (row) => row.name, cell: endpointName },
      { key: "occurrences", label: "Times", isNumber: true, value: (row) => row.occurrences,
        text: (row) => format.count(row.occurrences) },
      { key: "share", label: "Share of failures", name: "share", cell: () => share(),
        update: (cell, row) => setShare(cell, row.occurrences / total) },
      { key: "last", label: "Last seen", value: (row) => row.lastSeen ?? null,
        text: (row) => format.dateTime(row.lastSeen) },
    ],
  });
  const none = h("p", { class: "card-body muted" }, "No failed requests");
  const element = section("Errors", none, table.element);
  return {
    element,
    show({ summary }) {
      setText(none, summary ? "No failed requests" : "Loading…");
      const rows = summary?.errors ?? [];
      total = Math.max(1, rows.reduce((sum, row) => sum + row.occurrences, 0));
      none.hidden = rows.length > 0;
      table.element.hidden = rows.length === 0;
      table.set(rows);
    },
  };
}

function share() {
  return h("span", { class: "share-line" },
    h("span", { class: "share-bar", "aria-hidden": "true" }, h("span")), h("span"));
}

function setShare(cell, value) {
  const line = cell.firstElementChild;
  line.firstElementChild.firstElementChild.style.transform = `scaleX(${value.toFixed(3)})`;
  setText(line.lastElementChild, format.percent(value * 100));
}
