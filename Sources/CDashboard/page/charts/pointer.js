// What pointer, wheel and keys do to a chart's time axis.


// A shorter drag is a click.
const DRAG_PIXELS = 5;
const WHEEL_FACTOR = 1.25;
const KEY_FACTOR = 1.6;

// - chart: `plot` (the element), `axis`, `place()` (the projection), `select(from, to)` in pixels,
//   `times()` that the cursor can stand on, `describe()` after a move by keys.
export function attachPointer(chart) {
  const { plot, axis } = chart;
  let dragFrom = null;
  const x = (event) => {
    const place = chart.place();
    const offset = event.clientX - plot.getBoundingClientRect().left;
    return Math.min(Math.max(offset, place.left), place.right);
  };
  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    axis.setCursor(chart.place().time(x(event)));
    // A finger scrolls the page and moves the cursor; zooming by it is what the buttons are for.
    if (event.pointerType === "touch") return;
    dragFrom = x(event);
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener("pointermove", (event) => {
    axis.setCursor(chart.place().time(x(event)));
    if (dragFrom !== null) chart.select(dragFrom, x(event));
  });
  const release = (event) => {
    if (dragFrom === null) return;
    const [from, to] = [dragFrom, x(event)];
    dragFrom = null;
    chart.select(null, null);
    if (event.type === "pointerup" && Math.abs(to - from) >= DRAG_PIXELS) {
      const place = chart.place();
      axis.zoomTo(place.time(from), place.time(to));
    }
  };
  plot.addEventListener("pointerup", release);
  plot.addEventListener("pointercancel", release);
  plot.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") axis.setCursor(null);
  });
  plot.addEventListener("dblclick", () => axis.reset());
  plot.addEventListener("wheel", (event) => wheel(chart, event, x(event)), { passive: false });
  plot.addEventListener("keydown", (event) => key(chart, event));
  plot.addEventListener("blur", () => axis.setCursor(null));
}

// The wheel alone scrolls the page, as it does everywhere else on it.
function wheel({ axis, place }, event, x) {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    event.preventDefault();
    axis.zoomBy(event.deltaY > 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR, place().time(x));
  } else if (axis.isZoomed && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
    event.preventDefault();
    axis.panBy((event.deltaX || event.deltaY) / place().width);
  }
}

function key(chart, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { axis } = chart;
  const actions = {
    ArrowLeft: () => (event.shiftKey ? axis.panBy(-0.25) : step(chart, -1)),
    ArrowRight: () => (event.shiftKey ? axis.panBy(0.25) : step(chart, 1)),
    PageUp: () => step(chart, -20),
    PageDown: () => step(chart, 20),
    Home: () => step(chart, -Infinity),
    End: () => step(chart, Infinity),
    "+": () => axis.zoomBy(1 / KEY_FACTOR, axis.cursor),
    "=": () => axis.zoomBy(1 / KEY_FACTOR, axis.cursor),
    "-": () => axis.zoomBy(KEY_FACTOR, axis.cursor),
    0: () => axis.reset(),
    Escape: () => (axis.isZoomed ? axis.reset() : axis.setCursor(null)),
  };
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
  chart.describe();
}

// To the point `count` points further on, among those in view.
function step(chart, count) {
  const { axis } = chart;
  const { from, to } = axis.view;
  const times = chart.times().filter((time) => time >= from && time <= to);
  if (times.length === 0) return;
  const last = times.length - 1;
  let index = count < 0 ? last + 1 : -1;
  if (axis.cursor !== null) {
    index = times.findIndex((time) => time >= axis.cursor - 1);
    if (index < 0) index = last;
  }
  axis.setCursor(times[Math.min(Math.max(index + count, 0), last)]);
}

