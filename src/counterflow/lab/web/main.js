// The page: what is shown, what is asked when something changes, and what is said when the answer has settled.

import { get, hasToken, health, keepToken, postForText, Refusal, takeToken } from "./api.js";
import { createAsking, patient } from "./asking.js";
import { createChart, onTheme } from "./charts.js";
import { createCompare } from "./compare.js";
import { drawCost } from "./cost.js";
import { createDocument } from "./document.js";
import { el, fill, find, problem, write } from "./dom.js";
import { drawFourWay } from "./four_way.js";
import { createHeadlines, spoken } from "./headlines.js";
import { createLevers } from "./levers.js";
import { createPriors } from "./priors.js";
import { drawRests } from "./rests.js";
import { createShare } from "./share.js";
import { createStore, fragmentOf, fromFragment, unreadable } from "./state.js";
import { courses, firstDay, isDocument, startingOn } from "./strategy.js";
import { capital, day, learn, shown } from "./words.js";

const FIRST = "demand_and_supply"; // what the page opens on where neither a link nor a document says otherwise
const QUIET = 700; // milliseconds without a change after which the answer is said
const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const say = (text) => write(find("live"), text);

async function awake() {
  for (let time = 0; ; time += 1) {
    const { ready, reached } = await health();
    if (ready) return;
    if (!reached && time > 5) throw new Refusal({ message: "The lab does not answer.", hint: "See whether `counterflow lab` still runs, then load this page again." });
    write(find("opening").firstElementChild, "The model is being made ready. This takes up to a minute after a start.");
    await sleep(2000);
  }
}

/** Have a link's strategies read by the server, which knows strictly what one is. Throws a Refusal where one is none. */
async function requireStrategies({ strategy, pins }) {
  for (const each of [strategy, ...pins.map((pin) => pin.strategy)]) {
    try {
      await patient(() => postForText("strategy/toml", { strategy: each }), () => true, () => {});
    } catch (error) {
      throw [400, 413, 422].includes(error.status) ? unreadable(error) : error;
    }
  }
}

/** The state to open with: of the link, else of the document that the lab was started with, else of a preset. */
async function opening(catalogue, read) {
  const usual = { years: catalogue.limits.years.usual, draws: catalogue.limits.draws.usual, seed: catalogue.limits.seed.usual, branch: null, pins: [] };
  const preset = catalogue.presets.find((p) => p.id === FIRST) || catalogue.presets[0];
  const fallback = read
    ? { ...usual, strategy: read.strategy, base: read.strategy, preset: "" }
    : { ...usual, strategy: preset.strategy, base: preset.strategy, preset: preset.id };
  try {
    const linked = await fromFragment(location.hash, catalogue.limits);
    if (linked) await requireStrategies(linked);
    return { state: linked ? { ...usual, ...linked, base: linked.strategy, preset: "" } : fallback, wrong: null };
  } catch (error) {
    if (error.code !== "link") throw error;
    return { state: fallback, wrong: error };
  }
}

function createPage(catalogue, read, initial) {
  const store = createStore(initial);
  const current = store.get;
  const titles = Object.fromEntries(catalogue.levers.map((lever) => [lever.id, lever.title]));
  let answer = null;
  let rests = null;
  let observed = new Map();
  let brief = read?.brief || null;
  let settled = null; // {answer, strategy} where the answer is that of the strategy at hand, from all draws
  let failure = null; // why there is none, where the last question failed
  let waiting = []; // those who wait for it
  let written = location.hash.slice(1);
  let writing = 0;
  let speaking = 0;
  let following = 0; // how many links came while the page stood

  const recordedOn = catalogue.presets.at(-1).strategy.date.start; // the day of the built-in strategies
  const levers = createLevers(find("themes"), catalogue.levers, { recordedOn, delivery: catalogue.delivery }, current, (strategy, moving) => store.set({ strategy }, { moving }));
  const headlines = createHeadlines(find("tiles"), find("strip"), catalogue.headlines);
  const charts = catalogue.outcomes.map((outcome) => [outcome, createChart(outcome)]);
  fill(find("charts"), charts.map(([, chart]) => chart.node));
  const priors = createPriors(find("assumptions-body"), catalogue, current, (strategy) => store.set({ strategy }));
  const compare = createCompare(find("compare-body"), catalogue, {
    unpin: (index) => store.set({ pins: current().pins.filter((_, i) => i !== index) }, { quiet: true }),
    take: (index) => replace(current().pins[index].strategy, "", { branch: current().pins[index].branch }),
    say,
  });
  const documents = createDocument(find("document-body"), catalogue, {
    say,
    use(strategy, corrected, notes) {
      brief = corrected;
      replace(strategy, "");
      fill(find("notice"), notes.map((note) => el("p", { class: "note", role: "status" }, shown(note))));
      lead("answer");
    },
  });
  // A document goes with its own strategy alone: another one may have come since by a link, a file or a preset.
  const briefOf = (strategy) => (brief && strategy.document_sha256 === brief.document.sha256 ? brief : null);
  const share = createShare(find("share-body"), catalogue, {
    say,
    context: () => ({ state: current(), brief: briefOf(current().strategy) }),
    settled: () => new Promise((resolve, reject) => {
      if (settled) resolve({ ...settled, rests });
      else if (failure) reject(failure);
      else waiting.push({ resolve, reject });
    }),
    load: (strategy) => replace(strategy, ""),
  });

  const bodyOf = ({ strategy, draws, years, seed, branch }) => ({ strategy, draws, years, seed, branch });
  const asking = createAsking(catalogue.limits.coarse, {
    answered(next, whole, { strategy }) {
      answer = next;
      if (next.history) observed = new Map(next.history.map((of) => [of.id, of]));
      fill(find("failed"));
      priors.failed(null);
      drawAnswer(next);
      if (!whole) return;
      settled = { answer: next, strategy };
      failure = null;
      headlines.word(rests);
      waiting.forEach(({ resolve }) => resolve({ ...settled, rests }));
      waiting = [];
      compare.draw(current());
      clearTimeout(speaking);
      speaking = setTimeout(() => say(spoken(next, catalogue.headlines)), QUIET);
      link();
    },
    rested(next) {
      rests = next;
      headlines.word(next);
      drawRests(find("rests-body"), next, changePrior);
    },
    failed(error, kind) {
      priors.failed(error);
      headlines.word(null, "not judged");
      const again = el("button", { type: "button", onclick: () => { failure = null; asking.rested(bodyOf(current())); } }, "Try again");
      fill(find("failed"), problem(error, again));
      if (kind === "rests") return;
      failure = error;
      waiting.forEach(({ reject }) => reject(error));
      waiting = [];
      write(find("status"), answer ? "The figures below are those before the last change." : "Nothing could be worked out.");
    },
    busy(on) {
      find("busy").classList.toggle("on", on);
    },
    waiting: (seconds) => write(find("status"), `The lab is busy; it is asked again in ${Math.ceil(seconds)} s.`),
  });

  function drawAnswer(next) {
    headlines.draw(next);
    drawFourWay(find("four-way"), next, catalogue.headlines);
    drawCost(find("cost"), next, titles);
    for (const [outcome, chart] of charts) {
      const fan = next.outcomes.find((each) => each.id === outcome.id);
      if (fan) chart.draw(fan, next.months, observed.get(outcome.id));
    }
    find("charts").dataset.draws = String(next.draws);
    write(find("status"), `${next.draws.toLocaleString("en-US")} draws over ${next.years} years from ${day(next.first_lever)}, against no strategy.`);
    const { version, engine, data, strategy } = next.hashes;
    write(find("hashes"), `Counterflow ${version}; engine ${engine.slice(0, 12)}, data ${data.slice(0, 12)}${strategy ? `, strategy ${strategy.slice(0, 12)}` : ""}.`);
  }

  /** Another strategy in the place of the one at hand. */
  function replace(strategy, preset, { branch = null } = {}) {
    fill(find("notice"));
    store.set({ strategy, base: strategy, preset, branch }, { replaced: true });
  }

  function changePrior(key) {
    find("assumptions-fold").open = true;
    priors.open(key);
  }

  function link() {
    clearTimeout(writing);
    writing = setTimeout(async () => {
      written = await fragmentOf(current());
      history.replaceState(null, "", `#${written}`);
    }, 300);
  }

  function drawState(state, unfold) {
    const { strategy, base } = state;
    levers.draw(strategy, base, unfold);
    priors.draw(strategy);
    write(find("kicker"), shown(strategy.title));
    find("title").value = strategy.title;
    find("start").value = firstDay(strategy);
    drawStart(strategy);
    for (const name of ["years", "draws", "seed"]) find(name).value = String(state[name]);
    const opened = find("preset").querySelector('option[value=""]');
    opened.hidden = state.preset !== "";
    find("preset").value = state.preset;
    const found = courses(strategy, catalogue.courses);
    find("course-field").hidden = found.length < 2;
    fill(find("course"), found.map(({ id, title }) => el("option", { value: id }, title)));
    find("course").value = state.branch || found[0].id;
    find("pin").disabled = state.pins.length >= catalogue.limits.compared.most - 1;
    share.draw();
    find("reset-all").disabled = JSON.stringify(strategy) === JSON.stringify(base);
  }

  /** When it begins: to be set, or, of a document, as its actions and the record say. */
  function drawStart(strategy) {
    const { start, end, source } = strategy.date;
    const given = isDocument(strategy);
    find("start").disabled = given;
    write(find("start-problem"), "");
    const dated = start === end ? day(start) : `${day(start)} to ${day(end)}`;
    fill(find("start-note"), given ? [`As the document's actions and the record have it. The document is of ${dated}${source === "inferred" ? ", as inferred" : ""}. `,
      briefOf(strategy) ? el("a", { href: "#document" }, "Correct its date") : ""] : []);
  }

  store.listen((state, before, { moving, replaced, quiet }) => {
    drawState(state, replaced);
    if (!moving) compare.draw(state);
    if (quiet) {
      link();
      return;
    }
    const body = bodyOf(state);
    if (!replaced && asking.isAnswered(body)) return; // a slider was let go where it was answered
    clearTimeout(speaking);
    if (settled || replaced) headlines.keep(!replaced);
    settled = null;
    failure = null;
    rests = null;
    headlines.word(null);
    drawRests(find("rests-body"), null, changePrior);
    if (replaced) asking.replaced(body);
    else if (moving) asking.moved(body);
    else asking.rested(body);
  });

  setUp(store, catalogue, replace);
  addEventListener("hashchange", async () => {
    if (location.hash.slice(1) === written) return;
    const followed = location.hash;
    following += 1;
    const mine = following;
    const { state, wrong } = await opening(catalogue, null).catch((error) => ({ state: null, wrong: error }));
    if (mine !== following) return; // another link came since
    fill(find("notice"), wrong ? problem(wrong) : []);
    if (!wrong && followed) store.set(state, { replaced: true });
  });
  onTheme(() => {
    charts.forEach(([, chart]) => chart.renew());
    compare.renew();
  });
  if (read) documents.open(read);
  store.set({}, { replaced: true });
}

/** The fields above the sliders. */
function setUp(store, catalogue, replace) {
  const current = store.get;
  const { limits, presets } = catalogue;
  fill(find("preset"), el("option", { value: "" }, "As opened"), presets.map((p) => el("option", { value: p.id, title: p.about }, p.title)));
  const years = Array.from({ length: limits.years.most - limits.years.least + 1 }, (_, i) => limits.years.least + i);
  fill(find("years"), years.map((n) => el("option", { value: n }, String(n))));
  const draws = [...new Set([limits.coarse, limits.draws.usual, 500, 1000, limits.draws.most, current().draws])].sort((a, b) => a - b);
  fill(find("draws"), draws.map((n) => el("option", { value: n }, n.toLocaleString("en-US"))));
  find("preset").addEventListener("change", (event) => {
    const preset = presets.find((p) => p.id === event.target.value);
    if (preset) replace(preset.strategy, preset.id);
  });
  find("course").addEventListener("change", (event) => store.set({ branch: event.target.value }));
  find("title").addEventListener("change", (event) => {
    const { strategy } = current();
    store.set({ strategy: { ...strategy, title: event.target.value.trim() || "Untitled" } }, { quiet: true });
  });
  const [first, last] = [limits.first_day, limits.last_day];
  Object.assign(find("start"), { min: first, max: last });
  Object.assign(find("seed"), { min: limits.seed.least, max: limits.seed.most });
  find("start").addEventListener("change", (event) => {
    const { strategy, base } = current();
    const right = event.target.value && event.target.validity.valid;
    write(find("start-problem"), right ? "" : `Give a day from ${day(first)} to ${day(last)}.`);
    if (right) store.set({ strategy: startingOn(strategy, event.target.value), base: startingOn(base, event.target.value) });
  });
  for (const name of ["years", "draws", "seed"]) {
    find(name).addEventListener("change", (event) => {
      const value = Number(event.target.value);
      if (event.target.value !== "" && event.target.validity.valid) store.set({ [name]: value });
    });
  }
  find("reset-all").addEventListener("click", () => store.set({ strategy: current().base }, { replaced: true }));
  find("pin").addEventListener("click", () => {
    store.set({ pins: [...current().pins, { strategy: current().strategy, branch: current().branch }].slice(0, catalogue.limits.compared.most - 1) }, { quiet: true });
    say(`${shown(capital(current().strategy.title))} pinned to compare.`);
  });
}

/** Lead to a part of the page; its place in the address belongs to the strategy. */
function lead(id) {
  const target = find(id);
  const heading = target?.querySelector("h1, h2[tabindex]") || target;
  target?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}

addEventListener("click", (event) => {
  const anchor = event.target.closest?.('a[href^="#"]');
  if (!anchor) return;
  event.preventDefault();
  lead(anchor.getAttribute("href").slice(1));
});

/** Ask for the token of a lab that has one, in place of a page; what the address holds stays. */
function askToken(error) {
  const input = el("input", { type: "password", id: "token", autocomplete: "off" });
  const go = () => {
    if (!input.value.trim()) return;
    keepToken(input.value.trim());
    write(find("opening").firstElementChild, "Opening the lab…");
    start();
  };
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
  fill(find("opening"), el("p", { role: "status" }, hasToken() ? "The token was not taken." : error.message), el("div", { class: "token" },
    el("label", { for: input.id }, "Token"), input, el("button", { type: "button", class: "primary", onclick: go }, "Open the lab")),
  el("p", { class: "note" }, "It was printed or chosen when the lab was started. It is kept for this tab alone."));
  input.focus();
}

async function start() {
  try {
    takeToken();
    await awake();
    const catalogue = await get("catalogue");
    learn(catalogue.words);
    const { document: read } = await get("documents/opened");
    const { state, wrong } = await opening(catalogue, read);
    find("lab").hidden = false; // charts are as wide as their place
    find("strip").hidden = false;
    createPage(catalogue, read, state);
    find("opening").hidden = true;
    if (wrong) fill(find("notice"), problem(wrong));
  } catch (error) {
    find("lab").hidden = true;
    find("strip").hidden = true;
    if (error.status === 401) askToken(error);
    else fill(find("opening"), problem(error, el("button", { type: "button", onclick: () => location.reload() }, "Load the page again")));
  }
}

start();
