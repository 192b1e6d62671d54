// What the strategy costs the US treasury, beyond the record.

import { el, fill } from "./dom.js";
import { dollars } from "./words.js";

const nothing = (cost) => !cost.levers.length && !cost.unpriced.length;

/** Draw an answer's cost in `place`; `titles` are the levers' names. */
export function drawCost(place, answer, titles) {
  const { cost, years } = answer;
  const name = (id) => titles[id] || id;
  const priced = cost.levers.filter((row) => row.central || row.low || row.high);
  fill(place,
    el("p", { class: "figure" }, el("strong", { class: "chance", "data-cost": "central" }, dollars(cost.central))),
    el("p", { class: "range" }, cost.low === cost.high ? "" : `90% of draws ${dollars(cost.low)} to ${dollars(cost.high)}`),
    el("p", { class: "note" }, nothing(cost) ? "No lever is moved." : `To the US treasury over ${years} years, beyond the record.`),
    priced.length || cost.unpriced.length
      ? el("details", { class: "behind" }, el("summary", {}, "By lever"),
        el("ul", { class: "tight" },
          priced.map((row) => el("li", {}, `${name(row.lever)}: ${dollars(row.central)}`,
            el("span", { class: "sub" }, `${dollars(row.low)} to ${dollars(row.high)}${row.central < 0 ? ", brings in or saves" : ""}`))),
          cost.unpriced.map((row) => el("li", {}, `${name(row.lever)}: not counted`, el("span", { class: "sub" }, row.reason)))))
      : null);
}
