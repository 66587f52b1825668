// Who is logged in. Kept for this tab only, and sent by script only: no cookie, so no other page
// can make the browser act for somebody.

import { createApi, problemOf } from "./api.js";

const place = "session";
/** Renewed this long before the end, so that no request meets a token that has just ended. */
const marginSeconds = 60;

export class Session {
  #state = stored();
  #renewal = null;
  #onEnd;
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("session") : null;

  /** - onEnd(reason): `loggedOut` or `expired`. */
  constructor(onEnd) {
    this.#onEnd = onEnd;
    // A duplicated tab has the same refresh token, which is good once: who uses it tells others.
    this.#channel?.addEventListener("message", ({ data }) => {
      const own = this.#state?.refreshToken;
      if (own && data?.used === own) this.#save({ ...this.#state, ...data.next });
    });
  }

  /** As `GET /v1/me` has it; null where nobody is logged in. */
  get me() {
    return this.#state?.me ?? null;
  }

  get isOpen() {
    return Boolean(this.#state);
  }

  /** Whether the role has this permission: `read`, `start`, `configure` or `administer`. */
  can(permission) {
    return Boolean(this.me?.permissions.includes(permission));
  }

  async logInWithToken(token) {
    this.#save({ token, me: await whose(token) });
  }

  /** - fields: name, password, tenantId. */
  async logInWithPassword(fields) {
    const answer = await plain("/auth/login", fields);
    if (!answer.ok) throw await problemOf(answer);
    const next = tokens(await answer.json());
    this.#save({ ...next, me: await whose(next.token) });
  }

  async logOut() {
    const { refreshToken } = this.#state ?? {};
    this.#end("loggedOut");
    // Here it has ended in any case; over there it does at its time.
    if (refreshToken) await plain("/auth/logout", { refreshToken }).catch(() => null);
  }

  /** What to send now. */
  async token() {
    const soon = Date.now() + marginSeconds * 1000;
    if (this.#state?.refreshToken && this.#state.expiresAt < soon) {
      await this.renew(this.#state.token);
    }
    return this.#state?.token ?? null;
  }

  /** Whether there is another token than `refused` now. Ends the session where there is none. */
  async renew(refused) {
    if (!this.#state) return false;
    if (this.#state.token !== refused) return true;
    if (!this.#state.refreshToken) {
      this.#end("expired");
      return false;
    }
    this.#renewal ??= this.#refresh(this.#state.refreshToken)
      .finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #refresh(used) {
    const answer = await plain("/auth/refresh", { refreshToken: used });
    // Another tab was faster, and has told.
    if (this.#state?.refreshToken !== used) return Boolean(this.#state);
    if (answer.status === 401 || answer.status === 404) this.#end("expired");
    if (!answer.ok) return false;
    const next = tokens(await answer.json());
    this.#channel?.postMessage({ used, next });
    this.#save({ ...this.#state, ...next });
    return true;
  }

  #save(next) {
    this.#state = next;
    try {
      if (next) sessionStorage.setItem(place, JSON.stringify(next));
      else sessionStorage.removeItem(place);
    } catch {
      // Without storage the session lasts until the page is loaded again.
    }
  }

  #end(reason) {
    if (!this.#state) return;
    this.#save(null);
    this.#onEnd(reason);
  }
}

function stored() {
  try {
    const state = JSON.parse(sessionStorage.getItem(place) ?? "null");
    return state?.token && state?.me ? state : null;
  } catch {
    return null;
  }
}

function tokens(answer) {
  return {
    token: answer.accessToken, refreshToken: answer.refreshToken,
    expiresAt: Date.now() + answer.expiresIn * 1000,
  };
}

function whose(token) {
  return createApi({ token: async () => token, renew: async () => false }).get("/v1/me");
}

async function plain(path, body) {
  const nobody = { token: async () => null, renew: async () => false };
  return createApi(nobody).send("POST", path, { body });
}
