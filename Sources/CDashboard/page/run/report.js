// The report and the exports of a run, as far as this service has them.

import { problemOf } from "../api.js";
import { ask, showOnce } from "../dialog.js";
import { h } from "../dom.js";
import { toast } from "../ui.js";

const FILES = [
  { text: "Report (HTML)", path: "report", query: { format: "html" }, end: "html" },
  { text: "Report (Markdown)", path: "report", query: { format: "markdown" }, end: "md" },
  { text: "Report (JSON)", path: "report", query: { format: "json" }, end: "json" },
  { text: "Summary (CSV)", path: "export", query: { format: "csv", part: "summary" },
    end: "summary.csv" },
  { text: "Series (CSV)", path: "export", query: { format: "csv", part: "series" },
    end: "series.csv" },
  { text: "Histogram log", path: "export", query: { format: "hlog" }, end: "hlog" },
];
// Parts of a long export: more would be hundreds of megabytes in the browser's memory.
const PARTS_MAX = 100;
const DAY_SECONDS = 86_400;

let offered = null;

// The paths that this service has. Asked for once; a failure offers nothing, and is asked again.
async function paths(api) {
  try {
    offered ??= Object.keys((await api.get("/openapi.json")).paths ?? {});
    return offered;
  } catch {
    return [];
  }
}

export function reportMenu(ctx, path) {
  const list = h("div", { class: "menu-list" });
  const menu = h("details", { class: "menu", hidden: true },
    h("summary", { class: "button" }, "Report"), list);
  let name = "run";

  async function build() {
    const known = await paths(ctx.api);
    const has = (end) => known.some((each) => /^\/v1\/runs\/\{[^}]+\}\//.test(each)
      && each.endsWith(`/${end}`));
    const items = FILES.filter((file) => has(file.path)).map((file) =>
      item(file.text, () => download(ctx, path, file, `${name}.${file.end}`)));
    if (has("shares") && ctx.session.can("start")) {
      items.push(item("Share a link…", () => share(ctx, path)));
    }
    list.replaceChildren(...items);
    menu.hidden = items.length === 0;
  }

  function item(text, act) {
    const button = h("button", { type: "button", class: "menu-item" }, text);
    button.addEventListener("click", async () => {
      menu.open = false;
      try {
        await act();
      } catch (problem) {
        toast(problem.message, "bad");
      }
    });
    return button;
  }

  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  build();
  return {
    element: menu,
    show: (run) => {
      name = `${run.name.replace(/[^\w.-]+/g, "-")}-${run.id.slice(0, 8)}`;
    },
  };
}

// By script, because a link would not send the token.
async function download(ctx, path, file, name) {
  const parts = [];
  let cursor = null;
  do {
    const answer = await ctx.api.send("GET", `${path}/${file.path}`, {
      query: { ...file.query, cursor }, headers: { Accept: "*/*" }, timeout: 0,
    });
    if (!answer.ok) throw await problemOf(answer);
    parts.push(await answer.blob());
    cursor = answer.headers.get("X-Next-Cursor");
  } while (cursor && parts.length < PARTS_MAX);
  const url = URL.createObjectURL(new Blob(parts));
  h("a", { href: url, download: name }).click();
  // After the click has been taken up by the browser.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  if (cursor) toast("It is too long for the browser, and was cut off.", "bad");
}

async function share(ctx, path) {
  const days = h("input", {
    class: "input", id: "share-days", type: "number", min: "1", max: "90", value: "7",
  });
  const made = await ask({
    title: "Share this report", action: "Make a link",
    content: [
      h("p", {}, "Whoever has the link sees this one report, and nothing else, until it expires."),
      h("div", { class: "field" }, h("label", { for: "share-days" }, "Days"), days),
    ],
    submit: () => ctx.api.create(
      `${path}/shares`, { expiresInSeconds: Number(days.value) * DAY_SECONDS }),
  });
  // Null is the answer to an order that was repeated because its first answer got lost.
  if (made?.url) await showLink(new URL(made.url, location.href).href);
  else if (made) toast("The link was made, but is not told twice: make another one.", "bad");
}

const showLink = (link) => showOnce({
  title: "Link to the report", label: "It is shown this once", value: link,
  more: h("a", { href: link, target: "_blank", rel: "noopener" }, "Open the report"),
});
