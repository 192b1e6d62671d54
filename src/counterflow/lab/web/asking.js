// Latest wins: one request in flight, coarse while something moves, refined when it rests, then what it rests on.

import { post } from "./api.js";

const REST = 60; // milliseconds without a move after which it is refined
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
 * What asks the server: `moved(body)` while a slider moves, `rested(body)` when it stands still.
 *
 * `tell` holds answered(answer, refined), rested(rests), failed(error), busy(true or false) and waiting(seconds).
 * A refined answer or what it rests on is given up as soon as something moves; a coarse one is let through, since it is
 * nearly there and one in flight cannot be overtaken. What `replaced()` left behind is never shown.
 */
export function createAsking(coarse, tell) {
  let wanted = null; // {body, kind} that is asked next
  let flying = null; // {kind, controller, epoch}
  let epoch = 0;
  let timer = 0;
  let historyOf = "";

  async function fly() {
    const { body, kind } = wanted;
    wanted = null;
    const controller = new AbortController();
    const mine = { kind, controller, epoch };
    flying = mine;
    tell.busy(true);
    const stands = () => !controller.signal.aborted && mine.epoch === epoch;
    try {
      const asked = { ...body };
      if (kind === "coarse") asked.draws = Math.min(coarse, body.draws);
      const key = JSON.stringify([body.strategy.date, body.years]);
      if (kind === "refined" && historyOf !== key) asked.history = true;
      const path = kind === "rests" ? "rests" : "simulate";
      const answer = await patient(() => post(path, asked, controller.signal), stands, tell.waiting);
      if (!stands()) return;
      if (kind === "rests") tell.rested(answer);
      else tell.answered(answer, kind === "refined");
      if (asked.history) historyOf = key;
      if (kind === "refined" && !wanted) later({ body, kind: "rests" }, SETTLED);
    } catch (error) {
      if (error.name !== "AbortError" && stands() && !(wanted && kind === "coarse")) tell.failed(error, kind);
    } finally {
      if (flying === mine) flying = null;
      if (wanted && !flying) fly();
      else if (!flying) tell.busy(false);
    }
  }

  function want(next) {
    wanted = next;
    if (flying && flying.kind !== "coarse") {
      flying.controller.abort();
      flying = null;
    }
    if (!flying) fly();
  }

  function later(next, wait) {
    clearTimeout(timer);
    timer = setTimeout(() => { if (flying) later(next, 30); else want(next); }, wait);
  }

  return {
    moved(body) {
      want({ body, kind: "coarse" });
      later({ body, kind: "refined" }, REST);
    },
    rested(body) {
      clearTimeout(timer);
      want({ body, kind: "refined" });
    },
    replaced(body) {
      epoch += 1;
      if (flying) flying.controller.abort();
      flying = null;
      clearTimeout(timer);
      want({ body, kind: "refined" });
    },
  };
}
