// One value of many runs, in the order of time. In SVG: they are few, and each is a link.

import { fill, h, svg } from "../dom.js";
import { valueTicks } from "./ticks.js";

const HEIGHT = 150;
const MARGIN = { left: 52, right: 14, top: 12, bottom: 10 };
const SHAPES = {
  good: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0",
  bad: "M-4,-4L4,4M4,-4L-4,4",
  warn: "M0,-5L5,4L-5,4Z",
};

/**
 * - format: a value as text.
 * - set(items): `{value, tone, href, title}`, the oldest first; `tone` chooses colour and shape.
 */
export function trend({ title, format }) {
  const picture = svg("svg", { class: "trend", role: "group", "aria-label": title });
  const note = h("small", { class: "muted" });
  const element = h(
    "section", { class: "chart" },
    h("header", { class: "trend-head" }, h("h2", {}, title), note),
    h("div", { class: "trend-box" }, picture));
  let items = [];

  function draw() {
    const width = picture.parentElement.clientWidth;
    if (width === 0) return;
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const known = items.filter(({ value }) => value !== null && value !== undefined);
    const ticks = valueTicks(Math.max(0, ...known.map(({ value }) => value)), 3);
    const [left, right] = [MARGIN.left + 8, width - MARGIN.right];
    const step = known.length > 1 ? (right - left) / (known.length - 1) : 0;
    const x = (index) => (known.length > 1 ? left + index * step : (left + right) / 2);
    const y = (value) =>
      HEIGHT - MARGIN.bottom - (value / ticks.at(-1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    fill(
      picture, ticks.map((tick) => [
        svg("line", {
          class: "trend-rule", x1: MARGIN.left, x2: right + 6, y1: y(tick), y2: y(tick),
        }),
        svg("text", { class: "trend-label", x: MARGIN.left - 6, y: y(tick) + 4 }, format(tick)),
      ]),
      svg("polyline", {
        class: "trend-line",
        points: known.map(({ value }, index) => `${x(index)},${y(value)}`).join(" "),
      }),
      known.map((item, index) => svg(
        "a", { href: item.href, "aria-label": `${item.title}: ${format(item.value)}` },
        svg("title", {}, `${item.title}: ${format(item.value)}`),
        svg("circle", { class: "trend-hit", cx: x(index), cy: y(item.value), r: 11 }),
        svg("path", {
          class: `trend-point is-${item.tone}`, d: SHAPES[item.tone] ?? SHAPES.good,
          transform: `translate(${x(index)} ${y(item.value)})`,
        }))));
  }

  const observer = new ResizeObserver(draw);
  observer.observe(picture.parentElement);
  return {
    element,
    set(next, text = "") {
      items = next;
      note.textContent = text;
      draw();
    },
    dispose: () => observer.disconnect(),
  };
}
