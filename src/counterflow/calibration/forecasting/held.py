"""How often the model's own 90% bands held, by series and months ahead, and how its error compares with that of the
best simple rule, as the report reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from counterflow.calibration.forecasting import skill
from counterflow.calibration.forecasting.backtest import MODEL, RIVALS
from counterflow.calibration.forecasting.skill import Against, Score


class Told(NamedTuple):
    """How the report calls a series of the tests."""

    output: str  # of the model; "" of a sum of several
    part: str = ""  # what of the output, where it is not the whole
    title: str = ""  # where it is no output


TOLD = {
    "encounters": Told("encounters"),
    "nationwide": Told("encounters_nationwide"),
    "encounters_all": Told("", title="encounters at the southwest border, ports included"),
    "overdose_deaths": Told("overdose_deaths"),
    "homicides": Told("homicides"),
    "seized_ports": Told("fentanyl_seized_border_lb", "at ports of entry"),
    "seized_between": Told("fentanyl_seized_border_lb", "between ports of entry"),
    "bookins": Told("", title="people booked into ICE detention"),
    "detained": Told("detained"),
}
HEAD = """\
# How the model did in earlier tests: forecasts from each cut-off with what was known then. `best` of a series is the
# simple rule that scored best in hindsight, and the model's error (scaled CRPS, all months ahead) over that of the rule
# with its 90% interval; `ahead` tells by months ahead (the first and the last of a row) how many months were forecast
# and how many of them the model's 90% band held. A series without an output is a sum of several. Written by
# `python scripts/build_skill_page.py` with docs/skill.md, which says how forecasts were made.
"""


def held_out(scores: Sequence[Score], cutoffs: Sequence[date], horizon: int) -> str:
    """The file's text, from the scores of a backtest from these cut-offs, up to `horizon` months ahead each; the bands
    of months ahead are those of docs/skill.md, and so are the ratios, to its two decimals."""
    own = [score for score in scores if score.method == MODEL]
    found = skill.against_best(scores, MODEL, RIVALS, skill.BANDS["all"])
    against = {one.name: one for one in found}
    months = ", ".join(f'"{cutoff:%Y-%m}"' for cutoff in cutoffs)
    lines = [HEAD, f"cutoffs = [{months}]", f"months = {horizon}  # ahead, from each cut-off"]
    for name in skill.names_of(own):
        told = TOLD[name]
        lines += ["", "[[series]]", f'name = "{name}"', f'output = "{told.output}"', f'part = "{told.part}"']
        lines += [f'title = "{told.title}"'] if told.title else []
        lines += _best(against[name]) if name in against else []
        lines.append("ahead = [")
        lines += _rows([score for score in own if score.name == name], horizon)
        lines.append("]")
    return "\n".join(lines) + "\n"


def _best(one: Against) -> Iterator[str]:
    ratio, low, high = (f"{value:.2f}" for value in one.ratio)
    yield f'best = {{ rule = "{one.rule}", ratio = {ratio}, low = {low}, high = {high} }}'


def _rows(scores: Sequence[Score], horizon: int) -> Iterator[str]:
    for band, (first, last) in skill.BANDS.items():
        found = skill.within(scores, (first, last))
        if found and band != "all":
            inside = sum(score.inside_90 for score in found)
            last = min(last, horizon)
            yield f"    {{ first = {first}, last = {last}, months = {len(found)}, inside = {inside} }},"
