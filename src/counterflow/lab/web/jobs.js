// Long work: its progress over server-sent events, and its end. A job can be cancelled.

import { cancelJob, get, jobAddress, Refusal } from "./api.js";
import { el, fill, problem, write } from "./dom.js";
import { capital } from "./words.js";

const LOOK = 1000; // milliseconds between looks where no events come
const OVER = new Set(["done", "failed", "cancelled"]);

/** Follow a job until it is over: `progress({stage, share, done, total})`. Gives its result; throws a Refusal, or an AbortError when cancelled or given up by `signal`. */
export function follow(id, progress, signal) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(jobAddress(id, "events"));
    let timer = 0;
    const end = (settle) => {
      events.close();
      clearTimeout(timer);
      settle();
    };
    const look = async () => {
      try {
        const job = await get(`jobs/${encodeURIComponent(id)}`);
        progress(job.progress);
        if (job.state === "done") end(() => resolve(job.result));
        else if (job.state === "failed") end(() => reject(new Refusal(job.error || {})));
        else if (job.state === "cancelled") end(() => reject(new DOMException("cancelled", "AbortError")));
        else if (events.readyState === EventSource.CLOSED) timer = setTimeout(look, LOOK);
      } catch (error) {
        end(() => reject(error));
      }
    };
    signal.addEventListener("abort", () => end(() => reject(new DOMException("given up", "AbortError"))));
    events.addEventListener("progress", (event) => {
      try { progress(JSON.parse(event.data)); } catch { /* one message that cannot be read changes nothing */ }
    });
    for (const name of OVER) {
      events.addEventListener(name, () => {
        events.close();
        look();
      });
    }
    events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) look(); });
  });
}

const STAGES = {
  queued: "waiting for its turn",
  read: "reading the document",
  strategy: "building the strategy",
  check: "checking claims",
  simulate: "simulating",
  foresee: "simulating as of the document's date",
  judge: "judging",
  report: "writing the report",
};

/**
 * Run long work in `place`, with a bar and a button that cancels: `start()` gives the job, `done(result, id)` draws it.
 * Once `signal` is aborted the job is cancelled and draws nothing more: the place is another's then.
 */
export async function runJob(place, label, start, done, signal = new AbortController().signal) {
  const bar = el("progress", { max: 1, "aria-label": label });
  const stage = el("span", {}, `${label}…`);
  const cancel = el("button", { type: "button", class: "quiet-button" }, "Cancel");
  fill(place, el("div", { class: "job" }, el("p", {}, stage, " ", cancel), bar));
  let id = null;
  let cancelled = false;
  signal.addEventListener("abort", () => { if (id) cancelJob(id).catch(() => {}); });
  cancel.addEventListener("click", async () => {
    cancelled = true;
    cancel.disabled = true;
    write(stage, "Cancelling…");
    if (id) await cancelJob(id).catch(() => {});
  });
  try {
    id = (await start()).job.id;
    if (cancelled || signal.aborted) await cancelJob(id).catch(() => {});
    if (signal.aborted) return;
    const result = await follow(id, (told) => {
      if (!told) return;
      if (told.share > 0) bar.value = told.share;
      if (!cancelled) write(stage, `${capital(STAGES[told.stage] || told.stage)}…`);
    }, signal);
    done(result, id);
  } catch (error) {
    if (signal.aborted) return;
    if (error.name === "AbortError") fill(place, el("p", { class: "note", role: "status" }, "Cancelled. Nothing was kept."));
    else fill(place, problem(error));
  }
}
