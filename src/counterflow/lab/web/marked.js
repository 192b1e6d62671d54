// The text of a document with its actions, claims and findings marked. It is shown as text, whatever it holds.

import { el, fill } from "./dom.js";
import { shown } from "./words.js";

const LONGEST = 200000; // characters that are shown

// Where each piece of text that is shown begins in the document, and what it says there: {start, text} by text node.
const origins = new WeakMap();

function spansOf(brief) {
  const spans = [];
  for (const action of brief.actions) spans.push({ kind: "action", id: action.id, span: action.span });
  for (const claim of brief.claims) spans.push({ kind: "claim", id: claim.id, span: claim.quote_span });
  for (const finding of brief.findings) spans.push({ kind: "finding", id: finding.id, span: finding.span });
  return spans;
}

/** Pieces of the text, cut where one of `marks` ({kind, id, span}) begins or ends: [{start, text, of: marks, ends: [id]}]. */
export function piecesOf(characters, marks) {
  const length = Math.min(characters.length, LONGEST);
  const spans = marks.filter(({ span }) => span.end > span.start && span.start < length).sort((a, b) => a.span.start - b.span.start);
  const cuts = [...new Set([0, length, ...spans.flatMap(({ span }) => [span.start, Math.min(span.end, length)])])].sort((a, b) => a - b);
  const pieces = [];
  let open = [];
  let next = 0;
  for (let at = 0; at < cuts.length - 1; at += 1) {
    open = open.filter(({ span }) => span.end > cuts[at]);
    while (next < spans.length && spans[next].span.start <= cuts[at]) open.push(spans[next++]);
    const of = open.filter(({ span }) => span.end > cuts[at]);
    const ends = of.filter(({ span }) => Math.min(span.end, length) === cuts[at + 1]).map(({ id }) => id);
    pieces.push({ start: cuts[at], text: characters.slice(cuts[at], cuts[at + 1]).join(""), of, ends });
  }
  return pieces;
}

/**
 * Draw the marked text in `place`, with further marks `{kind, id, span}` beside those of what was read; a press on a mark
 * calls `go(id)`. Offsets count `characters`, not the units of a script's strings.
 */
export function drawMarked(place, { brief, characters }, further, go) {
  const before = place.scrollTop;
  fill(place, piecesOf(characters, [...spansOf(brief), ...further]).map(({ start, text, of, ends }) => {
    const node = document.createTextNode(shown(text));
    origins.set(node, { start, text });
    if (!of.length) return node;
    const kinds = [...new Set(of.map(({ kind }) => kind))];
    const mark = el("mark", { class: kinds.join(" "), "data-marks": of.map(({ id }) => id).join(" ") }, node);
    const innermost = of.filter(({ kind }) => kind !== "finding" && kind !== "found").at(-1);
    if (innermost) mark.addEventListener("click", () => go(innermost.id));
    const tags = ends.filter((id) => !id.startsWith("f"));
    return [mark, tags.length ? el("sup", {}, tags.join(" ")) : null];
  }), characters.length > LONGEST ? el("p", { class: "note" }, "The rest is not shown here; it was read all the same.") : null);
  place.scrollTop = before;
}

/** What of the document is selected in `place`: {start, end}, without white space at its ends; null where nothing is. */
export function selectedIn(place, characters) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !place.contains(selection.anchorNode)) return null;
  const range = selection.getRangeAt(0);
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  let start = null;
  let end = null;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const origin = origins.get(node);
    if (!origin || !range.intersectsNode(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    if (to <= from) continue;
    start ??= origin.start + charactersBefore(origin.text, from, Math.floor);
    end = origin.start + charactersBefore(origin.text, to, Math.ceil);
  }
  return start === null ? null : trimmed({ start, end }, characters);
}

/** How many characters of a text stand before a place in it as it is shown; `round` decides about one that is cut. */
function charactersBefore(text, place, round) {
  let units = 0;
  let count = 0;
  for (const character of text) {
    if (units >= place) break;
    const { length } = shown(character);
    count += units + length > place ? round((place - units) / length) : 1;
    units += length;
  }
  return count;
}

function trimmed({ start, end }, characters) {
  while (start < end && /\s/.test(characters[start])) start += 1;
  while (end > start && /\s/.test(characters[end - 1])) end -= 1;
  return start < end ? { start, end } : null;
}

// What a keyboard writes in the place of what print has.
const ALIKE = [["'", "['’‘]"], ["\"", "[\"“”]"], ["-", "[-‐‑–—]"]];

/** Where words stand in a text, whatever their case, quotation marks and white space: [{start, end}]. */
export function placesOf(words, text) {
  const escaped = words.trim().split(/\s+/).map((word) => {
    const plain = word.replace(/[‘’]/g, "'").replace(/[“”]/g, "\"").replace(/[‐‑–—]/g, "-").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return ALIKE.reduce((pattern, [mark, any]) => pattern.replaceAll(mark, any), plain);
  });
  if (!escaped[0]) return [];
  const found = [];
  let count = 0;
  let at = 0;
  for (const match of text.matchAll(new RegExp(escaped.join("\\s+"), "giu"))) {
    count += Array.from(text.slice(at, match.index)).length;
    const length = Array.from(match[0]).length;
    found.push({ start: count, end: count + length });
    count += length;
    at = match.index + match[0].length;
  }
  return found;
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
