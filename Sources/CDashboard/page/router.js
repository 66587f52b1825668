// From the address to a page. Behind the hash, so that the service needs no route for each page.

const pages = [
  ["/login", () => import("./pages/login.js")],
  ["/", () => import("./pages/overview.js")],
  ["/tests", () => import("./pages/tests.js")],
  ["/tests/new", () => import("./pages/edit.js")],
  ["/tests/:id/edit", () => import("./pages/edit.js")],
  ["/tests/:id", () => import("./pages/test.js")],
  ["/runs", () => import("./pages/runs.js")],
  ["/runs/:id", () => import("./pages/run.js")],
  ["/compare", () => import("./pages/compare.js")],
  ["/schedules", () => import("./pages/schedules.js")],
  ["/suites/:id", () => import("./pages/suite.js")],
  ["/webhooks", () => import("./pages/webhooks.js")],
  ["/webhooks/:id", () => import("./pages/webhook.js")],
  ["/clusters", () => import("./pages/clusters.js")],
];

/** What `hash` means: path, parameters of the path, query, and what loads its page (or null). */
export function read(hash) {
  const [path, search = ""] = (hash.replace(/^#/, "") || "/").split(/\?(.*)/s);
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const [pattern, load] of pages) {
    const params = match(pattern, path);
    if (params) return { path, params, query, load };
  }
  return { path, params: {}, query, load: null };
}

function match(pattern, path) {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":") && given[index]) params[part.slice(1)] = decoded(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `#/runs?status=Running`; what is empty is left out. */
export function hashOf(path, query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value || value === 0);
  const text = new URLSearchParams(given).toString();
  return text ? `#${path}?${text}` : `#${path}`;
}
