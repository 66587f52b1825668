// Colours and type of the page's style sheet, for what is drawn on a canvas.

let cached = null;
const listeners = new Set();

// The values of custom properties, read once for each theme.
export function themeColor(name) {
  cached ??= { style: getComputedStyle(document.documentElement), values: new Map() };
  if (!cached.values.has(name)) {
    cached.values.set(name, cached.style.getPropertyValue(name).trim() || "#888");
  }
  return cached.values.get(name);
}

export function themeFont() {
  return getComputedStyle(document.body).fontFamily;
}

// Calls `listener` after each change of theme; the answer ends that.
export function onThemeChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  cached = null;
  for (const listener of listeners) listener();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
matchMedia("(prefers-contrast: more)").addEventListener("change", changed);
new MutationObserver(changed).observe(document.documentElement, {
  attributes: true,
  attributeFilter: ["data-theme", "class"],
});
