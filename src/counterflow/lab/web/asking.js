// Latest wins: one request in flight. A single move is answered from all draws at once, moves in quick succession from
// few until they rest; then it is asked what the answer rests on.

import { post } from "./api.js";

const QUICK = 250; // milliseconds: a move that comes so soon after another is one of many
const REST = 60; // without a move, after which what was answered from few draws is refined
const SETTLED = 1200; // and after which it is asked what the answer rests on
const PATIENCE = 6; // how often a busy server is asked again

const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Ask again what a busy server put off, as long as `stands()`; gives up after a few times. */
export async function patient(request, stands, waiting) {
  for (let time = 1; ; time += 1) {
    try {
      return await request();
    } catch (error) {
      const busy = error.status === 503 || error.status === 429;
      if (!busy || time === PATIENCE) throw error;
      const wait = Math.min(10, error.retry || time);
      waiting(wait);
      await sleep(1000 * wait);
      if (!stands()) throw new DOMException("overtaken", "AbortError");
    }
  }
}

/**
 * What asks the server: `moved(body)` while something moves, `rested(body)` when it stands still, `replaced(body)` when
 * something else comes, before whose answer nothing of what was asked before is shown.
 *
 * `tell` holds answered(answer, whole, body), rested(rests), failed(error, kind), busy(true or false) and waiting(seconds).
 * What is overtaken is given up, and the server drops what it has not begun of it; but an answer from few draws, and one
 * from all of them that is more than half-way, is let through and shown: it is sooner there than any other would be.
 */
export function createAsking(coarse, tell) {
  let wanted = null; // {body, kind, key} that is asked next
  let flying = null; // the same with {controller, epoch, began}
  let latest = ""; // key of what was asked for last
  let whole = ""; // the same, where what was answered last is that, from all draws
  let moved = -Infinity; // when something moved last
  let usual = Infinity; // milliseconds that an answer from all draws takes
  let epoch = 0;
  let timer = 0;
  let historyOf = "";

  async function fly() {
    const { body, kind, key } = wanted;
    wanted = null;
    const controller = new AbortController();
    const mine = { kind, key, controller, epoch, began: performance.now(), putOff: false };
    flying = mine;
    tell.busy(true);
    const stands = () => !controller.signal.aborted && mine.epoch === epoch;
    try {
      const asked = { ...body };
      if (kind === "coarse") asked.draws = Math.min(coarse, body.draws);
      const begins = JSON.stringify([body.strategy.date, body.years]);
      if (kind === "refined" && historyOf !== begins) asked.history = true;
      const path = kind === "rests" ? "rests" : "simulate";
      const answer = await patient(() => post(path, asked, controller.signal), stands, (seconds) => {
        mine.putOff = true;
        tell.waiting(seconds);
      });
      if (!stands()) return;
      if (asked.history) historyOf = begins;
      if (kind === "rests") {
        tell.rested(answer);
        return;
      }
      if (kind === "refined") usual = performance.now() - mine.began;
      const settled = kind === "refined" && key === latest;
      whole = settled ? key : "";
      tell.answered(answer, settled, body);
      if (settled && !wanted) later({ body, key, kind: "rests" }, SETTLED);
    } catch (error) {
      if (error.name !== "AbortError" && stands() && !wanted) tell.failed(error, kind);
    } finally {
      if (flying === mine) flying = null;
      if (wanted && !flying) fly();
      else if (!flying) tell.busy(false);
    }
  }

  function isNearlyThere() {
    if (flying.kind === "rests" || flying.putOff) return false;
    return flying.kind === "coarse" || performance.now() - flying.began > usual / 2;
  }

  function giveUp() {
    flying?.controller.abort();
    flying = null;
  }

  function want(next) {
    wanted = next;
    if (flying && !isNearlyThere()) giveUp();
    if (!flying) fly();
  }

  function later(next, wait) {
    clearTimeout(timer);
    timer = setTimeout(() => want(next), wait);
  }

  /** Ask for all draws, unless their answer is on its way. */
  function refine(body, key) {
    clearTimeout(timer);
    if (flying?.kind === "refined" && flying.key === key) wanted = null;
    else want({ body, key, kind: "refined" });
  }

  return {
    /** Whether nothing has moved since the answer from all draws. */
    isAnswered: (body) => whole !== "" && whole === latest && latest === JSON.stringify(body),
    moved(body) {
      const key = JSON.stringify(body);
      if (key === latest) return; // as an "input" and the "change" that ends it
      latest = key;
      const now = performance.now();
      const many = now - moved < QUICK || (flying && flying.kind !== "rests");
      moved = now;
      if (!many) {
        refine(body, key);
        return;
      }
      want({ body, key, kind: "coarse" });
      clearTimeout(timer);
      timer = setTimeout(() => refine(body, key), REST);
    },
    rested(body) {
      latest = JSON.stringify(body);
      refine(body, latest);
    },
    replaced(body) {
      latest = JSON.stringify(body);
      epoch += 1;
      giveUp();
      clearTimeout(timer);
      want({ body, key: latest, kind: "refined" });
    },
  };
}
