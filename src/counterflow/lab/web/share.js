// Saving and sharing: a link, a strategy file, the report, and the data as CSV or JSON.

import { jobAddress, post, postForText } from "./api.js";
import { el, fill, problem, write } from "./dom.js";
import { runJob } from "./jobs.js";
import { fragmentOf } from "./state.js";

const nameOf = (title) => (title || "strategy").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "strategy";

/** Give the reader a file. */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// A cell that begins like a formula would be run by a spreadsheet.
const cell = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Where an answer's numbers come from: what was asked, of which strategy, program and data. */
export function provenanceOf(answer, strategy) {
  const { version, engine, data, strategy: sha256 } = answer.hashes;
  return { title: strategy.title, program: `Counterflow ${version}`, draws: answer.draws, years: answer.years, seed: answer.seed, course_of_events: answer.branch,
    first_lever: answer.first_lever, document_sha256: strategy.document_sha256 || "", strategy_sha256: sha256, engine_sha256: engine, data_sha256: data };
}

const QUANTILES = ["0.05", "0.25", "0.5", "0.75", "0.95"];

/** An answer as a table: outcomes by month and branch, headlines, the four-way picture, the cost, and `about` all of it. */
export function csvOf(answer, about, units) {
  const head = ["kind", "id", "branch", "month", "q05", "q25", "q50", "q75", "q95", "probability", "mc_error", "unit", "text"];
  const rows = [head];
  for (const fan of answer.outcomes) {
    for (const [branch, of] of [[answer.branch, fan.quantiles], ["none", fan.none]]) {
      answer.months.forEach((month, i) => rows.push(["outcome", fan.id, branch, month, ...QUANTILES.map((q) => of[q][i]), null, null, units[fan.id]]));
    }
  }
  for (const h of answer.headlines) rows.push(["headline", h.id, `${answer.branch} against ${h.reference}`, null, null, null, null, null, null, h.probability, h.mc_error, "share of draws"]);
  for (const [id, share] of Object.entries(answer.four_way)) {
    if (typeof share === "number") rows.push(["four_way", id, answer.branch, null, null, null, null, null, null, share, null, "share of draws"]);
  }
  const { low, central, high } = answer.cost;
  rows.push(["cost", "us_treasury", answer.branch, null, low, null, central, null, high, null, null, `USD over ${answer.years} years`]);
  for (const [id, text] of Object.entries(about)) rows.push(["about", id, ...Array(head.length - 3).fill(null), text]);
  return rows.map((row) => head.map((_, i) => cell(row[i])).join(",")).join("\r\n") + "\r\n";
}

/**
 * Sharing in `place`; `context()` gives {state, brief}, the brief of the strategy's own document where it is at hand,
 * and `settled()` promises {answer, rests, strategy} from all the draws asked for, of the strategy as it was asked; `load(strategy)` takes a strategy file's.
 */
export function createShare(place, catalogue, { context, settled, load, say }) {
  const told = el("div", { class: "told" });
  const job = el("div", { class: "told" }); // a report goes on whatever else is saved
  const alone = el("p", { class: "note", id: "without-document" });
  const file = el("input", { type: "file", id: "toml-file", accept: ".toml", class: "unseen", tabindex: "-1" });
  const button = (text, act) => el("button", { type: "button", onclick: act }, text);

  async function link() {
    const address = new URL(location.href);
    address.hash = await fragmentOf(context().state);
    try {
      await navigator.clipboard.writeText(address.href);
      fill(told, el("p", {}, "Link copied. It holds the whole strategy; the server keeps none of it."));
      say("Link copied.");
    } catch {
      const field = el("input", { type: "text", readonly: true, value: address.href, "aria-label": "Link to this strategy" });
      fill(told, el("p", {}, "Copy this link:"), field);
      field.focus();
      field.select();
    }
  }
  async function save() {
    const { strategy } = context().state;
    try {
      download(`${nameOf(strategy.title)}.toml`, "application/toml", await postForText("strategy/toml", { strategy }));
      fill(told);
    } catch (error) {
      fill(told, problem(error));
    }
  }
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    file.value = "";
    if (!chosen) return;
    try {
      const { strategy } = await post("strategy/read", { toml: await chosen.text() });
      load(strategy);
      fill(told, el("p", {}, "The strategy file was read."));
    } catch (error) {
      fill(told, problem(error));
    }
  });
  async function report({ currentTarget: pressed }) {
    const { state, brief } = context();
    const body = { strategy: state.strategy, draws: state.draws, years: state.years, seed: state.seed };
    if (brief) body.brief = brief;
    const without = state.strategy.document_sha256 && !brief;
    pressed.disabled = true;
    await runJob(job, "Writing the report", () => post("report", body), (result, id) => {
      fill(job, el("p", {}, "The report is ready: ",
        el("a", { href: jobAddress(id, "report.html"), target: "_blank", rel: "noopener" }, "open it"), ", ",
        el("a", { href: jobAddress(id, "report.html"), download: `${nameOf(state.strategy.title)}.html` }, "download it"), ", or ",
        el("a", { href: jobAddress(id, "assessment.json"), download: `${nameOf(state.strategy.title)}.assessment.json` }, "its data"), "."),
        without ? el("p", { class: "note" }, "It tells of the strategy without its document, which is not at hand.") : null);
      say("The report is ready.");
    });
    pressed.disabled = false;
  }
  const units = Object.fromEntries(catalogue.outcomes.map(({ id, unit }) => [id, unit]));
  const data = (make, type, ending) => async () => {
    fill(told, el("p", { class: "note" }, "Waiting for the answer from all draws…"));
    try {
      const { answer, rests, strategy } = await settled();
      download(`${nameOf(strategy.title)}.${ending}`, type, make(answer, rests, strategy));
      fill(told);
    } catch (error) {
      fill(told, problem(error));
    }
  };
  const json = (answer, rests, strategy) => JSON.stringify({ about: provenanceOf(answer, strategy), units, strategy, answer, rests }, null, 1);
  fill(place,
    el("div", { class: "buttons wide" },
      button("Copy link", link), button("Save as TOML", save), button("Open a TOML file", () => file.click()), button("Write the report", report),
      button("Data as CSV", data((answer, rests, strategy) => csvOf(answer, provenanceOf(answer, strategy), units), "text/csv", "csv")),
      button("Data as JSON", data(json, "application/json", "json"))),
    el("label", { for: "toml-file", class: "unseen" }, "Strategy file"), file, alone, job, told);
  return {
    draw() {
      const { state, brief } = context();
      write(alone, state.strategy.document_sha256 && !brief
        ? "This strategy comes from a document that is not at hand: no link or file holds its text. Give it again under A document to have it in the report." : "");
    },
  };
}
