// Puts the page together: who is logged in, which page is shown, and what is around it.

import { createApi } from "./api.js";
import { fill, h } from "./dom.js";
import { hashOf, read } from "./router.js";
import { Session } from "./session.js";
import { createShell } from "./shell.js";
import { openStream } from "./stream.js";
import { emptyState, errorState, pageSkeleton } from "./ui.js";

const main = document.getElementById("main");
const session = new Session(onSessionEnd);
const api = createApi(session);
const shell = createShell({ session, api, logOut: () => session.logOut() });

/** What is shown now: `dispose` undoes it, `closed` says that it is not shown any more. */
let shown = { dispose: () => {}, closed: new AbortController() };
let wanted = "";
let isFirst = true;

function navigate(path, query) {
  const hash = hashOf(path, query);
  if (location.hash === hash) show();
  else location.hash = hash;
}

function onSessionEnd(reason) {
  wanted = location.hash;
  // Whose time is up goes on where they were; who leaves shows the next person nothing.
  if (reason !== "expired") wanted = "";
  shell.update();
  navigate("/login", reason === "expired" ? { reason } : {});
}

/** Speaks to screen readers: `isUrgent` interrupts. */
function announce(text, isUrgent = false) {
  const region = document.getElementById(isUrgent ? "assertive" : "polite");
  fill(region, h("p", {}, text));
}

async function show() {
  const route = read(location.hash);
  if (!session.isOpen && route.path !== "/login") {
    wanted = location.hash;
    return navigate("/login");
  }
  if (session.isOpen && route.path === "/login") return navigate("/");
  shown.closed.abort();
  shown.dispose();
  const closed = new AbortController();
  shown = { dispose: () => {}, closed };
  shell.show(route.path);
  fill(main, pageSkeleton());
  main.setAttribute("aria-busy", "true");
  const root = h("div", { class: "page" });
  const dispose = await mount(root, route, closed.signal);
  if (closed.signal.aborted) return dispose();
  shown.dispose = dispose;
  fill(main, root);
  main.removeAttribute("aria-busy");
  arrive(root);
}

async function mount(root, route, signal) {
  if (!route.load) {
    fill(root, missing());
    return () => {};
  }
  const streams = [];
  try {
    const page = await route.load();
    const dispose = await page.mount(root, context(route, signal, streams));
    return () => {
      for (const close of streams) close();
      dispose?.();
    };
  } catch (error) {
    for (const close of streams) close();
    if (!signal.aborted) fill(root, h("h1", {}, "Not shown"), errorState(error, show));
    return () => {};
  }
}

function context(route, signal, streams) {
  return {
    api, session, announce, navigate, signal,
    params: route.params,
    query: route.query,
    /** Changes the address without showing the page anew. */
    setQuery: (query) => history.replaceState(null, "", hashOf(route.path, query)),
    /** Where to go after a login. */
    takeWanted: () => {
      const hash = wanted;
      wanted = "";
      return hash;
    },
    loggedIn: () => shell.update(),
    /** Follows a stream until the page is left; returns what closes it before. */
    stream(path, { onEvent, onState, poll }) {
      const end = openStream({
        api, path, onEvent, poll,
        onState: (state) => {
          if (signal.aborted) return;
          shell.connection(state);
          onState?.(state);
        },
      });
      const close = () => {
        end();
        if (!signal.aborted) shell.connection(null);
      };
      streams.push(close);
      return close;
    },
  };
}

/**
 * Tells where one is: in the title, and by the focus, which would else be left behind. A page marks
 * by `data-focus` what is to have it.
 */
function arrive(root) {
  const heading = root.querySelector("h1");
  document.title = heading ? `${heading.textContent} · Swarmkeeper` : "Swarmkeeper";
  const first = root.querySelector("[data-focus]");
  if (first) first.focus();
  else if (!isFirst) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
    announce(heading?.textContent ?? "");
  }
  isFirst = false;
}

function missing() {
  return [
    h("h1", {}, "No such page"),
    emptyState("There is nothing at this address.", h("a", { href: "#/" }, "To the overview")),
  ];
}

addEventListener("hashchange", show);
// The skip link's address would else be taken for a page's.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
show();
