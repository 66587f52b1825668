import { h } from "../dom.js";
import { pageHead, emptyState } from "../ui.js";

export async function mount(root) {
  root.append(pageHead("Clusters"), emptyState("Soon."));
}
