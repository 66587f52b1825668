// What everybody must see on every page: emergency stops that hold, and that nobody answers.

import { fill, h } from "./dom.js";
import { liftStop } from "./emergency.js";
import * as format from "./format.js";
import { button, icon, timeText } from "./ui.js";

const interval = 10_000;

/** - onReach(isReached): each time that it has asked. */
export function createBanner({ session, api, onReach }) {
  const place = document.getElementById("banner");
  let [timer, stops, isAway, since] = [null, [], false, null];

  async function ask() {
    try {
      stops = (await api.get("/v1/emergency-stop")).items;
      reached(true);
      onReach(true);
    } catch (error) {
      // Anything that the service says, it has said.
      reached(error.status !== 0);
      onReach(error.status !== 0);
    }
  }

  function reached(isReached) {
    if (isReached) since = null;
    else since ??= new Date();
    isAway = !isReached;
    render();
  }

  // Who has just ordered one sees it at once.
  addEventListener("emergency", ask);

  let shown = "";
  function render() {
    const next = JSON.stringify([stops, isAway, session.isOpen]);
    // Only what has changed is read out again.
    if (next === shown) return;
    shown = next;
    if (!session.isOpen) return fill(place);
    const lift = session.can("administer")
      ? async (stop, where) => (await liftStop(api, stop, where)) && ask() : null;
    fill(place, isAway ? awayStrip(since) : null, stops.map((stop) => stopStrip(stop, lift)));
  }

  return {
    reached,
    start() {
      if (timer) return;
      timer = setInterval(ask, interval);
      ask();
    },
    stop() {
      clearInterval(timer);
      timer = null;
      stops = [];
      isAway = false;
      render();
    },
  };
}

function awayStrip(since) {
  return h(
    "div", { class: "strip strip-away", role: "alert" }, icon("warn"),
    h("p", {}, h("strong", {}, "The service does not answer. "),
      `Numbers are as of ${format.time(since.toISOString())}; it is asked again all the time. `,
      "Load stops by itself when its lease is over."));
}

function stopStrip(stop, lift) {
  const where = {
    all: "All load", tenant: `All load of ${stop.tenantId}`,
    host: `Load on ${stop.host}${stop.tenantId ? ` of ${stop.tenantId}` : ""}`,
  }[stop.scope];
  return h(
    "div", { class: "strip strip-stop", role: "alert" }, icon("stop"),
    h("p", {}, h("strong", {}, `Emergency stop: ${where} is kept away. `), `${stop.reason} `,
      h("span", { class: "small nowrap" }, `By ${stop.createdBy}, `, timeText(stop.createdAt))),
    lift ? button("Lift", () => lift(stop, where)) : null);
}
