"""What a reader waits for in a browser: from the input of a slider to the charts drawn anew.

`bench_lab.py` prints it, and a test holds it. Times are those of the page's own clock: they begin as the slider tells
its input and end when the frame that shows the charts has been handed on to be painted.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import sync_playwright

PATIENCE = 300_000  # ms; the first verdict in a new process is compiled
QUIET = 400  # ms between single moves, after which one is no longer taken for one of many
DRAGGED = 60  # moves of a drag, one each frame
LEVERS = (
    "border.agents",
    "drugs.port_scanning",
    "interior.detention",
    "mexico.lab_raids",
)  # each step sets another size

# `drawn(draws)` promises when the charts stand drawn anew, from so many draws or, without a number, from any.
_WATCHING = """
  const charts = document.getElementById("charts");
  const sliders = [...document.querySelectorAll("#themes input[type=range]")];
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const tell = (slider, name) => slider.dispatchEvent(new Event(name, { bubbles: true }));
  const drawn = (draws) => new Promise((done) => {
    const look = new MutationObserver(async () => {
      if (draws && charts.dataset.draws !== String(draws)) return;
      look.disconnect();
      await frame();
      await pause(0);
      done(performance.now());
    });
    look.observe(charts, { attributes: true, attributeFilter: ["data-draws"] });
  });
"""
# One slider after the other is moved once, as by a pointer's jump: an input, and the change that ends it.
_SINGLE = f"""async ([moves, draws, quiet]) => {{{_WATCHING}
  const taken = [];
  for (let move = 0; move < moves; move += 1) {{
    const slider = sliders[(7 * move) % sliders.length];
    const most = Number(slider.max);
    await pause(quiet);
    const [first, all] = [drawn(), drawn(draws)];
    const began = performance.now();
    slider.value = String((Number(slider.value) + 1 + ((11 * move) % (most - 1))) % (most + 1));
    tell(slider, "input");
    tell(slider, "change");
    taken.push([await first - began, await all - began]);
  }}
  return taken;
}}"""
# One slider is dragged over its way, and let go. A question carries the last input before it is sent, and one is on its
# way at a time: charts that are drawn answer the one whose answer came last.
_DRAG = f"""async ([drags, moves, draws, quiet, levers]) => {{{_WATCHING}
  const taken = [];
  let moved = 0;
  let answered = 0;
  const fetched = window.fetch;
  window.fetch = async (address, options) => {{
    const asked = moved;
    const response = await fetched(address, options);
    if (response.ok && String(address).endsWith("/simulate")) answered = asked;
    return response;
  }};
  for (let drag = 0; drag < drags; drag += 1) {{
    const slider = document.getElementById(`lever-${{levers[drag % levers.length]}}`);
    await pause(quiet);
    const ages = [];
    const counting = new MutationObserver(async () => {{
      const input = answered;
      await frame();
      await pause(0);
      ages.push(performance.now() - input);
    }});
    counting.observe(charts, {{ attributes: true, attributeFilter: ["data-draws"] }});
    tell(slider, "pointerdown");
    const first = drawn();
    const began = performance.now();
    for (let move = 0; move < moves; move += 1) {{
      slider.value = String(Math.round((Number(slider.max) * (move + 1)) / (moves + 1)));
      moved = performance.now();
      tell(slider, "input");
      await frame();
    }}
    const ended = performance.now();
    const last = drawn(draws);
    tell(slider, "change");
    taken.push({{ first: await first - began, whole: await last - ended, ages }});
    counting.disconnect();
  }}
  window.fetch = fetched;
  return taken;
}}"""


class Waited(NamedTuple):
    """Milliseconds from an input to charts drawn anew, one for each move or drag."""

    first: np.ndarray  # to those of the first answer, be it from few draws
    whole: np.ndarray  # of the last input, to those from all draws


class Dragged(NamedTuple):
    """Milliseconds from an input to charts drawn anew, while sliders are dragged."""

    first: np.ndarray  # of each drag's first input, to those of the first answer
    whole: np.ndarray  # of each drag's last input, to those from all draws
    ages: np.ndarray  # of all charts that were drawn: from the input that they answer
    charts: float  # how often they were drawn in a drag


@contextmanager
def judged_page(address: str) -> Iterator[Any]:
    """The lab's page in Chromium once its first verdict is there: until then the lab compiles beside what is asked.

    Raises FileNotFoundError where there is no Chromium.
    """
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise FileNotFoundError("no Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        wait_until_judged(page)
        yield page
        browser.close()


def wait_until_judged(page: Any) -> None:
    """Wait until the page shows a verdict."""
    page.locator("[data-word].pending").first.wait_for(state="attached")
    page.locator("[data-word]:not(.pending)").first.wait_for(state="attached")


def single_moves(page: Any, moves: int, draws: int) -> Waited:
    """Each of some sliders moved once, when nothing has moved for a while."""
    page.evaluate(_SINGLE, [3, draws, QUIET])  # not counted
    taken = np.array(page.evaluate(_SINGLE, [moves, draws, QUIET]))
    return Waited(taken[:, 0], taken[:, 1])


def drags(page: Any, count: int, draws: int) -> Dragged:
    """Sliders dragged in DRAGGED moves, and let go."""
    taken = page.evaluate(_DRAG, [count, DRAGGED, draws, QUIET, LEVERS])
    ages = np.array([age for one in taken for age in one["ages"]])
    first, whole = (np.array([one[name] for one in taken]) for name in ("first", "whole"))
    return Dragged(first, whole, ages, len(ages) / count)
