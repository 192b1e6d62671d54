// The actions of a document as rows: what was read, to be corrected, and what a person adds to it.

import { el, fill, write } from "./dom.js";
import { day, plain, shown, size } from "./words.js";

const overlaps = (one, other) => one.start < other.end && other.start < one.end;

/** An action of words that a person chose, without lever and status yet; it is told in the sentences that they stand in. */
export function actionOf(id, span, brief) {
  const sentences = brief.ledger.map((row) => row.span).filter((sentence) => overlaps(sentence, span));
  return { id, span, trigger: span, mentions: sentences.length ? sentences : [span], lever: "", status: "", origin: "added" };
}

/**
 * An action's row, to be corrected: `find()` leads to its words; `remove()` takes one away that the person added, and is
 * left out where it was read. Gives {node, action, value(), untaken(strategy), missing()}.
 */
export function createAction(action, catalogue, { find, remove: takeAway = null }) {
  const id = (name) => `action-${name}-${action.id}`;
  const option = (value, text) => el("option", { value }, text);
  const lever = el("select", { id: id("lever") },
    catalogue.levers.some((each) => each.id === action.lever) ? null : option(action.lever, action.lever ? `${plain(action.lever.replace(/^.*\./, ""))} (moves no lever)` : "choose"),
    catalogue.levers.map((each) => option(each.id, each.title)));
  const level = el("select", { id: id("level") });
  const status = el("select", { id: id("status") }, action.status ? null : option("", "choose"), catalogue.statuses.map((each) => option(each.id, each.title)));
  const date = el("input", { type: "date", id: id("date"), min: catalogue.limits.first_day, max: catalogue.limits.last_day });
  const quantity = el("input", { type: "number", step: "any", min: 0, id: id("quantity"), inputmode: "decimal" });
  const unit = el("input", { type: "text", maxlength: 100, autocomplete: "off", id: id("unit") });
  const negated = el("input", { type: "checkbox", id: id("negated") });
  const remove = el("button", { type: "button", class: "quiet-button" }, takeAway ? "Remove" : "Leave out");
  let removed = false;
  const was = { lever: action.lever, level: action.level ?? null, quantity: action.quantity ?? null, unit: action.quantity_unit || "", status: action.status,
    start: action.date_start?.start || action.date_decided?.start || action.date_announced?.start || "", negated: action.polarity === "negated" };

  function levels(of) {
    const found = catalogue.levers.find((each) => each.id === of);
    fill(level, option("", "not stated"), (found?.levels || []).map((each) => option(String(each.level), `${each.level}: ${each.meaning} (${size(each.low)} to ${size(each.high)})`)));
  }
  levels(was.lever);
  lever.value = was.lever;
  level.value = was.level === null ? "" : String(was.level);
  status.value = was.status;
  date.value = was.start;
  quantity.value = was.quantity === null ? "" : String(was.quantity);
  unit.value = was.unit;
  negated.checked = was.negated;
  const size_ = (value, of) => { quantity.value = value; unit.value = of; };
  // A level or a lever that a person gives stands in the place of the number that the text was read to give.
  lever.addEventListener("change", () => { levels(lever.value); size_("", ""); });
  level.addEventListener("change", () => size_("", ""));
  quantity.addEventListener("change", () => {
    if (quantity.value === "") unit.value = "";
    else if (!unit.value) unit.value = catalogue.levers.find((each) => each.id === lever.value)?.unit || "";
  });
  const state = el("p", { class: "note" });
  const node = el("section", { class: takeAway ? "action-row is-added" : "action-row", "data-row": action.id, tabindex: "-1", "aria-label": `Action ${action.id}${takeAway ? ", added" : ""}` },
    el("p", { class: "quote" }, el("span", { class: "tag" }, action.id), " ", takeAway ? [el("span", { class: "flag" }, "added by you"), " "] : null, shown(action.span.quote)),
    el("div", { class: "fields" },
      field(lever, "Lever", true), field(level, "Level", true), field(status, "Status"), field(date, "From")),
    el("details", { class: "more", open: was.quantity !== null || was.negated }, el("summary", {}, "Size, and whether it was done"), el("div", { class: "fields" },
      field(quantity, "Size, as a number"), field(unit, "Of what"),
      el("p", { class: "field check" }, negated, el("label", { for: negated.id }, "The text says that this was not done")))),
    state, el("p", { class: "buttons" }, remove, el("button", { type: "button", class: "link-button", "aria-label": `Show ${action.id} in the text`, onclick: find }, "Show in the text")));
  const now = () => ({ lever: lever.value, level: level.value === "" ? null : Number(level.value),
    quantity: Number.isFinite(quantity.valueAsNumber) ? quantity.valueAsNumber : null, unit: unit.value.trim(), status: status.value, start: date.value, negated: negated.checked });
  const NAMES = { start: "date", quantity: "size", unit: "size", negated: "whether it was done" };
  const changes = () => [...new Set(Object.keys(was).filter((key) => was[key] !== now()[key]).map((key) => NAMES[key] || key))];
  const told = () => {
    if (takeAway) return;
    const changed = changes();
    write(state, removed ? "Left out." : changed.length ? `Corrected: ${changed.join(", ")}.` : "");
    node.classList.toggle("is-moved", changed.length > 0);
    node.classList.toggle("is-removed", removed);
  };
  for (const input of [lever, level, quantity, unit, status, date, negated]) input.addEventListener("change", told);
  remove.addEventListener("click", () => {
    if (takeAway) {
      takeAway();
      return;
    }
    removed = !removed;
    write(remove, removed ? "Put back" : "Leave out");
    told();
  });

  /** The action as corrected; null where it is left out. */
  function value() {
    if (removed) return null;
    const is = now();
    const corrected = { ...action, lever: is.lever, level: is.level, status: is.status, quantity: is.quantity,
      quantity_unit: is.quantity === null ? null : is.unit || null, polarity: is.negated ? "negated" : "affirmed" };
    if (!takeAway && changes().length) corrected.origin = "corrected";
    if (is.start !== was.start) {
      corrected.date_start = is.start ? { text: day(is.start), start: is.start, end: is.start, precision: "day" } : null;
      if (!is.start) Object.assign(corrected, { date_decided: null, date_announced: null });
    }
    return corrected;
  }

  /** What to say where a size that a person gave is not one that its lever counts; empty where it was taken. */
  function untaken(strategy) {
    const { quantity: given } = now();
    if (removed || given === null || given === was.quantity) return "";
    const entry = strategy.written.find((each) => each.source === action.id);
    const taken = entry && !entry.note.includes("counts something else");
    return taken ? "" : `The size given to ${action.id} was not taken: ${entry ? entry.note : "the action moves no lever"}.`;
  }
  /** What has yet to be chosen, to be given the focus; null where nothing is left. */
  const missing = () => [lever, status].find((input) => !removed && input.value === "") || null;
  return { node, action, value, untaken, missing };
}

const field = (input, text, wide = false) => el("p", { class: wide ? "field" : "field half" }, el("label", { for: input.id }, text), input);

/**
 * The brief with corrected actions and date, and those that were added in their places. What pointed to an action that
 * is left out points to it no longer, and the sentences of an added one tell of it.
 */
export function correctedBrief(brief, corrected, date = "") {
  const actions = corrected.filter(Boolean).sort((a, b) => a.span.start - b.span.start);
  const read = new Set(brief.actions.map((action) => action.id));
  const kept = new Set(actions.map((action) => action.id));
  const added = actions.filter((action) => !read.has(action.id));
  const claims = brief.claims.map((claim) => (read.has(claim.action_id) && !kept.has(claim.action_id) ? { ...claim, action_id: null } : claim));
  const ledger = brief.ledger.map((row) => {
    const here = added.filter(({ span }) => overlaps(span, row.span)).map(({ id }) => id);
    const ids = [...row.ids.filter((id) => !read.has(id) || kept.has(id)), ...here];
    if (ids.length === row.ids.length && !here.length) return row;
    const told = row.kinds.filter((kind) => kind !== "outside" && (kind !== "action" || ids.some((id) => kept.has(id))));
    const kinds = here.length && !told.includes("action") ? [...told, "action"] : told;
    return { ...row, ids, kinds: kinds.length ? kinds : ["outside"], reason: kinds.length ? "" : "left out by the user" };
  });
  const document_ = date ? { ...brief.document, date_published: date, date_source: "user" } : brief.document;
  return { ...brief, document: document_, actions, claims, ledger };
}
