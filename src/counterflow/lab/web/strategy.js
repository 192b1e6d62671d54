// A strategy is plain data, the same as in a strategy file. Nothing here changes one: each function gives a new one.

const ENDING = new Set(["suspended", "blocked", "rescinded", "ended"]);
const REASON = "set in the lab";
/** All that a strategy puts on a lever, in order of start, with what the record fills left out of what is written. */
export function entriesOn(strategy, leverId) {
  const refused = new Set(strategy.refused || []);
  const record = (strategy.record || []).filter((entry) => !refused.has(entry.record_id));
  const filled = new Set(record.map((entry) => entry.fills).filter(Boolean));
  const written = (strategy.written || []).filter((entry) => !entry.source || !filled.has(entry.source));
  return [...written, ...record].filter((entry) => entry.lever === leverId).sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** The sizes at which a lever ends up: {low, central, high} in its unit, and the entry that sets it. */
export function standing(strategy, lever) {
  let size = { low: lever.recorded, central: lever.recorded, high: lever.recorded };
  let entry = null;
  for (const each of entriesOn(strategy, lever.id)) {
    const range = each.intensity || (Number.isInteger(each.level) ? rangeOf(lever, each.level) : null);
    if (each.change) size = moved(size, each.change);
    else if (range) size = range;
    else if (ENDING.has(each.status)) size = { low: lever.recorded, central: lever.recorded, high: lever.recorded };
    else continue;
    entry = each;
  }
  return { ...size, entry };
}

const moved = (size, by) => ({ low: size.low + by.low, central: size.central + by.central, high: size.high + by.high });

/** The range of a level of a lever's scale. */
export function rangeOf(lever, level) {
  const found = lever.levels.find((each) => each.level === level);
  return { low: found.low, central: found.central ?? (found.low + found.high) / 2, high: found.high };
}

/** The level whose central value is nearest to a size. */
export function nearestLevel(lever, size) {
  const gap = (level) => Math.abs(rangeOf(lever, level.level).central - size);
  const inside = lever.levels.filter((level) => level.low <= size && size <= level.high);
  return (inside.length ? inside : lever.levels).reduce((best, level) => (gap(level) < gap(best) ? level : best));
}

/** The strategy without anything on a lever. */
export function without(strategy, leverId) {
  const rest = (entries) => (entries || []).filter((entry) => entry.lever !== leverId);
  return { ...strategy, written: rest(strategy.written), record: rest(strategy.record) };
}

/** The strategy with one entry of the user's on a lever, in the place of all others; keeps when and how much of it. */
export function withEntry(strategy, lever, change) {
  const before = entriesOn(strategy, lever.id).at(-1);
  const entry = {
    lever: lever.id,
    start: before?.start || strategy.date.end,
    start_reason: REASON,
    status: before?.delivery ? (lever.actor === "US" ? "ordered" : "announced") : "in_force",
    basis: "user",
  };
  if (before?.end && !ENDING.has(before.status)) entry.end = before.end;
  if (before?.delivery) entry.delivery = before.delivery;
  if (!("level" in change) && !("intensity" in change)) Object.assign(entry, sizeOf(standing(strategy, lever)));
  Object.assign(entry, change);
  for (const key of ["end", "delivery", "level", "intensity"]) if (entry[key] === null) delete entry[key];
  const rest = without(strategy, lever.id);
  return { ...rest, written: [...rest.written, entry] };
}

function sizeOf({ low, central, high, entry }) {
  return Number.isInteger(entry?.level) && !entry.intensity ? { level: entry.level } : { intensity: { low, central, high } };
}

export const point = (value) => ({ intensity: { low: value, central: value, high: value } });

/** A lever as `base` has it. */
export function withBase(strategy, base, leverId) {
  const rest = without(strategy, leverId);
  const of = (entries) => (entries || []).filter((entry) => entry.lever === leverId);
  return { ...rest, written: [...rest.written, ...of(base.written)], record: [...rest.record, ...of(base.record)] };
}

/** The strategy with a parameter of the model set, or (`override` null) drawn as the model has it. */
export function withParameter(strategy, key, override) {
  const parameters = { ...(strategy.parameters || {}) };
  if (override) parameters[key] = { ...override, source: REASON };
  else delete parameters[key];
  return { ...strategy, parameters };
}

/** The strategy with all that starts on one day starting on another. */
export function startingOn(strategy, start) {
  const by = (Date.parse(start) - Date.parse(firstDay(strategy))) / 86400000;
  const shift = (iso) => new Date(Date.parse(iso) + by * 86400000).toISOString().slice(0, 10);
  const written = strategy.written.map((entry) => ({
    ...entry, start: shift(entry.start), ...(entry.end ? { end: shift(entry.end) } : {}),
  }));
  return { ...strategy, date: { ...strategy.date, start, end: start, source: "user", reason: REASON }, written };
}

/** The first day on which the strategy moves a lever. */
export function firstDay(strategy) {
  const refused = new Set(strategy.refused || []);
  const starts = [...(strategy.written || []), ...(strategy.record || []).filter((entry) => !refused.has(entry.record_id))].map((entry) => entry.start);
  return starts.length ? starts.reduce((a, b) => (a < b ? a : b)) : strategy.date.start;
}

/** Whether a document, or what the record adds to one, says when it begins. */
export const isDocument = (strategy) => Boolean(strategy.document_sha256) || (strategy.record || []).length > 0;

/** The courses of events that a strategy has, of all that the catalogue lists: its rows, the leading one first. */
export function courses({ record, considered }, listed) {
  return listed.filter((row) => (!row.record || (record || []).length) &&
    (!row.considered.length || (considered || []).some((id) => row.considered.includes(id))));
}

/** The title of a course of events; empty where a strategy has but one. */
export function courseTitle(strategy, branch, listed) {
  const found = courses(strategy, listed);
  if (found.length < 2 && !branch) return "";
  return found.find(({ id }) => id === (branch || found[0].id))?.title || branch;
}
