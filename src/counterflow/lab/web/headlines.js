// The four headlines as probabilities, each with what chance alone could change of it, and what was there before.

import { el, fill, write } from "./dom.js";
import { capital, isUntested, margin, percent, unreached, word } from "./words.js";
import { colourOfHeadline, untouched } from "./outcomes.js";

/** Tiles in `place`, and their figures in `strip`. Gives {draw(answer), word(rests or null, otherwise), keep(same)}. */
export function createHeadlines(place, strip, rows) {
  const tiles = rows.map((row) => {
    const parts = {
      chance: el("strong", { class: "chance", "data-probability": row.id }),
      margin: el("span", { class: "margin" }),
      word: el("p", { class: "word", "data-word": row.id }),
      bar: el("div", { class: `bar ${colourOfHeadline(row.id).slice(2)}`, "aria-hidden": "true" },
        el("span", { class: "third" }), el("span", { class: "third two" }), el("span", { class: "filled" }), el("span", { class: "before" })),
      was: el("p", { class: "was" }),
      second: el("p", { class: "second" }),
    };
    const node = el("section", { class: "tile", "data-headline": row.id, "aria-labelledby": `headline-${row.id}` },
      el("h3", { id: `headline-${row.id}` }, el("span", { class: `dot ${colourOfHeadline(row.id).slice(2)}`, "aria-hidden": "true" }), row.title),
      el("p", { class: "figure" }, parts.chance, " ", parts.margin), parts.word, parts.bar,
      parts.was, el("p", { class: "criterion" }, capital(row.meaning.none || "")), parts.second);
    const figure = el("b", {});
    return { row, parts, node, figure, line: el("span", {}, figure, row.title), answer: null, judged: null, now: null, before: null };
  });
  fill(place, tiles.map((tile) => tile.node));
  fill(strip, tiles.map((tile) => tile.line));

  // What no lever reaches has no probability: a dash, and why. Until it is judged, an outcome that did not move tells it.
  function show({ row, parts, figure, answer, judged, before, now: met }) {
    const of = (reference) => answer.headlines.find((h) => h.id === row.id && h.reference === reference);
    const none = of("none");
    const past = of("before");
    const dash = judged ? isUntested(judged) : untouched(answer, row.id);
    const now = dash ? null : met;
    write(parts.chance, percent(now));
    write(figure, percent(now));
    write(parts.margin, none && !dash ? margin(none.probability, none.mc_error, answer.draws) : "");
    parts.bar.style.setProperty("--share", String(now ?? 0));
    write(parts.second, dash ? unreached() : past ? `${capital(word("reference", "before"))}: ${percent(past.probability)}` : "");
    const moved = before !== null && !dash && percent(before) !== percent(now);
    parts.bar.style.setProperty("--before", String(before ?? 0));
    parts.bar.classList.toggle("has-before", moved);
    write(parts.was, moved ? `was ${percent(before)}` : "");
  }

  return {
    draw(answer) {
      for (const tile of tiles) {
        tile.answer = answer;
        tile.now = answer.headlines.find((h) => h.id === tile.row.id && h.reference === "none")?.probability ?? null;
        show(tile);
      }
    },
    /** The words of what it rests on; without them, that they are not known yet, or `otherwise`. */
    word(rests, otherwise = "being judged…") {
      for (const tile of tiles) {
        tile.judged = rests?.headlines.find((h) => h.id === tile.row.id && h.reference === "none") || null;
        write(tile.parts.word, tile.judged ? capital(tile.judged.word) : otherwise);
        tile.parts.word.classList.toggle("pending", !tile.judged);
        tile.node.classList.toggle("open", Boolean(tile.judged?.undetermined));
        if (tile.answer && tile.judged) show(tile);
      }
    },
    /** What is shown becomes what was before; nothing does where another strategy comes. */
    keep(same) {
      for (const tile of tiles) tile.before = same && tile.answer && !untouched(tile.answer, tile.row.id) ? tile.now : null;
    },
  };
}

/** One sentence for a reader of the screen: the four probabilities, said when they have settled. */
export function spoken(answer, rows) {
  const parts = rows.map((row) => {
    const found = answer.headlines.find((h) => h.id === row.id && h.reference === "none");
    return `${row.title} ${untouched(answer, row.id) ? word("not_tested", "word") : percent(found?.probability)}`;
  });
  return `New answer from ${answer.draws} draws: ${parts.join("; ")}.`;
}
