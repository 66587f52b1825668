// What is around every page: where one can go, whether numbers are live, and what holds now.

import { createBanner } from "./banner.js";
import { fill, h, setText } from "./dom.js";
import { icon } from "./ui.js";

const sections = [
  ["/", "Overview"], ["/tests", "Load tests"], ["/runs", "Runs"], ["/schedules", "Schedules"],
  ["/clusters", "Clusters"], ["/webhooks", "Webhooks", "administer"],
];
const connections = {
  connecting: ["wait", "Connecting"], live: ["live", "Live"],
  polling: ["poll", "Every 3 s"], offline: ["off", "Disconnected"],
};

export function createShell({ session, api, logOut }) {
  const header = document.getElementById("header");
  const links = new Map();
  const chip = h("span", { class: "chip", role: "status" }, h("i", { class: "dot" }), h("span"));
  const banner = createBanner({ session, api, onReach: reach });
  let path = "";

  function update() {
    document.documentElement.toggleAttribute("data-signed-in", session.isOpen);
    links.clear();
    fill(header, brand(), session.isOpen ? [navigation(), chip, account()] : null, themeSwitch());
    mark();
    if (session.isOpen) banner.start();
    else banner.stop();
  }

  function navigation() {
    for (const [target, text, permission] of sections) {
      if (permission && !session.can(permission)) continue;
      links.set(target, h("a", { href: `#${target}` }, text));
    }
    return h("nav", { class: "nav", "aria-label": "Sections" }, [...links.values()]);
  }

  function account() {
    const { role, tenantId } = session.me;
    // A user's actor also says its tenant, which is shown beside it.
    const name = session.me.name.replace(/^user:(.*\/)?/, "");
    const whose = tenantId ? `${role} of ${tenantId}` : role;
    return h(
      "div", { class: "account" },
      h("span", { class: "account-name", title: `${name}, ${whose}` },
        h("strong", {}, name), h("span", { class: "muted" }, whose)),
      h("button", { type: "button", class: "button button-quiet", onclick: logOut }, "Log out"));
  }

  function mark() {
    for (const [target, link] of links) {
      const isHere = target === "/" ? path === "/" : path.startsWith(target);
      if (isHere) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      // Where it is narrow, the sections are wider than the screen.
      if (isHere) link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** - state: of a stream; null where none is followed any more. */
  function connection(state) {
    if (state === null) {
      chip.hidden = true;
      return;
    }
    const [kind, text] = connections[state] ?? connections.connecting;
    chip.dataset.state = kind;
    chip.hidden = false;
    setText(chip.lastElementChild, text);
    if (state === "live" || state === "polling") banner.reached(true);
    if (state === "offline") banner.reached(false);
  }

  /** Of pages without a stream, too: the banner asks all the time. */
  function reach(isReached) {
    if (!isReached) connection("offline");
    else if (chip.dataset.state === "off") chip.hidden = true;
  }

  update();
  return {
    update,
    connection,
    show(next) {
      path = next;
      chip.hidden = true;
      mark();
    },
  };
}

function brand() {
  return h(
    "a", { class: "brand", href: "#/" },
    h("img", { src: "/assets/icon.svg", alt: "", width: 26, height: 26 }),
    h("span", {}, "Swarmkeeper"));
}

/** Light, dark, or as the system is. */
function themeSwitch() {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const label = () => (isDark() ? "Use the light theme" : "Use the dark theme");
  const toggle = h(
    "button",
    {
      type: "button", class: "button button-quiet theme", "aria-label": label(), title: label(),
      onclick() {
        const next = isDark() ? "light" : "dark";
        root.dataset.theme = next;
        try {
          // What the system has need not be remembered.
          if ((next === "dark") === dark.matches) localStorage.removeItem("theme");
          else localStorage.setItem("theme", next);
        } catch {
          // Without storage it holds until the page is loaded again.
        }
        toggle.setAttribute("aria-label", label());
        toggle.title = label();
      },
    },
    icon("theme"));
  return toggle;
}
