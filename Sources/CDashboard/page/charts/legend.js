// The names of a chart's series with their values at the cursor: what a floating box would tell,
// but for all charts at once, and without covering anything.

import { h, setText, svg } from "../dom.js";

/** A piece of a series' line, with its dashes: colour is never the only difference. */
export function swatch({ color, dash }) {
  return svg(
    "svg", { class: "swatch", viewBox: "0 0 22 8", "aria-hidden": "true" },
    svg("line", {
      x1: 0, x2: 22, y1: 4, y2: 4, style: { stroke: `var(${color})` },
      "stroke-dasharray": dash?.length ? dash.join(" ") : null,
    }));
}

/** - toggle(key): shows or hides a series, and answers whether it is shown. */
export function legend(series, toggle) {
  const values = new Map();
  const items = series.map((each) => {
    const value = h("span", { class: "legend-value" }, "–");
    values.set(each.key, value);
    const button = h(
      "button",
      { type: "button", class: "legend-item", "aria-pressed": "true", title: "Show or hide" },
      swatch(each), h("span", { class: "legend-label" }, each.label), value);
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(toggle(each.key)));
    });
    return button;
  });
  const element = h("div", { class: "legend" }, items);
  return {
    element,
    setValue(key, text, isAtCursor) {
      setText(values.get(key), text);
      element.classList.toggle("is-at-cursor", isAtCursor);
    },
  };
}
