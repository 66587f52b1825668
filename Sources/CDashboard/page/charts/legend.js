// The names of a chart's series with their values at the cursor: what a floating box would tell,
// but for all charts at once, and without covering anything.

import { h } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";

// A piece of a series' line, with its dashes: colour is never the only difference.
export function swatch({ color, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("viewBox", "0 0 22 8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "line");
  for (const [name, value] of Object.entries({ x1: 0, x2: 22, y1: 4, y2: 4 })) {
    line.setAttribute(name, String(value));
  }
  line.style.stroke = `var(${color})`;
  if (dash?.length) line.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(line);
  return svg;
}

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
  const element = h("div", { class: "legend" }, ...items);
  return {
    element,
    setValue(key, text, isAtCursor) {
      const value = values.get(key);
      if (value.textContent !== text) value.textContent = text;
      element.classList.toggle("is-at-cursor", isAtCursor);
    },
  };
}
