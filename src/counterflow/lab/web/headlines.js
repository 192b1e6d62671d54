// The four headlines as probabilities, each with what chance alone could change of it, and what was there before.

import { el, fill, write } from "./dom.js";
import { capital, margin, percent, REFERENCES } from "./words.js";
import { colourOfHeadline } from "./outcomes.js";

/** Tiles in `place`. Gives {draw(answer), word(rests or null), keep(same)}. */
export function createHeadlines(place, rows) {
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
    return { row, parts, node, now: null, before: null };
  });
  fill(place, tiles.map((tile) => tile.node));

  return {
    draw(answer) {
      for (const tile of tiles) {
        const of = (reference) => answer.headlines.find((h) => h.id === tile.row.id && h.reference === reference);
        const none = of("none");
        const before = of("before");
        tile.now = none?.probability ?? null;
        write(tile.parts.chance, percent(tile.now));
        write(tile.parts.margin, none ? margin(none.probability, none.mc_error, answer.draws) : "");
        tile.parts.bar.style.setProperty("--share", String(tile.now ?? 0));
        write(tile.parts.second, before ? `Against ${REFERENCES.before}: ${percent(before.probability)}` : "");
        const moved = tile.before !== null && percent(tile.before) !== percent(tile.now);
        tile.parts.bar.style.setProperty("--before", String(tile.before ?? 0));
        tile.parts.bar.classList.toggle("has-before", moved);
        write(tile.parts.was, moved ? `was ${percent(tile.before)}` : "");
      }
    },
    /** The words of what it rests on; without them, that they are not known yet. */
    word(rests) {
      for (const tile of tiles) {
        const found = rests?.headlines.find((h) => h.id === tile.row.id && h.reference === "none");
        write(tile.parts.word, found ? capital(found.word) : "being judged…");
        tile.parts.word.classList.toggle("pending", !found);
        tile.node.classList.toggle("open", Boolean(found?.undetermined));
      }
    },
    /** What is shown becomes what was before; nothing does where another strategy comes. */
    keep(same) {
      for (const tile of tiles) tile.before = same ? tile.now : null;
    },
  };
}

/** One sentence for a reader of the screen: the four probabilities, said when they have settled. */
export function spoken(answer, rows) {
  const parts = rows.map((row) => {
    const found = answer.headlines.find((h) => h.id === row.id && h.reference === "none");
    return `${row.title} ${percent(found?.probability)}`;
  });
  return `New answer from ${answer.draws} draws: ${parts.join("; ")}.`;
}
