// Trafficking against friction: four shares of the draws that add up to one.

import { el, fill } from "./dom.js";
import { percent } from "./words.js";

export const CELLS = {
  curtailed_without_friction: "Curtailed, no friction",
  curtailed_with_friction: "Curtailed, with friction",
  friction_only: "Friction only",
  neither: "Neither",
};

/** The four-way picture as a table whose cells are the fuller the larger their share. */
export function fourWay(shares, caption) {
  const cell = (id) => {
    const node = el("td", { "data-cell": id }, percent(shares[id]));
    node.style.setProperty("--share", String(shares[id]));
    return node;
  };
  const head = (scope, text) => el("th", { scope }, text);
  return el("table", { class: "fourway" }, el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, el("td", {}), head("col", "No friction"), head("col", "Friction"))),
    el("tbody", {},
      el("tr", {}, head("row", "Trafficking curtailed"), cell("curtailed_without_friction"), cell("curtailed_with_friction")),
      el("tr", {}, head("row", "Not curtailed"), cell("neither"), cell("friction_only"))));
}

/** Draw the picture of an answer in `place`. */
export function drawFourWay(place, answer) {
  fill(place, fourWay(answer.four_way, "Share of draws by trafficking and friction, against no strategy"));
}
