// Who is there.

import { fill, h } from "../dom.js";
import { field, showFaults, textInput } from "../fields.js";
import { button, icon } from "../ui.js";

export async function mount(root, ctx) {
  const fault = h("div", { role: "alert" });
  const place = h("div", { class: "stack" });
  const submit = button("Log in", null, { tone: "primary", type: "submit" });
  const forms = { token: tokenForm(), password: passwordForm() };
  let kind = remembered();

  function choose(next) {
    kind = next;
    remember(next);
    fill(fault);
    fill(place, forms[kind].fields);
  }

  async function send(event) {
    event.preventDefault();
    if (submit.getAttribute("aria-busy") === "true") return;
    const form = forms[kind];
    showFaults(form.fields, null);
    fill(fault);
    const empty = form.fields.find((one) => one.isNeeded && !one.control.value.trim());
    if (empty) {
      empty.show(["is needed"]);
      empty.control.focus();
      return;
    }
    submit.setAttribute("aria-busy", "true");
    try {
      await form.logIn(ctx.session);
      ctx.loggedIn();
      ctx.announce(`Logged in as ${ctx.session.me.name}`);
      location.replace(ctx.takeWanted() || "#/");
    } catch (problem) {
      fill(fault, h("p", { class: "notice notice-bad" }, wording(problem)));
    }
    submit.removeAttribute("aria-busy");
  }

  root.classList.add("login");
  root.append(
    h("div", { class: "card login-card" },
      h("div", { class: "login-head" },
        h("img", { src: "/assets/icon.svg", alt: "", width: 44, height: 44 }),
        h("h1", {}, "Log in to Swarmkeeper"),
        h("p", { class: "muted" }, "Load tests, live and over time.")),
      ctx.query.reason === "expired"
        ? h("p", { class: "notice notice-warn", role: "status" }, icon("clock"),
          " Your session has ended. Log in to go on where you were.") : null,
      h("form", { class: "stack", novalidate: true, onsubmit: send },
        segments(kind, choose), place, fault, submit)));
  choose(kind);
}

function segments(chosen, choose) {
  const option = (value, text) => h(
    "label", {},
    h("input", {
      type: "radio", name: "kind", value, checked: value === chosen, onchange: () => choose(value),
    }), text);
  return h(
    "fieldset", {}, h("legend", { class: "unseen" }, "How to log in"),
    h("div", { class: "segments" }, option("token", "Access token"),
      option("password", "User and password")));
}

function tokenForm() {
  const token = textInput("", {
    id: "token", name: "token", type: "password", autocomplete: "current-password",
    spellcheck: "false", "data-focus": true,
  });
  return {
    fields: [needed(field("Access token", token, {
      hint: "As administrators hand it out. It is kept in this tab only.",
    }))],
    logIn: (session) => session.logInWithToken(token.value.trim()),
  };
}

function passwordForm() {
  const name = textInput("", {
    id: "name", autocomplete: "username", spellcheck: "false", "data-focus": true,
  });
  const password = textInput("", {
    id: "password", type: "password", autocomplete: "current-password",
  });
  const tenant = textInput("", { id: "tenant", autocomplete: "organization" });
  return {
    fields: [
      needed(field("User", name, { pointer: "/name" })),
      needed(field("Password", password, { pointer: "/password" })),
      field("Tenant", tenant, {
        pointer: "/tenantId", isOptional: true, hint: "Empty for a user of all tenants.",
      }),
    ],
    logIn: (session) => session.logInWithPassword({
      name: name.value.trim(), password: password.value,
      tenantId: tenant.value.trim() || undefined,
    }),
  };
}

function needed(one) {
  one.isNeeded = true;
  one.control.setAttribute("aria-required", "true");
  return one;
}

function wording(problem) {
  const texts = {
    unauthorized: "This token is not known here, or it has ended.",
    forbidden: "This token is for a Locust hook; it can only report.",
    loginDisabled: "Nobody logs in with a password here. Use an access token.",
    loginRefused: "User, password and tenant do not belong together.",
  };
  return texts[problem.code] ?? problem.message;
}

function remembered() {
  try {
    return localStorage.getItem("login") === "password" ? "password" : "token";
  } catch {
    return "token";
  }
}

function remember(kind) {
  try {
    localStorage.setItem("login", kind);
  } catch {
    // It is chosen again next time.
  }
}
