// How one run's number differs from another's, and whether that is better.

import * as format from "../charts/format.js";
import { h } from "../dom.js";

// A smaller part of the first number is noise between two runs of the same.
const SAME_PERCENT = 2;

/** What can be compared; `better` is -1 where less is better, 1 where more is, 0 where neither. */
export const measures = [
  { key: "requests", label: "Requests", text: format.count, better: 0 },
  { key: "rps", label: "Requests per second", text: format.rate, better: 1 },
  { key: "errorRate", label: "Error rate", text: format.percent, better: -1, isShare: true },
  { key: "avgResponseMs", label: "Mean", text: format.milliseconds, better: -1 },
  { key: "p50ResponseMs", label: "50th percentile", text: format.milliseconds, better: -1 },
  { key: "p95ResponseMs", label: "95th percentile", text: format.milliseconds, better: -1 },
  { key: "p99ResponseMs", label: "99th percentile", text: format.milliseconds, better: -1 },
  { key: "maxResponseMs", label: "Slowest", text: format.milliseconds, better: -1 },
];

/**
 * `{absolute, percent, judgement}` of `value` against `base`, or null where one is missing;
 * `percent` is null where the base is 0; `judgement` is `better`, `worse`, `same` or `plain`.
 */
export function difference(measure, base, value) {
  if (!Number.isFinite(base ?? NaN) || !Number.isFinite(value ?? NaN)) return null;
  const absolute = value - base;
  const percent = base === 0 ? null : (100 * absolute) / base;
  let judgement = "plain";
  if (absolute === 0 || (percent !== null && Math.abs(percent) < SAME_PERCENT)) judgement = "same";
  else if (measure.better !== 0) {
    judgement = Math.sign(absolute) === measure.better ? "better" : "worse";
  }
  return { absolute, percent, judgement };
}

const words = { better: ["✓", "better"], worse: ["✕", "worse"], same: ["≈", "same"] };

/** A value, and below it how it differs: a sign and a word beside the colour. */
export function differenceCell(measure, base, value, isBase) {
  const parts = [h("span", { class: "compare-value" }, measure.text(value ?? null))];
  const found = isBase ? null : difference(measure, base, value);
  if (found) {
    // Of a share in per cent the difference is in points of it.
    const absolute = format.signed(found.absolute, measure.text).replace(
      / %$/, measure.isShare ? " points" : " %");
    const relative = found.percent === null
      ? "" : `, ${format.signed(found.percent, wholePercent)}`;
    const [sign, word] = words[found.judgement] ?? ["", ""];
    parts.push(h(
      "span", { class: `compare-difference is-${found.judgement}` },
      `${absolute}${relative} `, sign ? h("span", { "aria-hidden": "true" }, sign) : null,
      word ? ` ${word}` : null));
  }
  return parts;
}

function wholePercent(value) {
  return value >= 10 ? `${Math.round(value)} %` : `${value.toFixed(1)} %`;
}
