// Forms whose wrong fields the service names: each fault is shown at its field.

import { fill, h } from "./dom.js";

let names = 0;

/**
 * A field with its label, hint and place for faults.
 *
 * - pointer: where the service finds it, such as `/defaultUsers`; faults below it are its as well.
 */
export function field(label, control, { pointer, hint, isOptional, wide } = {}) {
  names += 1;
  const id = control.id || `field-${names}`;
  const hintID = hint ? `${id}-hint` : null;
  const fault = h("p", { class: "fault", id: `${id}-fault`, hidden: true });
  control.id = id;
  if (hintID) control.setAttribute("aria-describedby", hintID);
  const element = h(
    "div", { class: `field${wide ? " wide" : ""}` },
    h("label", { for: id }, label,
      isOptional ? h("span", { class: "optional" }, " (optional)") : null),
    control, hint ? h("p", { class: "hint", id: hintID }, hint) : null, fault);

  element.show = (messages) => {
    fault.hidden = messages.length === 0;
    fill(fault, messages.join("; "));
    const described = [hintID, messages.length ? fault.id : null].filter(Boolean).join(" ");
    if (described) control.setAttribute("aria-describedby", described);
    else control.removeAttribute("aria-describedby");
    if (messages.length) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  element.pointer = pointer;
  element.control = control;
  return element;
}

/** Any of some: `[value, text]` each; `read()` tells which. */
export function choices(label, options, chosen, { pointer } = {}) {
  names += 1;
  const fault = h("p", { class: "fault", id: `field-${names}-fault`, hidden: true });
  const boxes = options.map(([value]) =>
    h("input", { type: "checkbox", class: "check", value, checked: chosen.includes(value) }));
  const element = h(
    "fieldset", { class: "field choices wide" }, h("legend", { class: "label" }, label),
    options.map(([, text], index) => h("label", {}, boxes[index], h("span", {}, text))), fault);
  element.show = (messages) => {
    fault.hidden = messages.length === 0;
    fill(fault, messages.join("; "));
    if (messages.length) element.setAttribute("aria-describedby", fault.id);
    else element.removeAttribute("aria-describedby");
  };
  element.pointer = pointer;
  [element.control] = boxes;
  element.read = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return element;
}

/** Takes away what was shown, and shows the problem's faults; returns those without a field. */
export function showFaults(fields, problem) {
  const left = new Set(problem?.errors ?? []);
  let first = null;
  for (const one of fields) {
    const own = [...left].filter(({ pointer }) => one.pointer && isWithin(pointer, one.pointer));
    for (const fault of own) left.delete(fault);
    // A long text needs the place, too.
    one.show(own.map(({ pointer, message }) => {
      const inner = pointer.slice(one.pointer.length);
      return inner ? `${inner} ${message}` : message;
    }));
    if (own.length) first ??= one.control;
  }
  first?.focus();
  return [...left];
}

const isWithin = (pointer, outer) => pointer === outer || pointer.startsWith(`${outer}/`);

export const textInput = (value, attributes) =>
  h("input", { class: "input", type: "text", autocomplete: "off", ...attributes, value });

export const numberInput = (value, attributes) =>
  h("input", {
    class: "input", type: "number", inputmode: "decimal", autocomplete: "off", min: 0, step: "any",
    ...attributes, value,
  });

/** - options: `[value, text]`, or just texts. */
export function select(options, value, attributes) {
  const items = options.map((option) => {
    const [key, text] = Array.isArray(option) ? option : [option, option];
    return h("option", { value: key, selected: key === (value ?? "") }, text);
  });
  return h("select", { class: "select", ...attributes }, items);
}

/** The number of a field; undefined when it is empty, so that the service's default holds. */
export function numberOf(control) {
  const text = control.value.trim();
  return text === "" ? undefined : Number(text);
}

/** The text of a field; undefined when there is none. */
export const textOf = (control) => control.value.trim() || undefined;

/** Seconds, or a text such as 1m30s: the service reads both. */
export function durationOf(control) {
  const text = control.value.trim();
  if (text === "") return undefined;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** 90 as 1m30s, as it can be typed again. */
export function durationText(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (!Number.isInteger(seconds) || seconds < 60) return `${seconds}s`;
  const parts = [
    [Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "m"], [seconds % 60, "s"],
  ];
  return parts.filter(([amount]) => amount > 0).map(([amount, unit]) => amount + unit).join("");
}
