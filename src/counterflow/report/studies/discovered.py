"""The conditions that go together with a headline, in plain words. No sentence here says what brings a thing about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from counterflow.judgement.discovery.boxes import Share
from counterflow.judgement.discovery.discover import Discovery, Restriction, Scenario, Tree, Untold
from counterflow.judgement.schema import Headline
from counterflow.report.words import count, joined, minus, number, percent

WORDS = {
    "lead": "{title}, {branch}: {criterion}{window}.",
    "window": ", in weeks {first} to {last} after the strategy's first lever",
    "base": "{Says} in {base} of the {tested} kept for testing.",
    "scenario": "{Says} in {density} of draws where {conditions}; these hold {coverage} of all draws in which {says}. "
    "Where these conditions do not all hold, {says} in {elsewhere}.",
    "further": "Of the draws left over, {says} in {density} where {conditions}; these hold {coverage} of all draws in "
    "which {says}. In what then remains, {says} in {elsewhere}.",
    "tested": "Counted in {draws} of the half that had no part in finding them; chance alone would give a share this "
    "high {odds}.",
    "rare": "in fewer than 1 of 1,000 such tests (p < 0.001)",
    "odds": "in about 1 of {tests} such tests (p = {p})",
    "tree": "As a tree, each draw in one line; chance alone would give differences this large {odds}:",
    "leaf": "{says} in {density} of draws where {conditions} ({mass} of draws)",
    "draws": "Under which conditions {says} is not told: {has} are too few; at least {needed} are needed.",
    "cases": "Under which conditions {says} is not told: that is so in {has} only; about {needed} would be needed.",
    "none": "Under which conditions {says} is not told: that is so in no draw; more than {needed} would be needed.",
    "nothing": "No conditions were found under which {says} in a larger share of the draws kept for testing than "
    "chance would give.",
    "note": "Conditions were found in one half of the draws and tested in the other; p-values are corrected for the "
    "number of tests. In brackets are 95% intervals from the number of draws. Conditions go together with the answer "
    "in the model's draws: they do not tell what brings it about, and inputs that move together can stand for each "
    "other.",
    "above": "{meaning} is above {low} ({name}, grade {grade})",
    "at most": "{meaning} is at most {high} ({name}, grade {grade})",
    "between": "{meaning} is above {low} and at most {high} ({name}, grade {grade})",
    "indicator": "“{meaning}” is {value} ({name}, grade {grade})",
    "place": "{number} of its range",
}
SAYS = {  # of each headline, where it is met and where it is not
    "trafficking": ("trafficking is curtailed", "trafficking is not curtailed"),
    "crossings": ("crossings are reduced", "crossings are not reduced"),
    "friction": ("there is friction between the US and Mexico", "there is no such friction between the US and Mexico"),
    "violence": ("violence is up in Mexico", "violence is not up in Mexico"),
}
ANY = ("it is so", "it is not so")
UNITS = {  # that do not read as they are written
    "1/week": "a week",
    "1/year": "a year",
    "1/person/week": "per person and week",
    "1/(person/week)": "per person a week",
    "1e9 USD/year": "billion USD a year",
}
NO_UNIT = ("1", "-", "ratio", "elasticity", "log", "log odds")
PERCENT = ("share", "probability")


def discovered_lines(
    found: Sequence[Discovery], headlines: Sequence[Headline] = (), window: tuple[int, int] | None = None
) -> list[str]:
    """All that was found, a paragraph for each headline with one line a statement; [] where nothing was asked.

    `headlines` and `window` as the verdict has them: the first tells what a cell (headline, branch, reference) means.
    """
    lines: list[str] = []
    for one in found:
        lines += [*sentences(one, headlines, window), ""]
    return [*lines, WORDS["note"]] if lines else []


def sentences(one: Discovery, headlines: Sequence[Headline] = (), window: tuple[int, int] | None = None) -> list[str]:
    """What goes together with one headline, or why nothing is told."""
    says = _says(one)
    lines = [_lead(one, headlines, window)]
    if one.untold:
        return [*lines, _untold(one.untold, says)]
    tested = count(one.tested, "draw")
    lines.append(WORDS["base"].format(**says, base=_interval(one.base), tested=tested))
    for place, scenario in enumerate(one.scenarios):
        lines.append(_scenario(scenario, says, "further" if place else "scenario"))
    return lines + (_tree(one.tree, says) if one.tree else [])


def conditions(restrictions: Sequence[Restriction]) -> str:
    """Restrictions in words: "time to replace labs is above 9 weeks (supply.T_reb, grade D) and …"."""
    return joined([condition(one) for one in restrictions], last=" and ")


def condition(one: Restriction) -> str:
    """A restriction in words, with the name that `counterflow parameters` knows it by and its grade."""
    # What follows a colon or semicolon explains, and does not fit into a sentence; the range comes with the number.
    meaning = minus(re.split(r"[:;] ", one.input.meaning)[0]).removesuffix(", within its range")
    place = {"meaning": meaning, "name": one.input.name, "grade": one.input.grade}
    if one.input.unit == "indicator":
        return WORDS["indicator"].format(**place, value=0 if one.low is None else 1)
    low, high = _quantity(one.low, one.input.unit), _quantity(one.high, one.input.unit)
    form = "at most" if one.low is None else "above" if one.high is None else "between"
    return WORDS[form].format(**place, low=low, high=high)


def discovered_rows(found: Sequence[Discovery]) -> list[dict[str, Any]]:
    """What was found as plain values for JSON; what is not a finite number is null."""
    return [_plain(one) for one in found]


def _says(one: Discovery) -> dict[str, str]:
    """The answer asked for as a clause, inside a sentence and at its beginning."""
    text = SAYS.get(one.of if isinstance(one.of, str) else one.of[0], ANY)[one.side == "not met"]
    return {"says": text, "Says": text[:1].upper() + text[1:]}


def _lead(one: Discovery, headlines: Sequence[Headline], window: tuple[int, int] | None) -> str:
    cell = (one.of,) if isinstance(one.of, str) else one.of
    headline = next((h for h in headlines if (h.id, h.branch, h.reference) == cell), None)
    if headline is None:
        return f"{', '.join(cell)}:"
    weeks = WORDS["window"].format(first=window[0], last=window[1]) if window else ""
    return WORDS["lead"].format(
        title=headline.title, branch=headline.branch, criterion=headline.criterion, window=weeks
    )


def _untold(why: Untold, says: Mapping[str, str]) -> str:
    has = count(int(why.has), "draw") if why.has == int(why.has) else f"{number(why.has)} draws"
    form = "none" if why.why == "cases" and why.has == 0 else why.why
    # Two figures, rounded up: the share that the number rests on is known from a few draws.
    digits = max(len(str(why.needed)) - 2, 0)
    needed = -(-why.needed // 10**digits) * 10**digits
    return WORDS[form].format(**says, has=has, needed=f"{needed:,} draws")


def _scenario(one: Scenario, says: Mapping[str, str], form: str) -> str:
    told = WORDS[form].format(
        **says,
        density=_interval(one.density),
        conditions=conditions(one.restrictions),
        coverage=_interval(one.coverage),
        elsewhere=_interval(one.elsewhere),
    )
    return f"{told} {WORDS['tested'].format(draws=count(one.draws, 'draw'), odds=_odds(one.p_value))}"


def _tree(one: Tree, says: Mapping[str, str]) -> list[str]:
    leaves = [
        WORDS["leaf"].format(
            **says,
            density=_interval(leaf.density),
            conditions=conditions(leaf.restrictions),
            mass=percent(leaf.mass),
        )
        for leaf in one.leaves
    ]
    return [WORDS["tree"].format(odds=_odds(one.p_value)), *(f"  {leaf}" for leaf in leaves)]


def _interval(share: Share) -> str:
    """71% (64–77%); an en dash where no draw tells."""
    if not isfinite(share.value):
        return "–"
    return f"{percent(share.value)} ({percent(share.low).removesuffix('%')}–{percent(share.high)})"


def _odds(p_value: float) -> str:
    if p_value < 0.001:
        return WORDS["rare"]
    return WORDS["odds"].format(tests=f"{round(1.0 / p_value):,}", p=number(p_value, 2))


def _quantity(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit in PERCENT:
        return f"{number(100.0 * value)}%"
    if unit == "":
        return WORDS["place"].format(number=f"{number(100.0 * value, 2)}%")
    return number(value) if unit in NO_UNIT else f"{number(value)} {UNITS.get(unit, unit.replace('/', ' a '))}"


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not isfinite(value) else value
