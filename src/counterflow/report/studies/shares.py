"""The shares that a terminal shows when an ensemble is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from counterflow.judgement.shares import Shares
from counterflow.report.words import chance, count, percent, percent_change


def share_lines(found: Shares) -> list[str]:
    """What was counted, then each headline against each reference: a line for each branch."""
    runs = f"{count(found.draws, 'draw')} x {count(found.replicates, 'replicate')}"
    weeks = f"weeks {found.weeks.first} to {found.weeks.last} after the strategy's first lever count."
    lines = [f"{runs}; {weeks}"]
    width = max((len(one.branch) for one in found.headlines), default=0)
    for (title, criterion), group in groupby(found.headlines, key=lambda one: (one.title, one.criterion)):
        lines += ["", f"{title}: {criterion}"]
        for one in group:
            often = chance(one.probability, one.mc_error, found.draws)
            between = f"9 in 10 runs between {percent_change(one.low)} and {percent_change(one.high)}"
            lines.append(f"  {one.branch:<{width}}  {often}; median {percent_change(one.median)}, {between}")
    return lines


def above_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The share of runs above each value, by branch; of an output by place, only the place with the highest."""
    if not rows:
        return []
    lines = ["", "Runs above a value, on average over the judged weeks or months:"]
    width = max(len(row["branch"]) for row in rows)
    for (output, value), of_value in groupby(rows, key=lambda row: (row["output"], row["value"])):
        for branch, group in groupby(of_value, key=lambda row: row["branch"]):
            places = list(group)
            most = max(places, key=lambda row: row["share"])
            where = f" in {most['place']}, the highest of {len(places)}" if "place" in most else ""
            lines.append(f"  {branch:<{width}}  {output} above {value:,.10g}: {percent(most['share'])}{where}")
    return lines


def no_verdict(sampling: str, posterior: str, store: str | None) -> str:
    """What the shares do not tell, by where the draws came from (`posterior`: its file or "") and are kept."""
    judged = f'`cf.judge(cf.open_runs("{store}"))`' if store else "cf.judge"
    said = ["These are shares of the runs, and no verdict: what leaves an answer undetermined is asked by"]
    said.append(f"{judged} and by `counterflow assess`. ± is twice the standard error.")
    if sampling != "random":
        said.append(
            f"With {sampling} it is that of as many independent draws, which is larger than the true error as a rule."
        )
    if posterior:
        name = Path(posterior).name
        said.append(f"Parameters that the posterior {name} holds come from it, but for those that the strategy sets.")
        said.append("It leaves out the size of the posterior itself.")
    return " ".join(said)
