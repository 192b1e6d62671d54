// The text of a document with its actions, claims and findings marked. It is shown as text, whatever it holds.

import { el, fill } from "./dom.js";
import { shown } from "./words.js";

const LONGEST = 200000; // characters that are shown

function spansOf(brief) {
  const spans = [];
  for (const action of brief.actions) spans.push({ kind: "action", id: action.id, span: action.span });
  for (const claim of brief.claims) spans.push({ kind: "claim", id: claim.id, span: claim.quote_span });
  for (const finding of brief.findings) spans.push({ kind: "finding", id: finding.id, span: finding.span });
  return spans.filter(({ span }) => span.end > span.start);
}

/** Pieces of the text with what each belongs to: [{text, of: [{kind, id}], ends: [id]}]. */
export function piecesOf(brief) {
  const characters = Array.from(brief.document.text); // offsets count characters, not the units of a script's strings
  const length = Math.min(characters.length, LONGEST);
  const spans = spansOf(brief).filter(({ span }) => span.start < length).sort((a, b) => a.span.start - b.span.start);
  const cuts = [...new Set([0, length, ...spans.flatMap(({ span }) => [span.start, Math.min(span.end, length)])])].sort((a, b) => a - b);
  const pieces = [];
  let open = [];
  let next = 0;
  for (let at = 0; at < cuts.length - 1; at += 1) {
    open = open.filter(({ span }) => span.end > cuts[at]);
    while (next < spans.length && spans[next].span.start <= cuts[at]) open.push(spans[next++]);
    const of = open.filter(({ span }) => span.end > cuts[at]);
    const ends = of.filter(({ span }) => Math.min(span.end, length) === cuts[at + 1]).map(({ id }) => id);
    pieces.push({ text: characters.slice(cuts[at], cuts[at + 1]).join(""), of, ends });
  }
  return { pieces, cut: characters.length > length };
}

/** Draw the marked text in `place`; a press on a mark calls `go(id)`. */
export function drawMarked(place, brief, go) {
  const { pieces, cut } = piecesOf(brief);
  fill(place, pieces.map(({ text, of, ends }) => {
    if (!of.length) return shown(text);
    const kinds = [...new Set(of.map(({ kind }) => kind))];
    const mark = el("mark", { class: kinds.join(" "), "data-marks": of.map(({ id }) => id).join(" ") }, shown(text));
    const innermost = of.filter(({ kind }) => kind !== "finding").at(-1);
    if (innermost) mark.addEventListener("click", () => go(innermost.id));
    const tags = ends.filter((id) => !id.startsWith("f"));
    return [mark, tags.length ? el("sup", {}, tags.join(" ")) : null];
  }), cut ? el("p", { class: "note" }, "The rest is not shown here; it was read all the same.") : null);
}

/** Lead to a mark of the text, and make it stand out. */
export function showMark(place, id) {
  for (const mark of place.querySelectorAll("mark.here")) mark.classList.remove("here");
  const marks = [...place.querySelectorAll("mark")].filter((mark) => mark.dataset.marks.split(" ").includes(id));
  marks.forEach((mark) => mark.classList.add("here"));
  if (!marks[0]) return;
  const { top, bottom } = place.getBoundingClientRect(); // on a phone the text stands below what it is marked for
  if (top > innerHeight / 2 || bottom < innerHeight / 2) place.scrollIntoView({ block: "center" });
  place.scrollTop += marks[0].getBoundingClientRect().top - place.getBoundingClientRect().top - 40;
}
