// The course of one value in the size of a word.

import { strokes, usualGap } from "./downsample.js";
import { prepare } from "./drawing.js";
import { onThemeChange, themeColor } from "./theme.js";

const PADDING = 2;

// - width, height: in CSS pixels.
// - color: a custom property.
// - label: what it shows, for those who do not see it.
// Answers `{element, set(values, times), dispose()}`; without times the values stand evenly.
export function sparkline({ width = 96, height = 24, color = "--series-1", label = "" } = {}) {
  const element = document.createElement("canvas");
  element.className = "sparkline";
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label || "course");
  let [times, values] = [[], []];

  function draw() {
    const context = prepare(element, { width, height });
    if (times.length === 0) return;
    const [from, to] = [times[0], Math.max(times.at(-1), times[0] + 1)];
    const top = values.reduce((high, value) => (value > high ? value : high), 0) || 1;
    const x = (time) => PADDING + ((time - from) / (to - from)) * (width - 2 * PADDING);
    const y = (value) => height - PADDING - (value / top) * (height - 2 * PADDING);
    context.strokeStyle = context.fillStyle = themeColor(color);
    context.lineWidth = 1.5;
    const gap = usualGap(times, values);
    const lines = strokes(times, values, { from, to, columns: width, gap });
    for (const stroke of lines) {
      context.beginPath();
      stroke.forEach((index, order) => {
        const point = [x(times[index]), y(values[index])];
        if (order === 0) context.moveTo(...point);
        else context.lineTo(...point);
      });
      context.stroke();
      const [left, right] = [x(times[stroke[0]]), x(times[stroke.at(-1)])];
      context.globalAlpha = 0.12;
      context.lineTo(right, height - PADDING);
      context.lineTo(left, height - PADDING);
      context.fill();
      context.globalAlpha = 1;
    }
  }

  const end = onThemeChange(draw);
  return {
    element,
    set(newValues, newTimes = null) {
      values = newValues;
      times = newTimes ?? newValues.map((_, index) => index);
      draw();
    },
    dispose: end,
  };
}
