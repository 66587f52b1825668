import { fill, h } from "../dom.js";
import { button } from "../ui.js";

export async function mount(root, ctx) {
  const token = h("input", { class: "input", type: "password", id: "token", name: "token" });
  const fault = h("div", { role: "alert" });
  root.append(h("h1", {}, "Log in"), h("form", {
    async onsubmit(event) {
      event.preventDefault();
      try {
        await ctx.session.logInWithToken(token.value.trim());
        ctx.loggedIn();
        location.hash = ctx.takeWanted() || "#/";
      } catch (problem) {
        fill(fault, h("p", { class: "notice notice-bad" }, problem.message));
      }
    },
  }, h("label", { for: "token" }, "Access token"), token, fault,
  button("Log in", null, { tone: "primary", type: "submit" })));
}
