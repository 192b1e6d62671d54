// Up to four strategies side by side: those pinned, and the one at hand.

import { post } from "./api.js";
import { patient } from "./asking.js";
import { el, fill, problem, scroller, write } from "./dom.js";
import { dollars, margin, percent, shown } from "./words.js";
import { createChart, sharedRange } from "./charts.js";
import { bothReached, fourWay } from "./four_way.js";
import { movedIn } from "./levers.js";
import { untouched } from "./outcomes.js";
import { courseTitle } from "./strategy.js";

/** The comparison in `place`. Gives {draw(state), renew()}; `unpin(index)` and `take(index)` act on a pinned strategy, which stands with its course of events. */
export function createCompare(place, catalogue, { unpin, take, say }) {
  const heads = el("div", { class: "compare-heads" });
  const status = el("p", { class: "note", id: "compare-status" });
  const body = el("div", { class: "compare-answer" });
  fill(place, heads, status, body);
  let timer = 0;
  let controller = null;
  let asked = "";
  let charts = [];
  let columns = 0; // how many strategies are shown

  function head({ strategy, branch }, index) {
    const current = index === null;
    const moved = movedIn(strategy, catalogue.levers);
    const course = courseTitle(strategy, branch, catalogue.courses);
    const title = shown(strategy.title || "Untitled");
    return el("section", { class: "compare-head", "data-pin": current ? "current" : index },
      el("h3", {}, title),
      el("p", { class: "note" }, [current ? "The strategy at hand" : "Pinned", course].filter(Boolean).join(" · ")),
      el("ul", { class: "tight note" }, moved.length ? moved.slice(0, 6).map((text) => el("li", {}, text)) : el("li", {}, "No lever is moved.")),
      moved.length > 6 ? el("p", { class: "note" }, `and ${moved.length - 6} more`) : null,
      current ? null : el("p", { class: "buttons" },
        el("button", { type: "button", class: "quiet-button", "aria-label": `Take to the sliders: ${title}`, onclick: () => take(index) }, "Take to the sliders"),
        el("button", { type: "button", class: "quiet-button", "aria-label": `Unpin: ${title}`, onclick: () => unpin(index) }, "Unpin")));
  }

  function draw(state) {
    place.style.setProperty("--columns", String(state.pins.length + 1));
    const hand = { strategy: state.strategy, branch: state.branch };
    const all = [...state.pins, hand];
    fill(heads, state.pins.length
      ? [...state.pins.map(head), head(hand, null)]
      : el("p", { class: "note" }, "Pin the strategy at hand, then change it or choose another: both stand side by side here. Up to three can be pinned."));
    const asking = { strategies: all.map(({ strategy }) => strategy), draws: state.draws, years: state.years, seed: state.seed };
    if (all.some(({ branch }) => branch)) asking.branches = all.map(({ branch }) => branch);
    const key = JSON.stringify(asking);
    if (key === asked) return;
    asked = key;
    clearTimeout(timer);
    controller?.abort();
    if (all.length !== columns || !state.pins.length) clear();
    settle(!state.pins.length);
    if (state.pins.length) timer = setTimeout(() => run(asking), 500);
  }

  function clear() {
    fill(body);
    charts = [];
    columns = 0;
  }

  /** What is shown is that of the strategies named above it, or is yet to be: then it is said, and the old stands back. */
  function settle(done) {
    if (done) body.removeAttribute("aria-busy");
    else body.setAttribute("aria-busy", "true");
    write(status, done ? "" : "Being compared…");
  }

  async function run(asking) {
    const mine = new AbortController();
    controller = mine;
    settle(false);
    try {
      const { compared } = await patient(() => post("compare", asking, mine.signal), () => !mine.signal.aborted,
        (seconds) => write(status, `The lab is busy; it is asked again in ${Math.ceil(seconds)} s.`));
      if (mine.signal.aborted) return;
      settle(true);
      show(compared, asking);
      say(`${compared.length} strategies compared.`);
    } catch (error) {
      if (mine.signal.aborted) return;
      settle(true);
      clear();
      fill(body, problem(error, el("button", { type: "button", onclick: () => run(asking) }, "Try again")));
    }
  }

  function show(compared, asking) {
    charts = [];
    columns = compared.length;
    const named = compared.map((answer, i) => shown(i === compared.length - 1 ? `${answer.title} (at hand)` : answer.title));
    const taken = compared.map((answer, i) => courseTitle(asking.strategies[i], asking.branches?.[i] && answer.branch, catalogue.courses));
    const titles = named.map((title, i) => (taken[i] ? `${title}: ${taken[i]}` : title));
    const chance = (answer, id, reference) => {
      const h = answer.headlines.find((each) => each.id === id && each.reference === reference);
      if (untouched(answer, id)) return el("td", { "data-compared": id }, "–", el("span", { class: "sub" }, "reached by no lever"));
      return el("td", { "data-compared": id }, percent(h.probability), el("span", { class: "sub" }, margin(h.probability, h.mc_error, answer.draws)));
    };
    const rows = catalogue.headlines.map((row) => el("tr", {}, el("th", { scope: "row" }, row.title),
      compared.map((answer) => chance(answer, row.id, "none"))));
    const cost = el("tr", {}, el("th", { scope: "row" }, "Cost to the US treasury"), compared.map((answer) => el("td", {},
      dollars(answer.cost.central), el("span", { class: "sub" }, answer.cost.low === answer.cost.high ? "" : `${dollars(answer.cost.low)} to ${dollars(answer.cost.high)}`))));
    const picture = el("tr", {}, el("th", { scope: "row" }, "Trafficking and friction"), compared.map((answer, i) => el("td", {},
      bothReached(answer) ? fourWay(answer.four_way, `${titles[i]}: share of draws`) : "–")));
    fill(body, scroller("Strategies side by side", el("table", { class: "compared" },
      el("caption", { class: "unseen" }, "Probabilities and cost of each strategy, against no strategy"),
      el("thead", {}, el("tr", {}, el("td", {}), named.map((title, i) => el("th", { scope: "col" }, title, taken[i] ? el("span", { class: "sub" }, taken[i]) : null)))),
      el("tbody", {}, rows, picture, cost))),
    el("p", { class: "note" }, "Each against no strategy, over the same draws and chance events. Charts of one outcome share their axis."));
    for (const outcome of catalogue.outcomes) {
      const fans = compared.map((answer) => answer.outcomes.find((fan) => fan.id === outcome.id));
      if (fans.some((fan) => !fan)) continue;
      const range = sharedRange(fans);
      const made = compared.map((answer, i) => createChart(outcome, { title: titles[i], height: 150, level: "h4", label: `${outcome.title}, ${titles[i]}` }));
      body.append(el("section", { class: "compare-row", "aria-label": outcome.title }, el("h3", {}, outcome.title),
        el("div", { class: "charts" }, made.map((chart) => chart.node))));
      made.forEach((chart, i) => chart.draw(fans[i], compared[i].months, null, range));
      charts.push(...made);
    }
  }
  return { draw, renew: () => charts.forEach((chart) => chart.renew()) };
}
