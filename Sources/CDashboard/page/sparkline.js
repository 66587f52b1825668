// A small line without axes: how it went, at a glance.

import { svg } from "./dom.js";

const [width, height, pad] = [120, 32, 2];

/** An element whose `draw(values)` shows them; null is a gap. `label` says what it is. */
export function sparkline(label) {
  const area = svg("path", { class: "spark-area" });
  const line = svg("path", { class: "spark-line" });
  const element = svg(
    "svg", {
      class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img",
      "aria-label": label,
    }, area, line);
  element.draw = (values) => {
    const path = pathOf(values);
    line.setAttribute("d", path.line);
    area.setAttribute("d", path.area);
  };
  return element;
}

function pathOf(values) {
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  if (known.length < 2) return { line: "", area: "" };
  const top = Math.max(...known) || 1;
  const step = width / (values.length - 1);
  let [line, area, start] = ["", "", null];
  const close = (x) => {
    if (start !== null) area += `L${x} ${height}L${start} ${height}Z`;
    start = null;
  };
  let last = 0;
  for (const [index, value] of values.entries()) {
    const x = Math.round(index * step * 10) / 10;
    if (value === null || !Number.isFinite(value)) {
      close(last);
      continue;
    }
    const y = Math.round((height - pad - (value / top) * (height - 2 * pad)) * 10) / 10;
    const point = `${start === null ? "M" : "L"}${x} ${y}`;
    line += point;
    area += point;
    start ??= x;
    last = x;
  }
  close(last);
  return { line, area };
}
