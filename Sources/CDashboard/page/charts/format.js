// What the page's formats lack, for axes, legends and differences; and those, so that a chart and
// the table below it write a number alike.

import { count, duration, milliseconds, percent, plural, short } from "../format.js";

const dash = "–";
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export { count, duration, milliseconds, percent, plural, short };

/** 512/s */
export const rate = (value) => (isNumber(value) ? `${short(value)}/s` : dash);

/** 12.3 MB */
export function bytes(value) {
  if (!isNumber(value)) return dash;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [index, size] = [0, value];
  while (size >= 1000 && index < units.length - 1) [index, size] = [index + 1, size / 1000];
  return `${digits.format(size)} ${units[index]}`;
}

/** A difference with its sign; the minus is as wide as the plus. */
export function signed(value, format) {
  if (!isNumber(value)) return dash;
  if (value === 0) return `±${format(0)}`;
  return `${value > 0 ? "+" : "−"}${format(Math.abs(value))}`;
}

/** Date, where it is not today, and time of day with seconds, by the viewer's clock. */
export function dateTime(text) {
  if (!text) return dash;
  const at = new Date(text);
  const time = at.toLocaleTimeString("en-GB");
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? time : `${at.toLocaleDateString("en-CA")} ${time}`;
}
