// Assumptions: what the model draws, which any strategy may set to a value or give a range of its own.

import { el, fill, write } from "./dom.js";
import { capital, count, number } from "./words.js";
import { withParameter } from "./strategy.js";

const SHOWN = 40;

/** The list of assumptions in `place`. Gives {draw(strategy), open(key), failed(error or null)}. */
export function createPriors(place, { priors, switches: listed }, current, change) {
  const search = el("input", { type: "search", id: "prior-search", autocomplete: "off", placeholder: "price, Mexico, apprehended, …" });
  const only = el("select", { id: "prior-grade" }, el("option", { value: "" }, "all grades"),
    ["A", "B", "C", "D"].map((grade) => el("option", { value: grade }, `grade ${grade}`)));
  const list = el("div", { class: "priors" });
  const found = el("p", { class: "note", role: "status" });
  const changed = el("div", { class: "priors", id: "priors-changed" });
  const wrong = el("div", {});
  const switches = createSwitches(listed, current, change);
  fill(place, changed, wrong,
    el("div", { class: "fields row" },
      el("p", { class: "field" }, el("label", { for: "prior-search" }, "Find an assumption"), search),
      el("p", { class: "field" }, el("label", { for: "prior-grade" }, "Evidence"), only)),
    found, list, el("details", { class: "behind" }, el("summary", {}, "Channels of the model, on or off"), switches.node));
  const nodes = new Map();
  const node = (prior) => {
    if (!nodes.has(prior.key)) nodes.set(prior.key, createRow(prior, current, change));
    return nodes.get(prior.key);
  };
  let setKeys = "";

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const set = current().strategy.parameters || {};
    const hits = priors.filter((p) => !set[p.key] && (!only.value || p.grade === only.value) &&
      words.every((w) => `${p.key} ${p.meaning} ${p.unit}`.toLowerCase().includes(w)));
    const some = hits.slice(0, words.length || only.value ? SHOWN : 8);
    fill(list, some.map((p) => node(p).node));
    write(found, some.length < hits.length ? `${some.length} of ${hits.length} shown; find the others by a word.` : count(hits.length, "assumption"));
  }

  function draw(strategy) {
    const set = strategy.parameters || {};
    const key = Object.keys(set).sort().join();
    if (key !== setKeys || !list.childElementCount) {
      setKeys = key;
      const mine = priors.filter((p) => set[p.key]);
      fill(changed, mine.length ? [el("h3", {}, `Changed: ${mine.length}`), mine.map((p) => node(p).node)] : []);
      filter();
    }
    for (const row of nodes.values()) row.draw(strategy);
    switches.draw(strategy);
  }
  search.addEventListener("input", filter);
  only.addEventListener("change", filter);
  return {
    draw,
    open(key) {
      const prior = priors.find((p) => p.key === key);
      if (!prior) return;
      if (!(current().strategy.parameters || {})[key]) {
        search.value = key;
        only.value = "";
        filter();
      }
      node(prior).open();
    },
    failed(error) {
      const named = error && priors.find((p) => `${error.message} ${error.where}`.includes(p.key));
      fill(wrong, named ? el("p", { class: "field-problem", role: "alert" }, `${capital(named.meaning)}: ${error.message} ${error.hint}`) : []);
    },
  };
}

function createRow(prior, current, change) {
  const id = (name) => `prior-${name}-${prior.key}`;
  const of = prior.low === null ? number(prior.central) : `${number(prior.central)} (${number(prior.low)} to ${number(prior.high)})`;
  const now = el("p", { class: "prior-now" });
  const box = el("details", { class: "more" }, el("summary", {}, "Change"));
  const node = el("section", { class: "prior", "data-prior": prior.key, "aria-labelledby": id("title") },
    el("h4", { id: id("title") }, capital(prior.meaning), el("span", { class: `grade grade-mark-${prior.grade}` },
      `grade ${prior.grade}${prior.assumed ? ", assumed" : ""}`)),
    el("p", { class: "prior-of" }, of, el("span", { class: "unit" }, ` ${prior.unit}`)), now, box);
  let fields = null;

  function build() {
    const input = (name, text, value) => {
      const field = el("input", { type: "number", step: "any", id: id(name), value, inputmode: "decimal" });
      return [field, el("p", { class: "field third-part" }, el("label", { for: field.id }, text), field)];
    };
    const kind = el("select", { id: id("kind") }, prior.ranges ? el("option", { value: "range" }, "a range") : null,
      el("option", { value: "value" }, "one value"));
    const [value, valueField] = input("value", "Value", prior.central);
    const [low, lowField] = input("low", "Low (5%)", prior.low ?? "");
    const [central, centralField] = input("central", "Median", prior.central);
    const [high, highField] = input("high", "High (95%)", prior.high ?? "");
    const warn = el("p", { class: "field-problem", role: "alert" });
    const apply = el("button", { type: "button" }, "Use it");
    const back = el("button", { type: "button", class: "quiet-button" }, "As the model has it");
    const show = () => {
      valueField.hidden = kind.value !== "value";
      for (const field of [lowField, centralField, highField]) field.hidden = kind.value === "value";
    };
    kind.addEventListener("change", show);
    apply.addEventListener("click", () => {
      const numbers = (kind.value === "value" ? [value] : [low, central, high]).map((field) => field.valueAsNumber);
      const right = numbers.every(Number.isFinite) && (numbers.length === 1 || (numbers[0] < numbers[1] && numbers[1] < numbers[2]));
      write(warn, right ? "" : numbers.length === 1 ? `Give a number: ${prior.allowed}.` : `Give three numbers that rise: ${prior.allowed}.`);
      if (!right) return;
      const override = numbers.length === 1 ? { value: numbers[0] } : { low: numbers[0], central: numbers[1], high: numbers[2] };
      change(withParameter(current().strategy, prior.key, override));
      box.querySelector("summary").focus();
    });
    back.addEventListener("click", () => {
      change(withParameter(current().strategy, prior.key, null));
      box.querySelector("summary").focus();
    });
    box.append(el("div", { class: "fields" },
      el("p", { class: "field" }, el("label", { for: kind.id }, "Set it to"), kind), valueField, lowField, centralField, highField,
      warn, el("p", { class: "buttons" }, apply, back),
      el("p", { class: "note" }, `Allowed: ${prior.allowed}. Source: ${prior.source}`), el("p", { class: "note" }, el("code", {}, prior.key))));
    fields = { kind, value, low, central, high };
    show();
  }
  box.addEventListener("toggle", () => { if (box.open && !fields) { build(); draw(current().strategy); } });

  function draw(strategy) {
    const set = (strategy.parameters || {})[prior.key];
    node.classList.toggle("is-moved", Boolean(set));
    const text = set && (set.value ?? null) === null ? `${number(set.central)} (${number(set.low)} to ${number(set.high)})` : set && number(set.value);
    write(now, set ? `Set to ${text}; counts as grade D.` : "");
  }
  return {
    node,
    draw,
    open() {
      box.open = true;
      node.scrollIntoView({ block: "center" });
      box.querySelector("summary").focus({ preventScroll: true });
    },
  };
}

/** A box for each switch that is on or off, and a choice for those with more positions. */
function createSwitches(listed, current, change) {
  const set = (row, value) => {
    const strategy = current().strategy;
    const switches = { ...(strategy.switches || {}), [row.id]: value };
    if (value === row.usual) delete switches[row.id];
    change({ ...strategy, switches });
  };
  const rows = listed.map((row) => {
    const id = `switch-${row.id}`;
    const name = el("label", { for: id }, capital(row.title));
    if (!row.positions.length) {
      const input = el("input", { type: "checkbox", id });
      input.addEventListener("change", () => set(row, input.checked));
      return { row, node: el("p", { class: "field check" }, input, name), show: (value) => { input.checked = value; } };
    }
    const input = el("select", { id }, row.positions.map((each) => el("option", { value: each.id }, each.title)));
    input.addEventListener("change", () => set(row, input.value));
    return { row, node: el("p", { class: "field" }, name, input), show: (value) => { input.value = value; } };
  });
  return {
    node: el("div", { class: "fields" }, rows.map(({ node }) => node)),
    draw({ switches = {} }) {
      for (const { row, show } of rows) show(switches[row.id] ?? row.usual);
    },
  };
}
