// The REST API as functions. Errors are Problems, as the service words them.

const patience = 20_000;

/** What the service answers instead of what was asked for (RFC 9457). */
export class Problem extends Error {
  constructor(fields) {
    super(fields.detail ?? fields.title ?? "something went wrong");
    this.name = "Problem";
    /** 0 where nothing was answered at all. */
    this.status = fields.status ?? 0;
    /** For programs, such as `clusterBusy`; `unreachable` and `notJSON` are of this page. */
    this.code = fields.code ?? "";
    /** Wrong fields: `[{pointer, message}]`. */
    this.errors = fields.errors ?? [];
    this.runIds = fields.runIds ?? [];
    this.requestId = fields.requestId ?? "";
    /** Seconds. */
    this.retryAfter = fields.retryAfter ?? null;
  }

  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** A name for something that is to be done once, however often it is asked for. */
export function newKey() {
  // `randomUUID` is missing on pages that came by plain HTTP from another host.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function withQuery(path, query) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, one);
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * - session: `token()` is what to send now, `renew(token)` says whether another try makes sense
 *   after that token was refused.
 */
export function createApi(session) {
  /** The answer as it came, once the token was renewed where that was all that was wrong. */
  async function send(method, path, options = {}) {
    const headers = { Accept: "application/json", ...options.headers };
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    for (let attempt = 0; ; attempt += 1) {
      const token = await session.token();
      if (token) headers.Authorization = `Bearer ${token}`;
      const answer = await ask(withQuery(path, options.query), { method, headers, body }, options);
      if (answer.status === 401 && token && attempt === 0 && (await session.renew(token))) continue;
      return answer;
    }
  }

  async function full(method, path, options) {
    const answer = await send(method, path, options);
    if (!answer.ok) throw await problemOf(answer);
    const isEmpty = answer.status === 204 || answer.status === 202 && !answer.body;
    const data = isEmpty ? null : await readJSON(answer);
    return { data, etag: answer.headers.get("ETag"), status: answer.status };
  }

  const short = (method) => async (path, options) => (await full(method, path, options)).data;
  const withBody = (method) => async (path, body, options) =>
    (await full(method, path, { ...options, body })).data;
  return {
    send,
    full,
    get: short("GET"),
    delete: short("DELETE"),
    post: withBody("POST"),
    put: withBody("PUT"),
    /** Creates or starts something once, also when the first answer got lost. */
    create: (path, body, key) =>
      withBody("POST")(path, body, { headers: { "Idempotency-Key": key ?? newKey() } }),
  };
}

async function ask(url, request, { signal, timeout = patience }) {
  const limit = timeout ? AbortSignal.timeout(timeout) : null;
  const signals = [signal, limit].filter(Boolean);
  try {
    return await fetch(url, {
      ...request, signal: signals.length ? AbortSignal.any(signals) : undefined, cache: "no-store",
      credentials: "omit",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({
      code: "unreachable",
      detail: limit?.aborted
        ? "The service did not answer in time." : "The service cannot be reached.",
    });
  }
}

async function readJSON(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Problem({
      status: answer.status, code: "notJSON", detail: "The answer was cut off or is not JSON.",
    });
  }
}

export async function problemOf(answer) {
  let fields = {};
  try {
    fields = await answer.json();
  } catch {
    fields = { detail: `The service answered ${answer.status}.` };
  }
  const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  return new Problem({
    ...fields, status: answer.status, retryAfter: Number.isFinite(seconds) ? seconds : null,
  });
}
