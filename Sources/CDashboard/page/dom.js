// Making elements. Text always becomes a text node: nothing here reads HTML.

const svgSpace = "http://www.w3.org/2000/svg";
/** Set as properties, because their attributes only hold the first value. */
const properties = new Set(["value", "checked", "selected", "disabled", "open", "indeterminate"]);

/**
 * An element: `h("button", {class: "button", onclick: start}, "Start")`.
 *
 * Attributes that are null, undefined or false are left out; `on...` are listeners; `style` is an
 * object whose properties are set one by one, as the page's policy wants it, and may be variables;
 * `dataset` is an object.
 */
export function h(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same of SVG. */
export function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(svgSpace, tag), attributes, children);
}

function filled(element, attributes, children) {
  append(element, children);
  // Behind the children: a select has no value before it has options.
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (properties.has(name)) element[name] = name === "value" ? "" : false;
    return;
  }
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "style") {
    for (const [key, part] of Object.entries(value)) element.style.setProperty(key, part);
  } else if (name === "dataset") Object.assign(element.dataset, value);
  else if (properties.has(name) && name in element) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** Adds texts, nodes, and lists of them; leaves out null and false. */
export function append(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Puts these in the place of all that was in it. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** Changes a text only when it is another one: nothing is painted or read out for nothing. */
export function setText(element, text) {
  const next = String(text);
  if (element.textContent !== next) element.textContent = next;
}

/**
 * Keeps children in step with a list: makes, updates, moves and removes only what has changed, so
 * that focus and selection stay.
 *
 * - make(item) returns an element; update(element, item) is called for each, new ones included.
 */
export function keyed(parent, items, key, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let element = known.get(name);
    known.delete(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
    update?.(element, item);
  }
  for (const child of known.values()) child.remove();
}

/** Undoes in one call what a page has set up: listeners, timers, streams. */
export function disposer() {
  const works = [];
  return {
    add(work) {
      works.push(work);
      return work;
    },
    on(target, name, listener, options) {
      target.addEventListener(name, listener, options);
      works.push(() => target.removeEventListener(name, listener, options));
    },
    every(milliseconds, work) {
      const timer = setInterval(work, milliseconds);
      works.push(() => clearInterval(timer));
    },
    dispose() {
      for (const work of works.splice(0).reverse()) work();
    },
  };
}
