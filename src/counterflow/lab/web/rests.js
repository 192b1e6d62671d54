// What the answer rests on: headlines with the values at which they flip, grades, and the parameters behind them.

import { el, fill, scroller, table } from "./dom.js";
import { capital, codes, count, isUntested, margin, number, percent, unreached, word } from "./words.js";

/** Draw what an answer rests on in `place`; `change(key)` leads to the parameter among the assumptions. */
export function drawRests(place, rests, change) {
  if (!rests) {
    fill(place, el("p", { class: "note" }, "It is worked out when the answer has come to rest."));
    return;
  }
  const against = (reference) => rests.headlines.filter((h) => h.reference === reference);
  fill(place,
    ["none", "before"].filter((reference) => against(reference).length).map((reference) => el("div", {},
      el("h3", {}, capital(word("reference", reference))),
      el("div", { class: "verdicts" }, against(reference).map((h) => verdict(h, rests.draws, change))))),
    el("h3", {}, "Evidence behind it"), grades(rests),
    el("p", { class: "note" }, rests.fit ? `Parameters as the official record left them (${rests.fit.source}).` : "Parameters from their priors."),
    el("details", { class: "behind" }, el("summary", {}, `All ${count(rests.basis.length, "parameter")}`), parameters(rests)),
    rests.caveats.length ? el("details", { class: "behind" }, el("summary", {}, "What the verdict leaves out"),
      el("ul", { class: "tight" }, rests.caveats.map((text) => el("li", {}, text)))) : null);
}

function verdict(headline, draws, change) {
  const open = headline.undetermined;
  if (isUntested(headline)) {
    return el("section", { class: "verdict-row", "data-rests": `${headline.id}-${headline.reference}` }, el("h4", {}, headline.title),
      el("p", {}, el("strong", { class: "word" }, capital(headline.word))), el("p", { class: "note" }, unreached()));
  }
  return el("section", { class: `verdict-row${open ? " open" : ""}`, "data-rests": `${headline.id}-${headline.reference}` },
    el("h4", {}, headline.title),
    el("p", {}, el("strong", { class: "word" }, capital(headline.word)), ` ${percent(headline.probability)} (${margin(headline.probability, headline.mc_error, draws)})`),
    el("p", { class: "note" }, `${capital(headline.criterion)}.`,
      headline.weakest ? ` Rests on ${headline.rests_on[0]} of grade ${headline.weakest} among ${count(headline.rests_on[1], "parameter")}.` : ""),
    headline.decided_by.length
      ? el("ul", { class: "tight" }, headline.decided_by.map((decider) => decides(decider, change)))
      : el("p", { class: "note" }, open ? "" : "No single parameter of grade D, moved over its range, carries it across one third or two thirds."));
}

function decides(decider, change) {
  const key = `${decider.mechanism}.${decider.symbol}`;
  const flips = decider.flips_at.map((value) => number(value)).join(" and ");
  return el("li", {}, el("strong", {}, `${capital(decider.meaning)}. `),
    `At ${number(decider.low)} the chance is ${percent(decider.probability_at_low)}, at ${number(decider.high)} it is ${percent(decider.probability_at_high)}` +
    `${flips ? `; the answer flips at ${flips}` : ""} (${decider.unit}). `,
    el("button", { type: "button", class: "link-button", "aria-label": `Change: ${decider.meaning}`, onclick: () => change(key) }, "Change it"),
    decider.study ? el("span", { class: "sub" }, `What would settle it: ${decider.study}`) : null);
}

function grades({ grade_counts: counts }) {
  const most = Math.max(1, ...Object.values(counts));
  return el("table", { class: "grades" }, el("caption", { class: "unseen" }, "Parameters by grade of evidence"),
    el("tbody", {}, codes("grade").map((grade) => {
      const bar = el("span", { class: `grade-${grade}`, hidden: !counts[grade] });
      bar.style.setProperty("--share", String((counts[grade] || 0) / most));
      return el("tr", {}, el("th", { scope: "row" }, grade), el("td", { class: "n" }, String(counts[grade] || 0)),
        el("td", { class: "grade-bar" }, bar), el("td", { class: "meaning" }, capital(word("grade", grade))));
    })));
}

function parameters({ basis }) {
  const rows = [...basis].sort((a, b) => (a.grade < b.grade ? 1 : -1)).map((p) => [
    p.meaning, `${number(p.median)} (${number(p.low)} to ${number(p.high)})`, p.unit, p.grade + (p.assumed ? ", assumed" : ""), p.source]);
  return scroller("Parameters behind the answer",
    table("Parameters behind the answer", ["Parameter", "Median (90%)", "Unit", "Grade", "Source"], rows));
}
