// A table whose columns can be sorted by, and whose rows keep their elements while numbers change.

import { fill, h, keyed, setText } from "../dom.js";

/**
 * - columns: `{key, label, value(row), text(row) or cell(row), update(cell, row), isNumber, name}`;
 *   a column with `cell` makes an element of its own, one without `value` cannot be sorted by,
 *   and `name` is a class of its cells.
 * - rowKey(row): what a row is.
 * - sort: `{key, isDown}` to begin with.
 */
export function sortTable({ caption, columns, rowKey, sort }) {
  let order = { ...sort };
  let rows = [];
  const body = h("tbody");
  const heads = columns.map((column) => headCell(column, () => {
    const isSame = order.key === column.key;
    // The largest numbers first, and the first letters.
    order = { key: column.key, isDown: isSame ? !order.isDown : Boolean(column.isNumber) };
    show();
  }));
  const element = h(
    "div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": caption },
    h("table", { class: "table" }, h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads.map(({ cell }) => cell))), body));

  function show() {
    for (const { column, cell, sign } of heads) {
      if (!sign) continue;
      const isSorted = column.key === order.key;
      const [direction, arrow] = order.isDown ? ["descending", " ↓"] : ["ascending", " ↑"];
      cell.setAttribute("aria-sort", isSorted ? direction : "none");
      setText(sign, isSorted ? arrow : "");
    }
    const { value } = columns.find(({ key }) => key === order.key);
    const sorted = [...rows].sort((a, b) => compare(value(a), value(b), order.isDown));
    keyed(body, sorted, rowKey, (row) => newRow(columns, row), (line, row) => {
      update(columns, line, row);
    });
  }

  return {
    element,
    set(next, emptyText = "Nothing yet") {
      rows = next;
      body.querySelector(".empty-row")?.remove();
      show();
      if (rows.length > 0) return;
      fill(body, h("tr", { class: "empty-row" },
        h("td", { colspan: String(columns.length) }, emptyText)));
    },
  };
}

const classOf = (column) => (column.isNumber ? "number" : column.name ?? null);

function headCell(column, onclick) {
  if (!column.value) {
    return { column, cell: h("th", { scope: "col", class: classOf(column) }, column.label) };
  }
  const sign = h("span", { "aria-hidden": "true" });
  const button = h("button", { type: "button", class: "sort", onclick }, column.label, sign);
  return { column, sign, cell: h("th", { scope: "col", class: classOf(column) }, button) };
}

// What is not known stands below, whichever way.
function compare(x, y, isDown) {
  const isMissing = (value) => value === null || value === undefined;
  if (isMissing(x) || isMissing(y)) return Number(isMissing(x)) - Number(isMissing(y));
  const result = typeof x === "string" ? x.localeCompare(y) : x - y;
  return isDown ? -result : result;
}

// The first cell names its row.
function newRow(columns, row) {
  return h("tr", {}, columns.map((column, index) => h(
    index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: classOf(column) },
    column.cell?.(row))));
}

function update(columns, line, row) {
  columns.forEach((column, index) => {
    if (column.text) setText(line.children[index], column.text(row));
    column.update?.(line.children[index], row);
  });
}
