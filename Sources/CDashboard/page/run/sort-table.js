// A table whose columns can be sorted by, and whose rows keep their places otherwise.

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
  const heads = new Map();
  const body = h("tbody");
  const headRow = h("tr", {}, columns.map((column) => head(column)));
  const element = h(
    "div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": caption },
    h("table", { class: "table" }, h("caption", { class: "unseen" }, caption),
      h("thead", {}, headRow), body));

  function head(column) {
    const name = column.isNumber ? "number" : column.name ?? null;
    if (!column.value) return h("th", { scope: "col", class: name }, column.label);
    const sign = h("span", { class: "sort-sign", "aria-hidden": "true" });
    const button = h("button", { type: "button", class: "sort" },
      column.label, sign);
    const cell = h("th", { scope: "col", class: name }, button);
    button.addEventListener("click", () => {
      const isSame = order.key === column.key;
      order = { key: column.key, isDown: isSame ? !order.isDown : Boolean(column.isNumber) };
      show();
    });
    heads.set(column.key, { cell, sign });
    return cell;
  }

  function compare(a, b) {
    const { value } = columns.find(({ key }) => key === order.key);
    const [x, y] = [value(a), value(b)];
    // What is not known stands below, whichever way.
    if (x === null || x === undefined) return y === null || y === undefined ? 0 : 1;
    if (y === null || y === undefined) return -1;
    const result = typeof x === "string" ? x.localeCompare(y) : x - y;
    return order.isDown ? -result : result;
  }

  function make(row) {
    const cells = columns.map((column, index) => h(
      index === 0 ? "th" : "td",
      {
        scope: index === 0 ? "row" : null,
        class: column.isNumber ? "number" : column.name ?? null,
      },
      column.cell ? column.cell(row) : null));
    return h("tr", {}, cells);
  }

  function update(element, row) {
    columns.forEach((column, index) => {
      if (column.text) setText(element.children[index], column.text(row));
      column.update?.(element.children[index], row);
    });
  }

  function show() {
    for (const [key, { cell, sign }] of heads) {
      const isSorted = key === order.key;
      const [direction, arrow] = order.isDown ? ["descending", " ↓"] : ["ascending", " ↑"];
      cell.setAttribute("aria-sort", isSorted ? direction : "none");
      setText(sign, isSorted ? arrow : "");
    }
    keyed(body, [...rows].sort(compare), rowKey, make, update);
  }

  return {
    element,
    set(next, emptyText = "Nothing yet") {
      rows = next;
      body.querySelector(".empty-row")?.remove();
      show();
      if (rows.length === 0) {
        fill(body, h("tr", { class: "empty-row" },
          h("td", { colspan: String(columns.length) }, emptyText)));
      }
    },
  };
}
