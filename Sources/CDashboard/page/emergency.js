// Stopping everything, and letting it go on.

import { ask } from "./dialog.js";
import { h } from "./dom.js";

/** Answers whether it was lifted. */
export function liftStop(api, stop, where) {
  return ask({
    title: "Lift this emergency stop?",
    content: h("p", {}, `${where} can be started again. Runs that it has ended stay ended.`),
    action: "Lift it",
    submit: () => api.delete(`/v1/emergency-stop/${encodeURIComponent(stop.id)}`),
  });
}
