// Numbers and codes in plain words: rounded to what is known, as in the report.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

/** Whole numbers, halves to the even one: as the report rounds. */
const whole = (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

/** A positive number at `significant` figures; what lies exactly half-way goes to the even one. */
function rounded(value, significant) {
  const digits = significant - 1 - Math.floor(Math.log10(value));
  const up = Number(value.toPrecision(significant));
  const down = Number((up - 10 ** -digits).toPrecision(significant));
  const exact = digits < 0 || Number.isInteger(value * 2 ** (digits + 1)); // in binary, few fractions are half-way
  const half = digits < 0 ? up - value === value - down : (value * 10 ** digits) % 1 === 0.5;
  const odd = Number(up.toExponential(significant - 1).split("e")[0].at(-1)) % 2 === 1;
  return up > value && exact && half && odd ? down : up;
}

/** A number at `significant` figures with thousands marked; an en dash where unknown. */
export function number(value, significant = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const digits = significant - 1 - Math.floor(Math.log10(Math.abs(value)));
  const text = rounded(Math.abs(value), significant).toLocaleString("en-US", { maximumFractionDigits: Math.max(0, Math.min(20, digits)) });
  return value < 0 ? `−${text}` : text;
}

/** A size as it is set: in full from a thousand on, else at three figures. */
export function size(value) {
  return number(value, Math.abs(value) >= 1000 ? 6 : 3);
}

/** A probability in whole percent; "<1%" and ">99%" near the ends, 0% and 100% only when exactly so. */
export function percent(probability) {
  if (probability === null || probability === undefined) return "–";
  if (probability > 0 && probability < 0.01) return "<1%";
  if (probability > 0.99 && probability < 1) return ">99%";
  return `${whole(100 * probability)}%`;
}

/** What chance alone could change of a probability: twice its standard error, or the rule of three at the ends. */
export function margin(probability, error, draws) {
  const bound = Math.min(100, Math.ceil(300 / draws));
  if (probability <= 0) return `up to ${bound}%`;
  if (probability >= 1) return `${100 - bound}% or more`;
  return `±${Math.max(1, whole(200 * error))}`;
}

/** USD at two figures, e.g. $1.2 billion. */
export function dollars(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const amount = value === 0 ? 0 : rounded(Math.abs(value), 2);
  const [unit, name] = [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"]].find(([at]) => amount >= at) || [1, ""];
  return `${value < 0 ? "−" : ""}$${number(amount / unit, 2)}${name}`;
}

/** "2025-03-01" as "1 March 2025". */
export function day(iso) {
  const [year, month, date] = String(iso).split("-").map(Number);
  return date ? `${date} ${MONTHS[month - 1]} ${year}` : `${MONTHS[month - 1]} ${year}`;
}

/** "2025-03" as "Mar 2025". */
export function month(iso) {
  const [year, index] = String(iso).split("-").map(Number);
  return `${MONTHS[index - 1].slice(0, 3)} ${year}`;
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const plain = (code) => String(code).replaceAll("_", " ");
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

let known = {}; // {group: {code: words}}

/** Take in the words that the catalogue has for codes. */
export function learn(words) {
  known = words;
}

/** A code in words; where there are none for it, the code itself without underscores. */
export const word = (group, code) => known[group]?.[code] ?? plain(code);
export const codes = (group) => Object.keys(known[group] || {});

/** Why a headline that no lever reaches has no probability. */
export const unreached = () => `${capital(word("not_tested", "why"))}.`;
export const isUntested = (headline) => headline.word === word("not_tested", "word");

// Characters that turn or hide text. They are named where they stand, so that what is read is what is there.
const HIDDEN = { "\u00ad": "SHY", "\u061c": "ALM", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM", "\u200f": "RLM",
  "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI",
  "\u2068": "FSI", "\u2069": "PDI", "\ufeff": "BOM" };
const pointOf = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

/** `text` with characters that turn or hide it (Unicode's format characters) named in brackets. */
export function shown(text) {
  return String(text).replace(/\p{Cf}/gu, (character) => `[${HIDDEN[character] || pointOf(character)}]`);
}
