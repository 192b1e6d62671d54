"""How often the model's own 90% bands held, by series and months ahead, as the report reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from counterflow.calibration.forecasting import skill
from counterflow.calibration.forecasting.backtest import MODEL
from counterflow.calibration.forecasting.skill import Score

# Which output of the model a series of the tests is, and what of it where it is a part.
OUTPUTS = {
    "encounters": ("encounters", ""),
    "nationwide": ("encounters_nationwide", ""),
    "overdose_deaths": ("overdose_deaths", ""),
    "homicides": ("homicides", ""),
    "seized_ports": ("fentanyl_seized_border_lb", "at ports of entry"),
    "seized_between": ("fentanyl_seized_border_lb", "between ports of entry"),
    "detained": ("detained", ""),
}
HEAD = """\
# How often the model's 90% bands held in earlier tests: forecasts from each cut-off with what was known then. Of each
# series, by months ahead (the first and the last of a row): how many months were forecast, and how many of them the
# band held. Written by `python scripts/build_skill_page.py` with docs/skill.md, which says how forecasts were made.
"""


def held_out(scores: Sequence[Score], cutoffs: Sequence[date], horizon: int) -> str:
    """The file's text, from the scores of a backtest from these cut-offs, up to `horizon` months ahead each; the bands
    of months ahead are those of docs/skill.md."""
    own = [score for score in scores if score.method == MODEL and score.name in OUTPUTS]
    months = ", ".join(f'"{cutoff:%Y-%m}"' for cutoff in cutoffs)
    lines = [HEAD, f"cutoffs = [{months}]", f"months = {horizon}  # ahead, from each cut-off"]
    for name in skill.names_of(own):
        output, part = OUTPUTS[name]
        lines += ["", "[[series]]", f'output = "{output}"', f'part = "{part}"', "ahead = ["]
        lines += _rows([score for score in own if score.name == name], horizon)
        lines.append("]")
    return "\n".join(lines) + "\n"


def _rows(scores: Sequence[Score], horizon: int) -> Iterator[str]:
    for band, (first, last) in skill.BANDS.items():
        found = skill.within(scores, (first, last))
        if found and band != "all":
            inside = sum(score.inside_90 for score in found)
            last = min(last, horizon)
            yield f"    {{ first = {first}, last = {last}, months = {len(found)}, inside = {inside} }},"
