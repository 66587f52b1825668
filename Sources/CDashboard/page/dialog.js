// Questions in front of the page. The browser's own dialog keeps the focus in it, ends with Escape
// and gives the focus back.

import { fill, h } from "./dom.js";
import { button, toast } from "./ui.js";

/**
 * Asks, and answers what `submit()` has returned, or null when it was left.
 *
 * `submit` may throw a Problem, which is shown while the dialog stays: `onProblem(problem)` returns
 * true where it has shown it itself, at its fields.
 */
export function ask({
  title, content, action, tone = "primary", cancel = "Cancel", submit, onProblem,
}) {
  return new Promise((resolve) => {
    let result = null;
    const fault = h("div", { role: "alert" });
    const confirm = button(action, null, { tone, type: "submit" });
    const heading = h("h2", { id: "dialog-title" }, title);
    const form = h(
      "form", { novalidate: true, onsubmit: send }, heading, content, fault,
      h("div", { class: "actions" }, button(cancel, () => dialog.close()), confirm));
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);

    async function send(event) {
      event.preventDefault();
      if (confirm.getAttribute("aria-busy") === "true") return;
      confirm.setAttribute("aria-busy", "true");
      fill(fault);
      try {
        result = (await submit?.()) ?? true;
        dialog.close();
      } catch (problem) {
        if (!onProblem?.(problem)) {
          fill(fault, h("p", { class: "notice notice-bad" }, problem.message));
        }
      }
      confirm.removeAttribute("aria-busy");
    }

    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    // Another page is no place for this question.
    addEventListener("hashchange", () => dialog.close(), { once: true });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Shows what is told once, to be copied; `more` is shown below it. */
export function showOnce({ title, label, value, more }) {
  const input = h("input", { class: "input mono", id: "told-once", readonly: true, value });
  return ask({
    title, action: "Copy", cancel: "Close",
    content: h("div", { class: "field" }, h("label", { for: "told-once" }, label), input, more),
    async submit() {
      input.select();
      // Pages that came by plain HTTP from another host have no clipboard.
      if (!navigator.clipboard) throw new Error("It is selected: copy it by Ctrl+C.");
      await navigator.clipboard.writeText(value);
      toast("Copied");
    },
  });
}
