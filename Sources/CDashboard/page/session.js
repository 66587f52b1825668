// Who is logged in. Kept for this tab only, and sent by script only: no cookie, so no other page
// can make the browser act for somebody.

import { Problem, createApi } from "./api.js";

const place = "session";
/** Renewed this long before the end, so that no request meets a token that has just ended. */
const marginSeconds = 60;

/** - onEnd(reason): `loggedOut` or `expired`. */
export function createSession(onEnd) {
  let state = stored();
  let renewal = null;
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("session") : null;

  // A duplicated tab has the same refresh token, which is good once: who uses it tells the others.
  channel?.addEventListener("message", ({ data }) => {
    if (state?.refreshToken && data?.used === state.refreshToken) save({ ...state, ...data.next });
  });

  function save(next) {
    state = next;
    try {
      if (next) sessionStorage.setItem(place, JSON.stringify(next));
      else sessionStorage.removeItem(place);
    } catch {
      // Without storage the session lasts until the page is loaded again.
    }
  }

  function end(reason) {
    if (!state) return;
    save(null);
    onEnd(reason);
  }

  async function refresh(used) {
    const answer = await plain("/auth/refresh", { refreshToken: used });
    // Somebody else was faster: what that one got was told above.
    if (state?.refreshToken !== used) return Boolean(state);
    if (answer.status === 401 || answer.status === 404) {
      end("expired");
      return false;
    }
    if (!answer.ok) return false;
    const next = tokens(await answer.json());
    channel?.postMessage({ used, next });
    save({ ...state, ...next });
    return true;
  }

  const session = {
    get me() {
      return state?.me ?? null;
    },
    get isOpen() {
      return Boolean(state?.me);
    },
    get isUser() {
      return Boolean(state?.refreshToken);
    },
    can: (permission) => Boolean(state?.me?.permissions.includes(permission)),

    async token() {
      const soon = Date.now() + marginSeconds * 1000;
      if (state?.refreshToken && state.expiresAt < soon) await session.renew(state.token);
      return state?.token ?? null;
    },

    /** Whether there is another token than `refused` now. Ends the session where there is none. */
    async renew(refused) {
      if (!state) return false;
      if (state.token !== refused) return true;
      if (!state.refreshToken) {
        end("expired");
        return false;
      }
      renewal ??= refresh(state.refreshToken).finally(() => (renewal = null));
      return renewal;
    },

    async logInWithToken(token) {
      save({ token, me: await whose(token) });
    },

    async logInWithPassword(fields) {
      const answer = await plain("/auth/login", fields);
      const body = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Problem({ ...body, status: answer.status });
      const next = tokens(body);
      save({ ...next, me: await whose(next.token) });
    },

    async logOut() {
      const last = state;
      end("loggedOut");
      if (!last?.refreshToken) return;
      // The session ends here in any case, and over there at its time.
      await plain("/auth/logout", { refreshToken: last.refreshToken }).catch(() => null);
    },
  };
  return session;
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
