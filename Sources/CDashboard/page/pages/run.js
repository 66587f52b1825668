// A run, live or over: `#/runs/ID`.

import { disposer, fill, h } from "../dom.js";
import { actions } from "../run/actions.js";
import { runCharts } from "../run/charts.js";
import { endpoints } from "../run/endpoints.js";
import { engine } from "../run/engine.js";
import { errors } from "../run/errors.js";
import { head } from "../run/head.js";
import { RunModel } from "../run/model.js";
import { thresholds } from "../run/thresholds.js";
import { tiles } from "../run/tiles.js";
import { timeline } from "../run/timeline.js";

const TICK_MS = 500;

export async function mount(root, ctx) {
  const { id } = ctx.params;
  const undo = disposer();
  const pending = new Set();
  let frame = null;
  const model = new RunModel(ctx, id, (what) => {
    pending.add(what);
    // At most one drawing for each frame, whatever comes at once.
    frame ??= requestAnimationFrame(show);
  });
  undo.add(() => model.dispose());
  undo.add(() => cancelAnimationFrame(frame));

  const buttons = actions(ctx, id, () => model.refresh());
  const parts = {
    head: head(buttons.element), tiles: tiles(), thresholds: thresholds(),
    charts: runCharts((view) => model.look(view).catch(() => null)),
    endpoints: endpoints(ctx, id), errors: errors(), timeline: timeline(), engine: engine(),
  };
  undo.add(() => parts.charts.dispose());
  undo.add(() => parts.endpoints.dispose());

  function show() {
    frame = null;
    const what = new Set(pending);
    pending.clear();
    if (what.has("run")) {
      parts.head.show(model.run);
      buttons.show(model.run);
      parts.thresholds.show(model.run);
      parts.charts.showThresholds(model.run);
    }
    if (what.has("run") || what.has("points") || what.has("summary")) parts.tiles.show(model);
    if (what.has("run") || what.has("points") || what.has("events")) parts.charts.show(model);
    if (what.has("summary")) {
      for (const part of [parts.endpoints, parts.errors, parts.engine]) part.show(model);
    }
    if (what.has("events")) {
      parts.timeline.show(model.events);
    }
    if (what.has("run") || what.has("events")) parts.charts.showEvents(model);
  }

  try {
    await model.open();
  } catch (problem) {
    undo.dispose();
    throw problem;
  }
  undo.every(TICK_MS, () => parts.head.tick());
  fill(
    root,
    h("nav", { class: "crumbs", "aria-label": "Where this is" },
      h("a", { href: "#/runs" }, "Runs")),
    parts.head.element, parts.tiles.element, parts.thresholds.element, parts.charts.element,
    parts.endpoints.element, parts.errors.element,
    h("div", { class: "two" }, parts.timeline.element, parts.engine.element));
  // Whatever has come by now, and for the rest that it is being read.
  for (const what of ["run", "points", "summary", "events"]) pending.add(what);
  show();
  return () => undo.dispose();
}
