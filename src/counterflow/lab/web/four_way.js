// Trafficking against friction: four shares of the draws that add up to one.

import { el, fill } from "./dom.js";
import { untouched } from "./outcomes.js";
import { percent, unreached, word } from "./words.js";

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

/** Whether a lever reaches both trafficking and friction; else their picture would say that something was tested. */
export const bothReached = (answer) => !untouched(answer, "trafficking") && !untouched(answer, "friction");

/** Draw the picture of an answer in `place`; where one of the two is not reached, the names of `rows` say so. */
export function drawFourWay(place, answer, rows) {
  const left = rows.filter((row) => ["trafficking", "friction"].includes(row.id) && untouched(answer, row.id));
  if (left.length) fill(place, left.map((row) => el("p", { class: "note" }, `${row.title}: ${word("not_tested", "word")}. ${unreached()}`)));
  else fill(place, fourWay(answer.four_way, "Share of draws by trafficking and friction, against no strategy"));
}
