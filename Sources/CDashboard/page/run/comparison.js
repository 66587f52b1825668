// What the service says of how two runs differ, which knows the noise of both.

const FIGURES = {
  rps: "rps", errorRate: "errorRate", avgResponseMs: "mean", p50ResponseMs: "p50",
  p95ResponseMs: "p95", p99ResponseMs: "p99",
};

/** The comparison of the run at `path` with another; one without figures where there is none. */
export async function loadComparison(api, path, baseline) {
  try {
    return await api.get(`${path}/comparison`, { query: { baseline } });
  } catch (problem) {
    const trouble = problem.status === 400
      ? "these are not runs of one load test" : problem.message;
    return { trouble, notes: [], differences: [], totals: { figures: [] }, endpoints: [] };
  }
}

/** The figure of a field of summaries; `row` is null for all requests. */
export function figureOf(comparison, key, row = null) {
  const found = row === null ? comparison?.totals : comparison?.endpoints.find(
    ({ method, name }) => method === row.method && name === row.name);
  return found?.figures.find(({ measure }) => measure === FIGURES[key]) ?? null;
}

/** What to know before one believes the numbers, in sentences. */
export function caveats({ trouble, notes, differences }) {
  const asked = differences.map(({ field, before, after, serious }) => {
    const change = before === null || after === null
      ? `${field} is another one` : `${field} was ${before}, is ${after}`;
    return serious ? `Another load: ${change}` : `Also different: ${change}`;
  });
  return [...(trouble ? [`Noise unknown: ${trouble}`] : []), ...asked, ...notes.map(sentence)];
}

const sentence = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
