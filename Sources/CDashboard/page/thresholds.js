// What must hold for a run to pass, as lines of text.

import { h } from "./dom.js";
import { field } from "./fields.js";

const warning = /^warn:\s*/;

/** - known: as the service has them; what only it can say of one stays with its line. */
export function createThresholds(known = []) {
  const lines = known.map(({ severity, expression }) =>
    (severity === "warn" ? `warn: ${expression}` : expression));
  const control = h("textarea", {
    class: "textarea textarea-code", rows: Math.max(3, lines.length + 1), spellcheck: "false",
    autocapitalize: "off", placeholder: "p95 < 300ms\nerrorRate < 1%", value: lines.join("\n"),
  });
  const one = field("Thresholds", control, {
    pointer: "/thresholds", isOptional: true, wide: true,
    hint: "One on each line, such as “p99 < 800ms for 30s” or “errorRate of \"GET /cart\" < 1%”. "
      + "After “warn:” one is told of, and lets the run pass.",
  });
  const texts = () => control.value.split("\n").map((line) => line.trim());

  // Faults are of the item; people count lines, empty ones as well.
  const show = one.show;
  one.show = (messages) => {
    const places = texts().flatMap((line, index) => (line ? [index + 1] : []));
    show(messages.map((text) =>
      text.replace(/^\/(\d+)(\/\w+)? /, (_, index) => `Line ${places[index]}: `)));
  };

  return {
    field: one,
    /** Undefined where there are none and never were any. */
    read() {
      const items = texts().filter(Boolean).map((line) => {
        const expression = line.replace(warning, "");
        const severity = warning.test(line) ? "warn" : "fail";
        const before = known.find((threshold) => threshold.expression === expression) ?? {};
        const kept = Object.entries(before).filter(([, value]) => value !== null);
        return { ...Object.fromEntries(kept), expression, severity };
      });
      return items.length || known.length ? items : undefined;
    },
  };
}
