// Saving and sharing: a link, a strategy file, the report, and the data as CSV or JSON.

import { jobAddress, post, postForText } from "./api.js";
import { el, fill, problem } from "./dom.js";
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

/** An answer as rows of a table: outcomes by month and branch, then headlines, the four-way picture and the cost. */
export function csvOf(answer) {
  const rows = [["kind", "id", "branch", "month", "q05", "q25", "q50", "q75", "q95", "probability", "mc_error"]];
  for (const fan of answer.outcomes) {
    for (const [branch, of] of [[answer.branch, fan.quantiles], ["none", fan.none]]) {
      answer.months.forEach((month, i) => rows.push(["outcome", fan.id, branch, month, ...["0.05", "0.25", "0.5", "0.75", "0.95"].map((q) => of[q][i]), null, null]));
    }
  }
  for (const h of answer.headlines) rows.push(["headline", h.id, `${answer.branch} against ${h.reference}`, null, null, null, null, null, null, h.probability, h.mc_error]);
  for (const [id, share] of Object.entries(answer.four_way)) {
    if (typeof share === "number") rows.push(["four_way", id, answer.branch, null, null, null, null, null, null, share, null]);
  }
  const { low, central, high } = answer.cost;
  rows.push(["cost", "us_treasury", answer.branch, null, low, null, central, null, high, null, null]);
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Sharing in `place`; `context()` gives {state, answer, rests, brief}; `load({strategy})` takes a strategy file's. */
export function createShare(place, { context, load, say }) {
  const told = el("div", { class: "told" });
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
  function report() {
    const { state, brief } = context();
    const body = { strategy: state.strategy, draws: state.draws, years: state.years, seed: state.seed };
    if (brief) body.brief = brief;
    runJob(told, "Writing the report", () => post("report", body), (result, id) => {
      fill(told, el("p", {}, "The report is ready: ",
        el("a", { href: jobAddress(id, "report.html"), target: "_blank", rel: "noopener" }, "open it"), ", ",
        el("a", { href: jobAddress(id, "report.html"), download: `${nameOf(state.strategy.title)}.html` }, "download it"), ", or ",
        el("a", { href: jobAddress(id, "assessment.json"), download: `${nameOf(state.strategy.title)}.assessment.json` }, "its data"), "."));
      say("The report is ready.");
    });
  }
  const data = (make, type, ending) => () => {
    const { state, answer, rests } = context();
    if (answer) download(`${nameOf(state.strategy.title)}.${ending}`, type, make(answer, rests, state));
  };
  fill(place,
    el("div", { class: "buttons wide" },
      button("Copy link", link), button("Save as TOML", save), button("Open a TOML file", () => file.click()), button("Write the report", report),
      button("Data as CSV", data((answer) => csvOf(answer), "text/csv", "csv")),
      button("Data as JSON", data((answer, rests, state) => JSON.stringify({ strategy: state.strategy, answer, rests }, null, 1), "application/json", "json"))),
    el("label", { for: "toml-file", class: "unseen" }, "Strategy file"), file, told);
  return { link };
}
