import { fill, h, keyed, setText } from "../dom.js";
import { timeText } from "../ui.js";
import * as format from "../charts/format.js";
import { section } from "./endpoints.js";
import { eventText, eventTone, eventWords } from "./words.js";

const SIGNS = { good: "▲", bad: "▼", plain: "•" };

/** What was ordered, decided and seen, the newest first. */
export function timeline() {
  const list = h("ol", { class: "events" });
  const element = section("Events", list);
  return {
    element,
    show(events) {
      keyed(list, [...events].reverse(), ({ number }) => number, make, update);
    },
  };
}

function make(event) {
  const tone = eventTone(event.kind);
  return h(
    "li", { class: `event tone-${tone}` },
    h("span", { class: "event-time" }, timeText(event.at, format.dateTime)),
    h("span", { class: "event-sign", "aria-hidden": "true" }, SIGNS[tone]),
    h("span", { class: "event-body" },
      h("strong", {}, eventWords(event.kind)), h("span", { class: "event-text" })));
}

function update(element, event) {
  const text = element.querySelector(".event-text");
  const words = eventText(event);
  setText(text, words ? ` ${words}` : "");
  if (!words) fill(text);
}
