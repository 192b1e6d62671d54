// A document: dropped or chosen, read by the server, shown with its marks, and corrected before anything is simulated.

import { post, sendDocument } from "./api.js";
import { actionOf, correctedBrief, createAction } from "./actions.js";
import { createAdding } from "./added.js";
import { el, fill, problem, write } from "./dom.js";
import { capital, count, day, plain, shown, word } from "./words.js";
import { runJob } from "./jobs.js";
import { drawMarked, showMark } from "./marked.js";

const KINDS = ".html,.htm,.pdf,.docx,.md,.txt,text/*,application/pdf";

/** The document's part in `place`; `use(strategy, brief, notes)` takes what was made of it. Gives {open(read)}. */
export function createDocument(place, catalogue, { use, say }) {
  const largest = catalogue.limits.document_bytes;
  const days = daysOf(catalogue);
  const input = el("input", { type: "file", id: "document-file", accept: KINDS });
  const known = el("input", { type: "date", id: "document-known", ...days });
  const drop = el("div", { class: "drop" },
    el("p", {}, el("label", { for: "document-file" }, "Choose a document"), ", or drop it here."), input,
    el("p", { class: "note" }, "Web page, PDF, Word, Markdown or text, in English or Spanish. It is read on the machine that runs the lab, and not kept."),
    el("p", { class: "field known" }, el("label", { for: known.id }, "Its date, where you know it and it does not say (give it first)"), known));
  const result = el("div", {});
  fill(place, drop, result);

  let reading = null; // what gives up the document that is being read
  const take = (file) => {
    if (!file) return;
    reading?.abort();
    reading = new AbortController();
    if (file.size > largest) {
      fill(result, problem({ message: `The file has more than ${largest / 1e6} MB.`, hint: "Give the part that states the strategy." }));
      return;
    }
    const date = known.validity.valid ? known.value : "";
    runJob(result, "Reading the document", () => sendDocument(file, date), (read) => open(read), reading.signal);
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
    const characters = Array.from(brief.document.text);
    const dated = createDated(read, days);
    const rows = el("div", {});
    let edits = brief.actions.map((action) => createAction(action, catalogue, { find: () => showMark(text, action.id) }));
    let number = 0; // of the last action that was added
    const go = (id) => {
      const row = result.querySelector(`[data-row="${CSS.escape(id)}"]`);
      row?.scrollIntoView({ block: "center" });
      row?.focus({ preventScroll: true });
    };
    const added = () => edits.filter((edit) => !brief.actions.includes(edit.action));
    const mark = (words = null) => {
      const further = added().map(({ action: { id, span } }) => ({ kind: "added", id, span }));
      if (words) further.push({ kind: "found", id: "found", span: words });
      drawMarked(text, { brief, characters }, further, go);
      if (words) showMark(text, "found");
    };
    const list = () => fill(rows, edits.length ? edits.map((edit) => edit.node) : el("p", {}, "No action was found: the strategy moves nothing."));
    const adding = createAdding({ text, document: brief.document, characters }, { found: mark, add });

    function add(span) {
      const action = actionOf(`u${number += 1}`, span, brief);
      const edit = createAction(action, catalogue, { find: () => showMark(text, action.id), remove });
      function remove() {
        edits = edits.filter((each) => each !== edit);
        list();
        mark();
        adding.focus();
        say(`${action.id} removed.`);
      }
      const next = edits.findIndex((each) => each.action.span.start > span.start);
      edits.splice(next < 0 ? edits.length : next, 0, edit);
      list();
      mark();
      edit.node.scrollIntoView({ block: "center" });
      edit.missing().focus({ preventScroll: true });
      say(`${action.id} added. Choose its lever and its status.`);
    }

    const wrong = el("div", {});
    const button = () => el("button", { type: "button", class: "primary", onclick: accept }, "Use this reading");
    async function accept(event) {
      const pressed = event.currentTarget;
      fill(wrong);
      const open_ = edits.find((edit) => edit.missing());
      if (open_) {
        const what = open_.missing();
        fill(wrong, problem({ message: `${open_.action.id} has no ${what.labels[0].textContent.toLowerCase()} yet.`, hint: "Choose it, or remove the action." }));
        what.focus();
        return;
      }
      pressed.disabled = true;
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
    list();
    mark();
    const { document: of } = brief;
    fill(result,
      el("h3", { tabindex: "-1", id: "document-title" }, shown(of.title || of.source)),
      el("p", { class: "note" }, [of.byline ? shown(of.byline) : null, `${count(brief.actions.length, "action")}, ${count(brief.claims.length, "claim")}, ${count(brief.findings.length, "finding")}`].filter(Boolean).join(" · ")),
      warnings.map((warning) => el("p", { class: "note" }, shown(warning))),
      el("p", { class: "legend" }, el("mark", { class: "action" }, "action"), " ", el("mark", { class: "claim" }, "claim"), " ", el("mark", { class: "finding" }, "finding"), " ", el("mark", { class: "added" }, "added by you")),
      el("div", { class: "reading" },
        el("div", { class: "read-rows" },
          dated.node,
          el("h4", {}, "Actions"),
          el("p", { class: "note" }, "Correct what was misread, or leave it out. A size takes the place of a level. Nothing is simulated before you use the reading."),
          el("p", { class: "buttons" }, button(), el("button", { type: "button", class: "link-button", onclick: adding.focus }, "Add one that was missed")),
          rows, wrong, edits.length > 3 ? el("p", { class: "buttons" }, button()) : null),
        el("div", { class: "text-column" }, adding.node, text),
        el("div", { class: "read-rows more-rows" }, el("h4", {}, "Claims"), claims(brief, checks, text), el("h4", {}, "Findings"), findings(brief, text))));
    say(`Document read: ${count(brief.actions.length, "action")} and ${count(brief.claims.length, "claim")} found. Nothing is simulated until you use the reading.`);
    document.getElementById("document-title").focus({ preventScroll: true });
  }
  return { open };
}

const daysOf = ({ limits }) => ({ min: limits.first_day, max: limits.last_day });

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
    write(reason, shown(capital(date.reason.replace(/\.?$/, "."))));
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
      check ? el("span", { class: "sub" }, `${capital(word("claim_verdict", check.verdict))}. ${shown(check.explanation)}`) : null,
      place(text, claim.id));
  }));
}

function findings(brief, text) {
  const listed = brief.findings.filter((finding) => finding.kind !== "byline");
  if (!listed.length) return el("p", { class: "note" }, "None.");
  return el("ul", { class: "items" }, listed.slice(0, 60).map((finding) => el("li", { "data-row": finding.id, tabindex: "-1" },
    el("strong", {}, capital(word("finding", finding.kind))), ": ", shown(finding.note), place(text, finding.id))));
}

const place = (text, id) => el("button", { type: "button", class: "link-button", "aria-label": `Show ${id} in the text`, onclick: () => showMark(text, id) }, "Show");
