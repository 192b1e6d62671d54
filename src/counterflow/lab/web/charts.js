// Fan charts: history, the median of the strategy with its 50% and 90% bands, and the line without the strategy.

import { el, fill, scroller, table, write } from "./dom.js";
import { month, number } from "./words.js";
import { colourOf, told } from "./outcomes.js";

const HISTORY = 36; // months before the strategy
const LEVELS = ["0.05", "0.25", "0.5", "0.75", "0.95"];
const seconds = (iso) => Date.parse(`${iso}-01T00:00:00Z`) / 1000;
const inkOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function faint(hex, share) {
  const part = (at) => parseInt(hex.slice(at, at + 2), 16);
  return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${share})`;
}

/** Rows of one axis of months: [x, history, none 5%, none 95%, none, 5%, 95%, 25%, 75%, median]. */
function columns(fan, months, observed) {
  const begin = months[0];
  const seen = new Map((observed?.months || []).map((m, i) => [m, observed.values[i]]));
  const before = [...seen.keys()].filter((m) => m < begin).sort().slice(-HISTORY);
  const all = [...before, ...months];
  const run = (values) => [...before.map(() => null), ...values];
  return [all.map(seconds), all.map((m) => seen.get(m) ?? null), run(fan.none["0.05"]), run(fan.none["0.95"]), run(fan.none["0.5"]),
    run(fan.quantiles["0.05"]), run(fan.quantiles["0.95"]), run(fan.quantiles["0.25"]), run(fan.quantiles["0.75"]), run(fan.quantiles["0.5"])];
}

const short = (value) => {
  const size = Math.abs(value);
  if (size >= 1e9) return `${number(value / 1e9, 2)}bn`;
  if (size >= 1e6) return `${number(value / 1e6, 2)}m`;
  if (size >= 1e4) return `${number(value / 1e3, 3)}k`;
  return number(value, 3);
};

function options(outcome, width, height, hover, range) {
  const ink = inkOf("--ink");
  const muted = inkOf("--muted");
  const rule = inkOf("--rule");
  const none = inkOf("--none");
  const colour = inkOf(colourOf(outcome));
  const axis = { stroke: muted, font: "11px system-ui, sans-serif", ticks: { stroke: rule, size: 4, width: 1 } };
  const years = (u, splits) => splits.map((at) => String(new Date(at * 1000).getUTCFullYear()));
  const edge = { stroke: "transparent", width: 0, points: { show: false } };
  return {
    width, height, legend: { show: false }, padding: [8, 16, 0, 0], pxAlign: 1,
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    tzDate: (at) => new Date(at * 1000 + new Date().getTimezoneOffset() * 60000),
    scales: { x: { time: true }, y: { range: (u, least, most) => range(least, most) } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, values: years, splits: (u, i, least, most) => januaries(least, most) },
      { ...axis, grid: { stroke: rule, width: 1 }, size: 46, space: 34, values: (u, splits) => splits.map(short) },
    ],
    series: [
      {},
      { stroke: ink, width: 1.5, points: { show: false }, spanGaps: true },
      edge, edge,
      { stroke: none, width: 1.5, dash: [4, 3], points: { show: false } },
      edge, edge, edge, edge,
      { stroke: colour, width: 2, points: { show: false } },
    ],
    bands: [
      { series: [3, 2], fill: faint(none, 0.18) },
      { series: [6, 5], fill: faint(colour, 0.2) },
      { series: [8, 7], fill: faint(colour, 0.36) },
    ],
    hooks: { setCursor: [(u) => hover(u.cursor.idx)] },
  };
}

function januaries(least, most) {
  const first = new Date(least * 1000).getUTCFullYear();
  const last = new Date(most * 1000).getUTCFullYear();
  const years = Array.from({ length: last - first + 2 }, (_, i) => Date.UTC(first + i, 0, 1) / 1000);
  const inside = years.filter((at) => at >= least && at <= most);
  const every = Math.ceil(inside.length / 7);
  return inside.filter((at, i) => i % every === 0);
}

const fromZero = (least, most) => {
  const low = Math.min(0, least ?? 0);
  const high = most === null || most === undefined || most <= low ? low + 1 : most;
  return [low, high + 0.04 * (high - low)];
};

/** A chart's figure. Gives {node, draw(fan, months, observed, range?), renew()}: `renew` after the colours changed. */
export function createChart(outcome, { title = outcome.title, height = 190, level = "h3", label = "" } = {}) {
  const plot = el("div", { class: "plot", "aria-hidden": "true" });
  const readout = el("p", { class: "readout", "aria-hidden": "true" });
  const holder = el("div", {});
  const behind = el("details", { class: "behind" }, el("summary", {}, "Data table"), holder);
  const node = el("figure", { class: "chart", "data-outcome": outcome.id },
    el(level, { class: "chart-title" }, el("span", { class: `dot ${colourOf(outcome.id).slice(2)}`, "aria-hidden": "true" }), title),
    el("p", { class: "unit" }, outcome.unit), plot, readout, behind);
  let chart = null;
  let last = null;
  let data = null;

  const hover = (at) => write(readout, at === null || at === undefined || !data ? rest() : pointed(at));
  const monthAt = (at) => new Date(data[0][at] * 1000).toISOString().slice(0, 7);
  function pointed(at) {
    const value = (column) => data[column][at];
    const seen = value(1) === null ? "" : ` observed ${number(value(1))};`;
    if (value(9) === null) return `${month(monthAt(at))}:${seen.replace(";", "")}`;
    return `${month(monthAt(at))}:${seen} ${number(value(9))} (${number(value(5))} to ${number(value(6))}); without ${number(value(4))}`;
  }
  const rest = () => (data ? pointed(data[0].length - 1) : "");

  function draw(fan, months, observed, range = fromZero) {
    last = [fan, months, observed, range];
    data = columns(fan, months, observed);
    if (!chart) {
      const width = Math.max(200, plot.clientWidth);
      chart = new globalThis.uPlot(options(outcome.id, width, height, hover, (...ends) => last[3](...ends)), data, plot);
    } else chart.setData(data);
    node.setAttribute("aria-label", (label ? `${label}. ` : "") + told(outcome, fan, months));
    hover(null);
    if (behind.open) tabulate();
  }

  function tabulate() {
    const [fan, months] = last;
    const head = ["Month", "5%", "25%", "Median", "75%", "95%", "Without: 5%", "Without: median", "Without: 95%"];
    const rows = months.map((m, i) => [month(m), ...LEVELS.map((q) => number(fan.quantiles[q][i])),
      ...["0.05", "0.5", "0.95"].map((q) => number(fan.none[q][i]))]);
    fill(holder, scroller(`${title}: data table`, table(`${title}, ${outcome.unit}`, head, rows)));
  }
  behind.addEventListener("toggle", () => { if (behind.open && last) tabulate(); });
  new ResizeObserver(() => {
    if (chart && plot.clientWidth && chart.width !== plot.clientWidth) chart.setSize({ width: plot.clientWidth, height });
  }).observe(plot);

  return {
    node,
    draw,
    renew() {
      if (!chart) return;
      chart.destroy();
      chart = null;
      draw(...last);
    },
  };
}

/** The same vertical axis for several fans: from zero, or the least of them, to the most. */
export function sharedRange(fans) {
  const ends = fans.flatMap((fan) => [...fan.quantiles["0.05"], ...fan.quantiles["0.95"], ...fan.none["0.05"], ...fan.none["0.95"]]);
  const range = fromZero(Math.min(...ends), Math.max(...ends));
  return () => range;
}

/** Call `renew` when the reader's choice of dark or light changes. */
export function onTheme(renew) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", renew);
}
