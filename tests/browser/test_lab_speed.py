"""How long a reader waits from moving a slider to the chart drawn anew, with the real engine behind the page."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from counterflow.lab.calls import of_the_model
from lab_browser import opened
from lab_cases import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOVES = 40
MOST = 2_000.0  # ms at the 95th percentile, for all draws; far above the aim, since machines differ

# Moves one slider after the other by a pointer's jump (an input, then the change that ends it), and tells of each after
# how many milliseconds charts stand drawn anew: from the first answer, and from that of all draws.
MOVING = """async ([moves, draws]) => {
  const charts = document.getElementById("charts");
  const sliders = [...document.querySelectorAll("#themes input[type=range]")];
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const taken = [];
  for (let move = 0; move < moves; move += 1) {
    const slider = sliders[(7 * move) % sliders.length];
    const began = performance.now();
    const drawn = new Promise((done) => {
      let first = null;
      const look = new MutationObserver(async () => {
        const all = charts.dataset.draws === String(draws);
        if (all) look.disconnect();
        await painted();
        first ??= performance.now() - began;
        if (all) done([first, performance.now() - began]);
      });
      look.observe(charts, { attributes: true, attributeFilter: ["data-draws"] });
    });
    const most = Number(slider.max);
    slider.value = String((Number(slider.value) + 1 + ((11 * move) % (most - 1))) % (most + 1));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
    taken.push(await drawn);
  }
  return taken;
}"""


def test_a_slider_redraws_the_charts_in_good_time(browser: Any, capsys: pytest.CaptureFixture[str]) -> None:
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)  # before anything of this test runs
    with running(engine=of_the_model(), wait=300.0) as address:
        page = opened(browser, address)
        page.set_default_timeout(240_000)
        judged = "() => !document.querySelector('#tiles').innerText.includes('being judged')"
        page.wait_for_function(judged, timeout=240_000)  # until then the lab makes its verdicts ready besides
        page.evaluate(MOVING, [3, 256])  # not counted
        taken = np.array(page.evaluate(MOVING, [MOVES, 256]))  # (move, coarse or whole)
        page.close()
    with capsys.disabled():
        for name, column in (("first answer (64 draws)", 0), ("whole answer (256 draws)", 1)):
            median, late = np.median(taken[:, column]), np.quantile(taken[:, column], 0.95)
            print(f"\nfrom input to redrawn charts, {name}: median {median:,.0f} ms, p95 {late:,.0f} ms", end="")
    assert len(taken) == MOVES
    if busy:
        pytest.skip("the machine does other work: the times printed were NOT held against the limit")
    assert np.quantile(taken[:, 1], 0.95) < MOST
