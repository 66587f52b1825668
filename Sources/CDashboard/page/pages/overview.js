import { h } from "../dom.js";
import { pageHead, emptyState } from "../ui.js";

export async function mount(root) {
  root.append(pageHead("Overview"), emptyState("Soon."));
}
