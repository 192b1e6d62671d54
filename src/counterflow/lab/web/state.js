// What the page is about, and its link. The whole of it stands in the address after "#", which no server is sent.

import { Refusal } from "./api.js";

const MARK = "s1.";
const PLAIN = "s0.";
const LONGEST = 200000;

/** A place for the page's state that tells its listeners of every change: set({...}, {why}). */
export function createStore(initial) {
  let state = initial;
  const listeners = [];
  return {
    get: () => state,
    set(change, about = {}) {
      const before = state;
      state = { ...state, ...change };
      for (const listener of listeners) listener(state, before, about);
    },
    listen: (listener) => listeners.push(listener),
  };
}

async function through(bytes, stream) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  const reader = piped.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > 20 * LONGEST) throw new RangeError("too long");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function toText(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** The part of the link after "#": compressed where the browser can. */
export async function fragmentOf({ strategy, years, draws, seed, branch, pins }) {
  const bytes = new TextEncoder().encode(JSON.stringify({ strategy, years, draws, seed, branch, pins }));
  if (!("CompressionStream" in globalThis)) return PLAIN + toText(bytes);
  return MARK + toText(await through(bytes, new CompressionStream("deflate-raw")));
}

/** Why a link is not followed, with what the server said where it was asked. */
export const unreadable = ({ message = "", where = "" } = {}) => new Refusal({
  code: "link",
  message: `This link does not hold a strategy that can be read.${message ? ` ${message}` : ""}`,
  where,
  hint: "It may have been cut short when it was copied. Ask for it again, or begin from a preset.",
});

/** What a link holds, within the `limits` of the catalogue; null where there is none. Throws a Refusal for one that cannot be read. */
export async function fromFragment(hash, limits) {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith(MARK) && !text.startsWith(PLAIN)) return null;
  try {
    if (text.length > LONGEST) throw new RangeError("too long");
    let bytes = toBytes(text.slice(MARK.length));
    if (text.startsWith(MARK)) bytes = await through(bytes, new DecompressionStream("deflate-raw"));
    return checked(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), limits);
  } catch {
    throw unreadable();
  }
}

const within = (value, { least, most, usual }) => (Number.isInteger(value) && value >= least && value <= most ? value : usual);

/** True for what has the shape of a strategy; the server reads it strictly. */
export function isStrategy(value) {
  const entries = (list) => Array.isArray(list) && list.every((e) => e && typeof e.lever === "string" && typeof e.start === "string");
  return Boolean(value) && typeof value.title === "string" && typeof value.date?.start === "string" &&
    typeof value.date?.end === "string" && entries(value.written) && entries(value.record ?? []);
}

// A pin is a strategy with the course of events that is looked at; in older links it is the strategy alone.
const pinned = (pin) => (isStrategy(pin) ? { strategy: pin, branch: null } : isStrategy(pin?.strategy) ? { strategy: pin.strategy, branch: named(pin.branch) } : null);
const named = (branch) => (typeof branch === "string" ? branch : null);

function checked(found, limits) {
  if (!isStrategy(found.strategy)) throw new TypeError("no strategy");
  return {
    strategy: found.strategy,
    years: within(found.years, limits.years),
    draws: within(found.draws, limits.draws),
    seed: within(found.seed, limits.seed),
    branch: named(found.branch),
    pins: Array.isArray(found.pins) ? found.pins.map(pinned).filter(Boolean).slice(0, limits.compared.most - 1) : [],
  };
}
