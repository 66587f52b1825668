// How one run's number differs from another's, and whether that is better.

import * as format from "../charts/format.js";
import { h } from "../dom.js";

/** What can be compared. */
export const measures = [
  { key: "requests", label: "Requests", text: format.count },
  { key: "rps", label: "Requests per second", text: format.rate },
  { key: "errorRate", label: "Error rate", text: format.percent, isShare: true },
  { key: "avgResponseMs", label: "Mean", text: format.milliseconds },
  { key: "p50ResponseMs", label: "50th percentile", text: format.milliseconds },
  { key: "p95ResponseMs", label: "95th percentile", text: format.milliseconds },
  { key: "p99ResponseMs", label: "99th percentile", text: format.milliseconds },
  { key: "maxResponseMs", label: "Slowest", text: format.milliseconds },
];

/**
 * `{absolute, percent}` of `value` against `base`, or null where one is missing; `percent` is null
 * where the base is 0.
 */
export function difference(base, value) {
  if (!Number.isFinite(base ?? NaN) || !Number.isFinite(value ?? NaN)) return null;
  const absolute = value - base;
  return { absolute, percent: base === 0 ? null : (100 * absolute) / base };
}

const words = {
  better: ["✓", "better"], worse: ["✕", "worse"], withinNoise: ["≈", "within noise"],
  unknown: ["?", "noise unknown"],
};

/**
 * A value, and below it how it differs. Only a figure of the service, which knows the noise, says
 * whether that is better: by a sign and a word beside the colour.
 */
export function differenceCell(measure, base, value, isBase, figure = null) {
  const parts = [h("span", { class: "compare-value" }, measure.text(value ?? null))];
  const isTold = figure !== null && figure.difference !== null;
  const found = isTold
    ? { absolute: figure.difference, percent: figure.percent } : difference(base, value);
  if (isBase || !found) return parts;
  const relative = found.percent === null
    ? "" : `, ${format.signed(found.percent, wholePercent)}`;
  const absolute = signed(measure, found.absolute);
  parts.push(h("span", { class: "compare-difference" }, absolute + relative));
  if (!figure) return parts;
  const [sign, word] = words[figure.finding];
  parts.push(h(
    "span", { class: `compare-difference is-${figure.finding}`, title: figure.reason },
    h("span", { "aria-hidden": "true" }, sign), ` ${word}`));
  if (isTold) {
    parts.push(h("span", { class: "compare-difference" }, range(measure, figure)));
  }
  return parts;
}

function range(measure, { percentFrom, percentTo, differenceFrom, differenceTo }) {
  return percentFrom === null
    ? `${signed(measure, differenceFrom)} to ${signed(measure, differenceTo)}`
    : `${format.signed(percentFrom, wholePercent)} to ${format.signed(percentTo, wholePercent)}`;
}

// Of a share in per cent the difference is in points of it.
function signed(measure, value) {
  return format.signed(value, measure.text).replace(/ %$/, measure.isShare ? " points" : " %");
}

function wholePercent(value) {
  return value >= 10 ? `${Math.round(value)} %` : `${value.toFixed(1)} %`;
}
