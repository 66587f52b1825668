// A chart's numbers as a table, for those who read better than they see.

import { h } from "../dom.js";

export function dataTable(title, rows) {
  const element = h("div", {
    class: "chart-table", hidden: true, tabindex: "0", role: "group",
    "aria-label": `${title}, table`,
  });
  const button = h(
    "button",
    {
      type: "button", class: "button button-quiet button-small", "aria-expanded": "false",
      "aria-label": `${title}: show as table`,
    }, "Table");
  let isDue = false;

  function fill() {
    const { head, rows: body } = rows();
    element.replaceChildren(
      h(
        "table", { class: "table" },
        h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { scope: "col" }, text)))),
        h(
          "tbody", {},
          ...body.map(([first, ...rest]) =>
            h(
              "tr", {},
              h("th", { scope: "row" }, first), ...rest.map((text) => h("td", {}, text)))))));
  }

  button.addEventListener("click", () => {
    element.hidden = !element.hidden;
    button.setAttribute("aria-expanded", String(!element.hidden));
    if (!element.hidden) fill();
  });
  return {
    element,
    button,
    // Called after each drawing, and does something only while the table is open; then at most
    // once in a second, as nobody reads faster.
    refresh() {
      if (element.hidden || isDue) return;
      isDue = true;
      setTimeout(() => {
        isDue = false;
        if (!element.hidden) fill();
      }, 1_000);
    },
  };
}

// Rows of a table that a person may read through.
dataTable.rowsMax = 60;
