// What a reader missed: words of the document, selected or searched for, become an action of the person's own.

import { el, write } from "./dom.js";
import { placesOf, selectedIn } from "./marked.js";
import { count, shown } from "./words.js";

const LONGEST = 2000; // characters of an action's words
const AROUND = 40; // characters told on either side of words that were found
const PAUSE = 120; // milliseconds after which a selection is looked at

/**
 * The panel above the marked `text`, to choose words in it. `found({start, end} or null)` marks words that were searched
 * for, and `add({start, end, quote})` takes what is chosen. Gives {node, focus()}.
 */
export function createAdding({ text, document: of, characters }, { found, add }) {
  const input = el("input", { type: "search", id: "missed-words", autocomplete: "off", "aria-describedby": "missed-told" });
  const told = el("p", { class: "note", id: "missed-told", role: "status" });
  const next = el("button", { type: "button" }, "Find");
  const take = el("button", { type: "button", class: "primary", disabled: true }, "Add as an action");
  let chosen = null; // {start, end}
  let places = [];
  let at = -1;

  const quote = ({ start, end }) => characters.slice(start, end).join("");
  function choose(span, words) {
    chosen = span;
    take.disabled = !span;
    write(told, words);
  }

  function search() {
    if (!input.value.trim()) {
      found(null);
      choose(null, "Type words of the document first.");
      return;
    }
    places = placesOf(input.value, of.text);
    at = places.length ? (at + 1) % places.length : -1;
    found(places[at] || null);
    if (at < 0) choose(null, "The document does not say these words one after the other.");
    else if (places[at].end - places[at].start > LONGEST) choose(null, `Choose at most ${LONGEST} characters.`);
    else choose(places[at], `${at + 1} of ${places.length}: …${shown(around(places[at]))}…`);
    write(next, places.length > 1 ? "Find the next" : "Find");
  }
  /** The words with those about them, none of which is cut. */
  function around({ start, end }) {
    const before = quote({ start: Math.max(0, start - AROUND), end: start });
    const after = quote({ start: end, end: end + AROUND });
    const whole = (start > AROUND ? before.replace(/^\S+/, "") : before) + quote({ start, end }) + after.replace(/\S+$/, "");
    return whole.replace(/\s+/g, " ").trim();
  }

  function select() {
    const span = selectedIn(text, characters);
    if (!span) return; // what was chosen before stays so: a press on the button ends a selection
    const words = quote(span);
    input.value = words.length > LONGEST ? "" : words.replace(/\s+/g, " ");
    at = -1;
    if (words.length > LONGEST) choose(null, `Select at most ${LONGEST} characters.`);
    else choose(span, `${count(words.trim().split(/\s+/).length, "word")} selected.`);
  }

  input.addEventListener("input", () => {
    at = -1;
    choose(null, "");
    write(next, "Find");
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") search(); });
  next.addEventListener("click", search);
  take.addEventListener("click", () => {
    const span = chosen;
    getSelection().removeAllRanges();
    input.value = "";
    at = -1;
    found(null);
    choose(null, "");
    add({ ...span, quote: quote(span) });
  });
  let timer = 0;
  const listen = () => {
    if (!text.isConnected) document.removeEventListener("selectionchange", listen); // another document came
    clearTimeout(timer);
    timer = setTimeout(select, PAUSE);
  };
  document.addEventListener("selectionchange", listen);

  return {
    node: el("section", { class: "missed", "aria-labelledby": "missed-title" },
      el("h4", { id: "missed-title" }, "Was an action missed?"),
      el("p", { class: "field" }, el("label", { for: input.id }, "Select its words in the text below, or type them as the document has them"), input),
      told, el("p", { class: "buttons" }, next, take)),
    focus: () => input.focus(),
  };
}
