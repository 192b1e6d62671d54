// The sliders: one for every lever, by theme. A slider's way is by levels of the lever's scale, so that a level has the
// same width whatever its unit; what it sets is a number in that unit.

import { el, fill, write } from "./dom.js";
import { day, percent, size } from "./words.js";
import { firstDay, nearestLevel, point, standing, withBase, withEntry, without } from "./strategy.js";

const STEPS = 24; // of the slider between two anchors of its scale
const THEMES = [
  ["Border", ["border.", "emergency."]],
  ["Asylum", ["asylum."]],
  ["Inside the United States", ["interior."]],
  ["Designation and military", ["designation.", "military."]],
  ["Drugs", ["drugs.", "mexico.lab_raids"]],
  ["Southbound: guns and money", ["arms.", "money."]],
  ["Justice and Mexico's enforcement", ["justice.", "mexico."]],
  ["Trade and diplomacy", ["trade.", "diplomacy."]],
  ["Demand and prevention", ["health.", "prevention."]],
  ["Opposition", ["opposition."]],
];

/** [theme, its levers] in order; what belongs to none comes last. */
export function byTheme(levers) {
  const left = new Set(levers);
  const found = THEMES.map(([theme, starts]) => {
    const mine = levers.filter((lever) => left.has(lever) && starts.some((start) => lever.id.startsWith(start)));
    mine.forEach((lever) => left.delete(lever));
    return [theme, mine];
  });
  return [...found, ["Others", [...left]]].filter(([, mine]) => mine.length);
}

/**
 * What a slider's way passes at equal distances: {value, level} for every level, in order of size, and for ends beyond
 * them. Levels of one size are apart, since a lever can stand on any of them; `alike` marks them.
 */
function anchorsOf(lever) {
  const levels = lever.levels.map(({ level, central }) => ({ value: central, level })).sort((a, b) => a.value - b.value || a.level - b.level);
  const ends = (value) => ({ value, level: null });
  const all = [...(lever.least < levels[0].value ? [ends(lever.least)] : []), ...levels, ...(lever.most > levels.at(-1).value ? [ends(lever.most)] : [])];
  return all.map((each, at) => ({ ...each, alike: all[at - 1]?.value === each.value || all[at + 1]?.value === each.value }));
}

/** What a position sets: a size, or, among levels of one size, the nearest of them. */
function settingAt(anchors, position, lever) {
  const whole = Math.min(anchors.length - 2, Math.floor(position / STEPS));
  const share = position / STEPS - whole;
  const [below, above] = [anchors[whole], anchors[whole + 1]];
  const on = share === 0 ? below : share === 1 || (above.value === below.value && share >= 0.5) ? above : below.value === above.value ? below : null;
  if (on?.alike) return { level: on.level, intensity: null };
  return point(rounded(below.value + share * (above.value - below.value), lever));
}

function positionOf(anchors, value, level = null) {
  const on = anchors.findIndex((each) => each.alike && each.value === value && each.level === level);
  if (on >= 0) return STEPS * on;
  if (value <= anchors[0].value) return 0;
  for (let at = 0; at < anchors.length - 1; at += 1) {
    const [below, above] = [anchors[at].value, anchors[at + 1].value];
    if (value <= above) return STEPS * (at + (above > below ? (value - below) / (above - below) : 0));
  }
  return STEPS * (anchors.length - 1);
}

function rounded(value, lever) {
  const fine = lever.step > 0 ? Math.round(value / lever.step) * lever.step : value;
  return Math.min(lever.most, Math.max(lever.least, Number(fine.toPrecision(10))));
}

/**
 * The sliders of all levers in `place`. `change(strategy, moving)` is told of a new strategy, `moving` being true while
 * a slider is dragged. What is recorded is so on the day `recordedOn`; `delivery` is the share of what is only ordered
 * that is delivered. Gives {draw(strategy, base)}.
 */
export function createLevers(place, levers, { recordedOn, delivery }, current, change) {
  const rows = levers.map((lever) => createRow(lever, { recordedOn, delivery }, current, change));
  const groups = byTheme(levers).map(([theme, mine]) => {
    const note = el("span", { class: "moved" });
    const group = el("details", { class: "theme" }, el("summary", {}, el("span", {}, theme), note),
      mine.map((lever) => rows[levers.indexOf(lever)].node));
    return { group, note, mine };
  });
  fill(place, groups.map(({ group }) => group));
  return {
    draw(strategy, base, unfold = false) {
      rows.forEach((row) => row.draw(strategy, base));
      for (const { group, note, mine } of groups) {
        const moved = mine.filter((lever) => standing(strategy, lever).entry).length;
        write(note, moved ? `${moved} moved` : "");
        if (unfold) group.open = moved > 0;
      }
      if (unfold && !groups.some(({ group }) => group.open)) groups[0].group.open = true;
    },
  };
}

function createRow(lever, { recordedOn, delivery }, current, change) {
  const anchors = anchorsOf(lever);
  const last = STEPS * (anchors.length - 1);
  const id = `lever-${lever.id}`;
  const slider = el("input", { type: "range", id, min: 0, max: last, step: 1, "data-lever": lever.id });
  const held = el("strong", { class: "held" });
  const level = el("p", { class: "level", id: `${id}-level` });
  const reset = el("button", { type: "button", class: "quiet-button reset", "aria-label": `Reset: ${lever.title}` }, "Reset");
  const track = el("div", { class: "track" }, slider, el("span", { class: "recorded", "aria-hidden": "true" }));
  slider.setAttribute("aria-describedby", level.id);
  track.style.setProperty("--recorded", String(positionOf(anchors, lever.recorded) / last));
  const more = el("details", { class: "more" }, el("summary", {}, "When and how much"));
  const node = el("div", { class: "lever", "data-lever": lever.id },
    el("div", { class: "lever-head" }, el("label", { for: id }, lever.title),
      lever.force ? el("span", { class: "flag" }, "uses force") : null, reset),
    track, el("p", { class: "sizes" }, held, " ", el("span", { class: "unit" }, lever.unit)), level, more);

  const setting = () => settingAt(anchors, slider.valueAsNumber, lever);
  const set = (moving) => change(withEntry(current().strategy, lever, setting()), moving);
  // A key that is held sends both events again and again: only a pointer that lets go has come to rest.
  let dragged = false;
  slider.addEventListener("pointerdown", () => { dragged = true; });
  slider.addEventListener("input", () => set(true));
  slider.addEventListener("change", () => {
    set(!dragged);
    dragged = false;
  });
  reset.addEventListener("click", () => {
    change(withBase(current().strategy, current().base, lever.id), false);
    slider.focus();
  });
  const details = createMore(lever, more, delivery, current, change);
  let drawn = null;

  function draw(strategy, base) {
    const now = standing(strategy, lever);
    const today = firstDay(strategy) === recordedOn;
    const key = JSON.stringify([now, standing(base, lever).entry, today]);
    if (key === drawn) return;
    drawn = key;
    const level_ = Number.isInteger(now.entry?.level) && !now.entry.intensity ? now.entry.level : null;
    const at = positionOf(anchors, now.central, level_);
    const mine = document.activeElement === slider && (Math.abs(slider.valueAsNumber - at) <= 1 || (level_ !== null && setting().level === level_));
    if (!mine) slider.value = String(Math.round(at));
    const { held: sizeTold, level: levelTold } = told(lever, now, today);
    write(held, sizeTold);
    write(level, levelTold);
    slider.setAttribute("aria-valuetext", `${sizeTold} ${lever.unit}. ${levelTold}`);
    track.style.setProperty("--value", String(Math.min(1, Math.max(0, at / last))));
    node.classList.toggle("is-moved", Boolean(now.entry));
    reset.hidden = JSON.stringify(now.entry) === JSON.stringify(standing(base, lever).entry);
    details.draw(strategy);
  }
  return { node, draw };
}

/** How a lever stands, in words. The record is known for one day; a strategy that begins on another is told so. */
function told(lever, now, today) {
  const { entry } = now;
  const spread = now.low < now.high ? ` (${size(now.low)} to ${size(now.high)})` : "";
  const near = Number.isInteger(entry?.level) && !entry.intensity ? lever.levels.find((each) => each.level === entry.level) : nearestLevel(lever, now.central);
  const stands = `Level ${near.level}: ${near.meaning}`;
  if (!entry) {
    if (today) return { held: size(now.central), level: `${stands}; as recorded` };
    return { held: `${size(now.central)} now`, level: "As on record when the strategy begins, which may differ from now" };
  }
  const part = entry.delivery ? "; delivered in part" : "";
  const recorded = today ? `; recorded ${size(lever.recorded)}` : `; on record now ${size(lever.recorded)}`;
  if (entry.change && !today) {
    const { low, central, high } = entry.change;
    const by = `${central < 0 ? "" : "+"}${size(central)}${low < high ? ` (${size(low)} to ${size(high)})` : ""}`;
    return { held: by, level: `On top of what was on record when it begins${part}${recorded}` };
  }
  return { held: size(now.central) + spread, level: stands + part + recorded };
}

/** Exact size, level with its range, start, end and share delivered of one lever; made when first opened. */
function createMore(lever, place, delivery, current, change) {
  let fields = null;
  const put = (change_) => change(withEntry(current().strategy, lever, change_), false);

  function build() {
    const id = (name) => `more-${name}-${lever.id}`;
    const exact = el("input", { type: "number", id: id("exact"), min: 0, max: lever.most, step: "any", inputmode: "decimal" });
    const level = el("select", { id: id("level") }, el("option", { value: "" }, "an exact number"),
      lever.levels.map((each) => el("option", { value: each.level },
        `${each.level} (${size(each.low)} to ${size(each.high)}): ${each.meaning}`)));
    const start = el("input", { type: "date", id: id("start"), required: true });
    const end = el("input", { type: "date", id: id("end") });
    const part = el("input", { type: "checkbox", id: id("part") });
    const clear = el("button", { type: "button", class: "quiet-button" }, "Leave as recorded");
    const warn = el("p", { class: "field-problem", role: "alert" });
    const label = (input, text) => el("p", { class: "field" }, el("label", { for: input.id }, text), input);
    place.append(el("div", { class: "fields" }, label(exact, "Size"), label(level, "Level, with its range"),
      label(start, "From"), label(end, "Until (empty: to the end)"),
      el("p", { class: "field check" }, part, el("label", { for: part.id }, `Delivered in part, as what is only ordered is: ${percent(delivery.low)} to ${percent(delivery.high)}, median ${percent(delivery.central)}`)), warn, clear,
      el("p", { class: "note" }, lever.price), el("p", { class: "note" }, `Decided by: ${lever.decided_by || lever.actor}.`)));
    exact.addEventListener("change", () => {
      const value = exact.valueAsNumber;
      const right = Number.isFinite(value) && value >= 0 && value <= lever.most;
      write(warn, right ? "" : `Give a number from 0 to ${size(lever.most)}.`);
      if (right) put({ level: null, ...point(value) });
    });
    level.addEventListener("change", () => level.value !== "" && put({ intensity: null, level: Number(level.value) }));
    const dates = () => {
      const right = start.value && (!end.value || end.value > start.value);
      write(warn, right ? "" : "The end must come after the start.");
      if (right) put({ start: start.value, end: end.value || null });
    };
    start.addEventListener("change", dates);
    end.addEventListener("change", dates);
    part.addEventListener("change", () => put(part.checked
      ? { delivery, status: lever.actor === "US" ? "ordered" : "announced" } : { delivery: null, status: "in_force" }));
    clear.addEventListener("click", () => change(without(current().strategy, lever.id), false));
    fields = { exact, level, start, end, part, clear };
  }

  function draw(strategy) {
    if (!place.open) return;
    if (!fields) build();
    const now = standing(strategy, lever);
    fields.exact.value = String(now.central);
    fields.level.value = Number.isInteger(now.entry?.level) && !now.entry.intensity ? String(now.entry.level) : "";
    fields.start.value = now.entry?.start || strategy.date.end;
    fields.end.value = now.entry?.end || "";
    fields.part.checked = Boolean(now.entry?.delivery);
    fields.clear.hidden = !now.entry;
  }
  place.addEventListener("toggle", () => draw(current().strategy));
  return { draw };
}

/** What is moved, in a line each, for a reader and for the comparison. */
export function movedIn(strategy, levers) {
  return levers.map((lever) => [lever, standing(strategy, lever)]).filter(([, now]) => now.entry)
    .map(([lever, now]) => `${lever.title}: ${size(now.central)} from ${day(now.entry.start)}`);
}

