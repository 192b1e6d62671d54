// A document: dropped or chosen, read by the server, shown with its marks, and corrected before anything is simulated.

import { post, sendDocument } from "./api.js";
import { el, fill, problem, write } from "./dom.js";
import { capital, count, day, FINDINGS, plain, shown, size, STATUSES, VERDICTS } from "./words.js";
import { FIRST_DAY, LAST_DAY } from "./strategy.js";
import { runJob } from "./jobs.js";
import { drawMarked, showMark } from "./marked.js";

const KINDS = ".html,.htm,.pdf,.docx,.md,.txt,text/*,application/pdf";
const LARGEST = 20e6; // bytes, where the catalogue does not say

/** The document's part in `place`; `use(strategy, brief, notes)` takes what was made of it. Gives {open(read)}. */
export function createDocument(place, catalogue, { use, say }) {
  const largest = catalogue.limits.document_bytes || LARGEST;
  const days = daysOf(catalogue);
  const input = el("input", { type: "file", id: "document-file", accept: KINDS });
  const known = el("input", { type: "date", id: "document-known", ...days });
  const drop = el("div", { class: "drop" },
    el("p", {}, el("label", { for: "document-file" }, "Choose a document"), ", or drop it here."), input,
    el("p", { class: "note" }, "Web page, PDF, Word, Markdown or text, in English or Spanish. It is read on the machine that runs the lab, and not kept."),
    el("p", { class: "field known" }, el("label", { for: known.id }, "Its date, where you know it and it does not say (give it first)"), known));
  const result = el("div", {});
  fill(place, drop, result);
  const titles = Object.fromEntries(catalogue.levers.map((lever) => [lever.id, lever.title]));

  const take = (file) => {
    if (!file) return;
    if (file.size > largest) {
      fill(result, problem({ message: `The file has more than ${largest / 1e6} MB.`, hint: "Give the part that states the strategy." }));
      return;
    }
    const date = known.validity.valid ? known.value : "";
    runJob(result, "Reading the document", () => sendDocument(file, date), (read) => open(read));
  };
  input.addEventListener("change", () => { take(input.files[0]); input.value = ""; });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  // A file that misses the place for it must not make the browser leave the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

  function open(read) {
    const { brief, checks = [], warnings = [] } = read;
    const text = el("div", { class: "document-text", tabindex: "0", role: "region", "aria-label": "Text of the document, marked" });
    const dated = createDated(read, days);
    const edits = brief.actions.map((action) => createAction(action, catalogue, titles, () => showMark(text, action.id)));
    const go = (id) => {
      const row = result.querySelector(`[data-row="${CSS.escape(id)}"]`);
      row?.scrollIntoView({ block: "center" });
      row?.focus({ preventScroll: true });
    };
    const wrong = el("div", {});
    const button = () => el("button", { type: "button", class: "primary", onclick: accept }, "Use this reading");
    async function accept(event) {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      fill(wrong);
      try {
        const corrected = correctedBrief(brief, edits.map((edit) => edit.value()), dated.value());
        const { strategy } = await post("documents/strategy", { brief: corrected, ...(dated.value() ? { date: dated.value() } : {}) });
        dated.draw(strategy.date);
        use(strategy, corrected, edits.map((edit) => edit.untaken(strategy)).filter(Boolean));
      } catch (error) {
        fill(wrong, problem(error));
      } finally {
        pressed.disabled = false;
      }
    }
    drawMarked(text, brief, go);
    const { document: of } = brief;
    fill(result,
      el("h3", { tabindex: "-1", id: "document-title" }, shown(of.title || of.source)),
      el("p", { class: "note" }, [of.byline ? shown(of.byline) : null, `${count(brief.actions.length, "action")}, ${count(brief.claims.length, "claim")}, ${count(brief.findings.length, "finding")}`].filter(Boolean).join(" · ")),
      warnings.map((warning) => el("p", { class: "note" }, warning)),
      el("p", { class: "legend" }, el("mark", { class: "action" }, "action"), " ", el("mark", { class: "claim" }, "claim"), " ", el("mark", { class: "finding" }, "finding")),
      el("div", { class: "reading" },
        el("div", { class: "read-rows" },
          dated.node,
          el("h4", {}, "Actions"),
          el("p", { class: "note" }, "Correct what was misread, or leave it out. A size takes the place of a level. Nothing is simulated before you use the reading."),
          el("p", { class: "buttons" }, button()),
          edits.length ? edits.map((edit) => edit.node) : el("p", {}, "No action was found: the strategy moves nothing."),
          wrong, edits.length > 3 ? el("p", { class: "buttons" }, button()) : null),
        text,
        el("div", { class: "read-rows more-rows" }, el("h4", {}, "Claims"), claims(brief, checks, text), el("h4", {}, "Findings"), findings(brief, text))));
    say(`Document read: ${count(brief.actions.length, "action")} and ${count(brief.claims.length, "claim")} found. Nothing is simulated until you use the reading.`);
    document.getElementById("document-title").focus({ preventScroll: true });
  }
  return { open };
}

const daysOf = ({ limits }) => ({ min: limits.first_day || FIRST_DAY, max: limits.last_day || LAST_DAY });

const SOURCES = { user: "as given", document: "as the document says", inferred: "as inferred from what it tells" };
const spanOf = ({ start, end }) => (start === end ? day(start) : `Between ${day(start)} and ${day(end)}`);

/** The document's date, with where it comes from, to be corrected. `value()` is "" where it is left as it was read. */
function createDated({ brief, strategy }, days) {
  const input = el("input", { type: "date", id: "document-date", "aria-describedby": "document-date-source", ...days });
  const source = el("p", { class: "note", id: "document-date-source" });
  const reason = el("p", { class: "note" });
  const { date_published: published, date_source: by } = brief.document;
  const given = by === "user" && published ? published : "";
  const dayOf = (date) => (date.start === date.end ? date.start : "");
  const was = dayOf(strategy.date);
  input.value = was;
  const draw = (date) => {
    write(source, `${spanOf(date)}, ${SOURCES[date.source] || plain(date.source)}.`);
    write(reason, capital(date.reason.replace(/\.?$/, ".")));
  };
  draw(strategy.date);
  return {
    node: el("div", { class: "fields dated" }, el("p", { class: "field half" }, el("label", { for: input.id }, "Date of the document"), input), source,
      el("details", { class: "more" }, el("summary", {}, "Why this date"), reason)),
    value: () => (input.value && input.validity.valid && input.value !== was ? input.value : given),
    draw,
  };
}

function claims(brief, checks, text) {
  if (!brief.claims.length) return el("p", { class: "note" }, "None was found.");
  const verdicts = Object.fromEntries(checks.map((check) => [check.claim.id, check]));
  return el("ul", { class: "items" }, brief.claims.map((claim) => {
    const check = verdicts[claim.id];
    return el("li", { "data-row": claim.id, tabindex: "-1" }, el("span", { class: "tag" }, claim.id), " ", el("span", { class: "quote" }, shown(claim.quote_span.quote)),
      check ? el("span", { class: "sub" }, `${capital(VERDICTS[check.verdict] || plain(check.verdict))}. ${shown(check.explanation)}`) : null,
      place(text, claim.id));
  }));
}

function findings(brief, text) {
  const listed = brief.findings.filter((finding) => finding.kind !== "byline");
  if (!listed.length) return el("p", { class: "note" }, "None.");
  return el("ul", { class: "items" }, listed.slice(0, 60).map((finding) => el("li", { "data-row": finding.id, tabindex: "-1" },
    el("strong", {}, FINDINGS[finding.kind] || plain(finding.kind)), ": ", shown(finding.note), place(text, finding.id))));
}

const place = (text, id) => el("button", { type: "button", class: "link-button", "aria-label": `Show ${id} in the text`, onclick: () => showMark(text, id) }, "Show");

function createAction(action, catalogue, titles, find) {
  const id = (name) => `action-${name}-${action.id}`;
  const option = (value, text) => el("option", { value }, text);
  const lever = el("select", { id: id("lever") },
    titles[action.lever] ? null : option(action.lever, `${plain(action.lever.replace(/^.*\./, ""))} (moves no lever)`),
    catalogue.levers.map((each) => option(each.id, each.title)));
  const level = el("select", { id: id("level") });
  const status = el("select", { id: id("status") }, STATUSES.map((name) => option(name, plain(name))));
  const date = el("input", { type: "date", id: id("date"), ...daysOf(catalogue) });
  const quantity = el("input", { type: "number", step: "any", min: 0, id: id("quantity"), inputmode: "decimal" });
  const unit = el("input", { type: "text", maxlength: 100, autocomplete: "off", id: id("unit") });
  const negated = el("input", { type: "checkbox", id: id("negated") });
  const remove = el("button", { type: "button", class: "quiet-button" }, "Leave out");
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
  const node = el("section", { class: "action-row", "data-row": action.id, tabindex: "-1", "aria-label": `Action ${action.id}` },
    el("p", { class: "quote" }, el("span", { class: "tag" }, action.id), " ", shown(action.span.quote)),
    el("div", { class: "fields" },
      field(lever, "Lever", true), field(level, "Level", true), field(status, "Status"), field(date, "From")),
    el("details", { class: "more", open: was.quantity !== null || was.negated }, el("summary", {}, "Size, and whether it was done"), el("div", { class: "fields" },
      field(quantity, "Size, as a number"), field(unit, "Of what"),
      el("p", { class: "field check" }, negated, el("label", { for: negated.id }, "The text says that this was not done")))),
    state, el("p", { class: "buttons" }, remove, el("button", { type: "button", class: "link-button", "aria-label": `Show ${action.id} in the text`, onclick: find }, "Show in the text")));
  const now = () => ({ lever: lever.value, level: level.value === "" ? null : Number(level.value),
    quantity: Number.isFinite(quantity.valueAsNumber) ? quantity.valueAsNumber : null, unit: unit.value.trim(), status: status.value, start: date.value, negated: negated.checked });
  const NAMES = { start: "date", quantity: "size", unit: "size", negated: "whether it was done" };
  const told = () => {
    const changed = [...new Set(Object.keys(was).filter((key) => was[key] !== now()[key]).map((key) => NAMES[key] || key))];
    write(state, removed ? "Left out." : changed.length ? `Corrected: ${changed.join(", ")}.` : "");
    node.classList.toggle("is-moved", changed.length > 0);
    node.classList.toggle("is-removed", removed);
  };
  for (const input of [lever, level, quantity, unit, status, date, negated]) input.addEventListener("change", told);
  remove.addEventListener("click", () => {
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
  return { node, value, untaken };
}

const field = (input, text, wide = false) => el("p", { class: wide ? "field" : "field half" }, el("label", { for: input.id }, text), input);

/** The brief with corrected actions and date; what pointed to an action that is left out points to it no longer. */
export function correctedBrief(brief, corrected, date = "") {
  const actions = corrected.filter(Boolean);
  const kept = new Set(actions.map((action) => action.id));
  const gone = new Set(brief.actions.map((action) => action.id).filter((id) => !kept.has(id)));
  const claims = brief.claims.map((claim) => (gone.has(claim.action_id) ? { ...claim, action_id: null } : claim));
  const ledger = brief.ledger.map((row) => {
    const ids = row.ids.filter((id) => !gone.has(id));
    if (ids.length === row.ids.length) return row;
    const kinds = row.kinds.filter((kind) => kind !== "action" || ids.some((id) => id.startsWith("a")));
    return { ...row, ids, kinds: kinds.length ? kinds : ["outside"], reason: kinds.length ? row.reason : "left out by the reader" };
  });
  const document_ = date ? { ...brief.document, date_published: date, date_source: "user" } : brief.document;
  return { ...brief, document: document_, actions, claims, ledger };
}
