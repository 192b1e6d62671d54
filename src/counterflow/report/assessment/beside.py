"""What stands beside an assertion: published effects and the model's contrast. It is shown, and not scored."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from counterflow.brief.schema import Assertion
from counterflow.judgement.schema import Headline, Verdict
from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.assessment.answer import lead_branch
from counterflow.report.words import number, percent, word
from counterflow.strategy.schema import Branch

STRIKES = "military.strike"


@cache
def outcomes() -> dict[str, dict[str, Any]]:
    """Per outcome that assertions speak of: its headline, if it has one, and the parameters beside it."""
    return tomllib.loads(Path(__file__).with_name("beside.toml").read_text(encoding="utf-8"))


def beside(assertion: Assertion, branches: Sequence[Branch], verdict: Verdict | None) -> dict[str, Any]:
    """`literature`: {meaning, range, grade, assumed, source} per published effect; `contrast`: a sentence per headline.

    An assertion that speaks of strikes is laid beside the branches with strikes, any other beside the strategy as on
    record. Both lists are empty where nothing was simulated or the assertion names no outcome of the model.
    """
    named = [outcomes()[topic] for topic in assertion.topics if topic in outcomes()]
    if verdict is None:
        return {"literature": [], "contrast": []}
    effects = {f"{parameter.mechanism}.{parameter.symbol}": parameter for parameter in verdict.basis}
    wanted = dict.fromkeys(key for outcome in named for key in outcome["literature"])
    literature = [
        {
            "meaning": effects[key].meaning,
            "range": f"{number(effects[key].low)} to {number(effects[key].high)} {effects[key].unit}",
            "grade": effects[key].grade,
            "assumed": effects[key].assumed,
            "source": effects[key].source,
        }
        for key in wanted
        if key in effects  # a verdict lists the parameters of its own runs
    ]
    headlines = dict.fromkeys(outcome["headline"] for outcome in named if "headline" in outcome)
    about_strikes = any(topic.startswith(STRIKES) for topic in assertion.topics)
    contrast = [_contrast(headline, about_strikes, branches, verdict) for headline in headlines]
    return {"literature": literature, "contrast": [sentence for sentence in contrast if sentence]}


def _contrast(headline: str, about_strikes: bool, branches: Sequence[Branch], verdict: Verdict) -> str:
    """The headline's chance in the branches that the assertion speaks of, against the run without the strategy."""
    title = word("headline", headline)
    struck = [branch.id for branch in branches if branch.strikes]
    lead = lead_branch(branches)
    chosen = struck if about_strikes and struck else [lead]
    found: list[Headline] = [
        h for h in verdict.headlines if h.id == headline and h.reference == "none" and h.branch in chosen
    ]
    if not found:
        return ""
    if all(h.word == NOT_TESTED for h in found):
        return f"{title}: {NOT_TESTED}, for {word('not_tested', 'why')}"
    low, high = (percent(pick(h.probability for h in found)) for pick in (min, max))
    open_ones = sum(h.undetermined for h in found)
    if len(found) == 1:
        return f"{title}: {low} of draws with the strategy as on record" + (", undetermined" if open_ones else "")
    return f"{title}: {low} to {high} of draws over the {len(found)} branches with strikes" + (
        f", {open_ones} of them undetermined" if open_ones else ""
    )
