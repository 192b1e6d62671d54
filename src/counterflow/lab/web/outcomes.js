// Which colour an outcome has, wherever it is shown, and how a chart is told in words.

import { month, number } from "./words.js";

// Names of colours in style.css: Okabe and Ito's palette, safe for colour-blind readers, darkened or lightened for
// contrast, and those of the report. A headline has the colour of the outcome that it is about.
const COLOURS = {
  fentanyl_delivered: "--blue",
  attempts: "--green",
  encounters: "--green",
  cooperation: "--purple",
  homicides: "--vermilion",
  civilian_harm: "--vermilion",
  overdose_deaths: "--ochre",
};
const OF_HEADLINE = { trafficking: "fentanyl_delivered", crossings: "attempts", friction: "cooperation", violence: "homicides" };

/** The name of the custom property that holds an outcome's colour. */
export const colourOf = (outcome) => COLOURS[outcome] || "--slate";
export const colourOfHeadline = (headline) => colourOf(OF_HEADLINE[headline]);

/** Whether a headline met in no draw is about an outcome that is the same with and without the strategy. */
export function untouched(answer, headline) {
  const fan = answer.outcomes.find((each) => each.id === OF_HEADLINE[headline]);
  const met = answer.headlines.some((h) => h.id === headline && h.reference === "none" && h.probability > 0);
  return Boolean(fan) && !met && Object.keys(fan.none).every((level) => fan.none[level].every((value, i) => value === fan.quantiles[level][i]));
}

/** A chart in words: where the last month stands, with the interval, and without the strategy. */
export function told(outcome, fan, months) {
  const last = months.length - 1;
  const at = (of, level) => number(of[level][last]);
  return `${outcome.title}, ${outcome.unit}. In ${month(months[last])}, with the strategy: median ${at(fan.quantiles, "0.5")}, ` +
    `90% of draws from ${at(fan.quantiles, "0.05")} to ${at(fan.quantiles, "0.95")}. Without it: median ${at(fan.none, "0.5")}, ` +
    `90% from ${at(fan.none, "0.05")} to ${at(fan.none, "0.95")}.`;
}
