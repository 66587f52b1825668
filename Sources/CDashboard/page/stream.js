// Server-sent events read by fetch, because EventSource sends no token. Resumes where it was cut
// off; where there is no stream it asks from time to time instead, so that a page shows the same.

const silenceMax = 40_000; // The service says something at least every 15 s.
const backoffMax = 30_000;
const pollInterval = 3_000;
const lineMax = 1 << 20; // Longer ones are no events of ours.
/** Answers after which a stream is not to be had for a while: this service has none. */
const without = new Set([404, 405, 406, 501]);
const retryWithout = 60_000;

/**
 * Follows `path` until the returned function is called, or the stream has ended by itself.
 *
 * - onEvent(name, data, id): each event; `reset` means to read by REST again.
 * - onState(state): `connecting`, `live`, `polling` (asked instead) or `offline` (nobody answers).
 * - poll(): asks by REST; called at once and regularly while there is no stream, and its failure
 *   means that the service is away.
 */
export function openStream({ api, path, onEvent, onState, poll }) {
  const closed = new AbortController();
  const pause = createPause();
  let [lastID, state] = [null, null];
  let wake = () => {};
  const poller = createPoller(poll, (isAnswered) => {
    if (state !== "live") tell(isAnswered ? "polling" : "offline");
  });

  function tell(next) {
    if (state === next || closed.signal.aborted) return;
    state = next;
    onState?.(next);
  }

  /** Milliseconds until the next try; null when there shall be none. */
  async function follow() {
    const attempt = new AbortController();
    const watchdog = silence(() => attempt.abort());
    try {
      const headers = { Accept: "text/event-stream", "Cache-Control": "no-store" };
      if (lastID !== null) headers["Last-Event-ID"] = lastID;
      const signal = AbortSignal.any([closed.signal, attempt.signal]);
      const answer = await api.send("GET", path, { headers, signal, timeout: 0 });
      if (!answer.ok || !isEventStream(answer)) {
        await answer.body?.cancel();
        return without.has(answer.status) || answer.ok ? retryWithout : pause.after(answer);
      }
      pause.reset();
      tell("live");
      poller.stop();
      for await (const event of eventsOf(answer.body, watchdog.reset)) {
        if (event.retry !== undefined) pause.shortest = event.retry;
        if (event.id !== undefined) lastID = event.id;
        if (event.name === "reset") lastID = event.id ?? null;
        if (event.name) onEvent(event.name, event.data, event.id);
        if (event.name === "end") return null;
      }
      return pause.shortest;
    } finally {
      watchdog.stop();
      attempt.abort();
    }
  }

  async function run() {
    tell("connecting");
    while (!closed.signal.aborted) {
      let wait;
      try {
        wait = await follow();
      } catch {
        wait = pause.next();
      }
      if (wait === null || closed.signal.aborted) break;
      if (state === "live") tell("connecting");
      poller.start();
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
    }
    poller.stop();
  }

  const hurry = () => wake();
  globalThis.addEventListener("online", hurry);
  run();
  return function close() {
    closed.abort();
    poller.stop();
    globalThis.removeEventListener("online", hurry);
    wake();
  };
}

/** Milliseconds between tries: longer after each failure, and never those of all pages at once. */
function createPause() {
  let failures = 0;
  const pause = {
    /** As the service wants it. */
    shortest: 2_000,
    reset: () => (failures = 0),
    next() {
      const most = Math.min(backoffMax, pause.shortest * 2 ** Math.min(failures, 5));
      failures += 1;
      return most / 2 + Math.random() * (most / 2);
    },
    after(answer) {
      if (answer.status === 401) return null; // The session is over, and with it the page.
      const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
      return Number.isFinite(seconds) ? Math.max(1_000, seconds * 1_000) : pause.next();
    },
  };
  return pause;
}

/** Asks now and regularly while it is on; a question that is slow is not asked twice. */
function createPoller(poll, onOutcome) {
  let [timer, isAsking] = [null, false];
  async function ask() {
    if (isAsking) return;
    isAsking = true;
    const isAnswered = await Promise.resolve(poll?.()).then(() => true, () => false);
    isAsking = false;
    onOutcome(isAnswered);
  }
  return {
    start() {
      if (timer) return;
      timer = setInterval(ask, pollInterval);
      ask();
    },
    stop() {
      clearInterval(timer);
      timer = null;
    },
  };
}

function isEventStream(answer) {
  return (answer.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
}

/** Calls `work` when `reset` was not called for too long. */
function silence(work) {
  let timer = setTimeout(work, silenceMax);
  return {
    reset() {
      clearTimeout(timer);
      timer = setTimeout(work, silenceMax);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Events as the HTML standard reads them (section 9.2.6), with data as the JSON that it is. */
export async function* eventsOf(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, event] = ["", {}];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes?.();
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      if (rest.length > lineMax) return;
      for (const line of lines) {
        if (line !== "") readField(event, line);
        else {
          const read = eventOf(event);
          if (read) yield read;
          event = {};
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => null);
  }
}

function readField(event, line) {
  const colon = line.indexOf(":");
  if (colon === 0) return; // A heartbeat.
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (name === "data") event.data = event.data === undefined ? value : `${event.data}\n${value}`;
  else if (name === "event" || name === "id") event[name] = value;
  else if (name === "retry" && /^\d+$/.test(value)) event.retry = Number(value);
}

function eventOf({ event: name, data, id, retry }) {
  if (data === undefined) return id === undefined && retry === undefined ? null : { id, retry };
  try {
    return { name: name ?? "message", data: JSON.parse(data), id, retry };
  } catch {
    return { id, retry };
  }
}
