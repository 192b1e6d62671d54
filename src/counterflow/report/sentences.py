"""Sentences of the report that count or choose, each in one place: the page and the other formats say the same.

Those that only have places to fill in are [phrase] in words.toml.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from counterflow.judgement.comparison.contenders import HEAVIEST
from counterflow.report.assessment.outcomes import flags_since
from counterflow.report.parameters import drawn_in_words
from counterflow.report.words import (
    count,
    day,
    inner,
    joined,
    number,
    percent,
    percent_change,
    phrase,
    word,
)

Part = Mapping[str, Any]  # of an assessment, or the whole


# the answer


def dated(strategy: Part) -> str:
    """When the document was written, and how that is known."""
    of = strategy["date"]
    when = day(of["start"]) if of["start"] == of["end"] else f"between {day(of['start'])} and {day(of['end'])}"
    return f"Dated {when}, {word('date_source', of['source'])}."


def chance_note(basis: Part) -> str:
    """What the figure after ± is."""
    return f"The figure after ± is chance from {basis['draws']:,} draws, not uncertainty about the world."


def moved(headline: Part) -> str:
    """How far the outcome of a headline moved, at the median and in 90% of draws."""
    of = "Deepest fall" if headline["id"] == "friction" else "Change"
    low, median, high = (percent_change(headline[key]) for key in ("low", "median", "high"))
    return f"{of}: median {median}, 90% of draws {low} to {high}."


def lasts(headline: Part) -> str:
    """How often a headline still holds when the levers are withdrawn; "" where that is not asked."""
    sustained = headline["sustained"]
    return f"Still so a year after withdrawal: {percent(sustained)}." if sustained is not None else ""


def since(seen: Part) -> str:
    """How the months observed since came out, of the series that a headline has."""
    missed = ": this part of the model missed what happened" if seen["missed"] else ""
    return f"{seen['inside']} of {seen['months']} inside the 90% band{missed}."


def undetermined(headlines: Sequence[Part]) -> str:
    """How many answers are undetermined, as a heading; "" where none is."""
    of = [h for h in headlines if h["undetermined"]]
    if not of:
        return ""
    past = sum(h["reference"] == "before" for h in of)
    before = f", {past} of them {word('reference', 'before')}" if past else ""
    answers = count(len(of), "answer is", "answers are")
    return f"{answers} undetermined{before}: the parameters that decide, and where the answer flips"


def paid(costs: Part, branch: str) -> str:
    """What the table of costs tells of; `branch` is the title of the one that is paid for."""
    return (
        f"The strategy {inner(branch)}, over {count(costs['years'], 'year')} with its levers held "
        f"({day(costs['from'])} to {day(costs['to'])}), beyond what was spent before it: median and 90% range over the "
        "draws."
    )


def paid_note(levers: Sequence[Part]) -> str:
    """What sums below zero are, where there are any, and what no sum holds."""
    below = "A sum below zero is revenue or a saving. " if any(row["low"] < 0 for row in levers) else ""
    return below + phrase("costs_leave_out")


def unpriced(levers: Sequence[Part]) -> str:
    """How many levers that a branch moves have no price."""
    return f"{count(len(levers), 'lever that it moves has', 'levers that it moves have')} no price here"


# claims and actions


def reading_kind(reading: Part) -> str:
    """What kind of figure a reading is held against."""
    kind = "official" if reading["official"] else "not an official series"
    own = "" if reading["independent"] else ", the claimant’s own figure"
    return kind + own + (f", vintage {reading['vintage']}" if reading["vintage"] else "")


def acts(timeline: Sequence[Part]) -> str:
    """How many dated acts the policy record has, as a heading; "" where it has none."""
    told = sum(len(row["history"]) for row in timeline)
    return f"Status history: {count(told, 'dated act')} of the policy record on these levers" if told else ""


def filled_in(record: Sequence[Part]) -> str:
    """How many gaps the record fills, as a heading."""
    entries = count(len(record), "entry", "entries")
    return f"What the record fills in: {entries}, each of which can be refused"


def ran(branches: Sequence[Part]) -> str:
    """How many branches were run, as a heading."""
    return f"The {count(len(branches), 'branch', 'branches')} that were run"


def campaign(strikes: Part) -> str:
    """How many strikes a branch runs, from when on, and whether Mexico consents."""
    consent = "with" if strikes["consent"] else "without"
    rate = number(strikes["strikes_per_week"])
    return (
        f"{rate} strikes a week for {strikes['weeks']} weeks from {day(strikes['start'])}, {consent} Mexican consent."
    )


def moves(branch: Part) -> str:
    """Which levers a branch moves, how far and on whose word; "" where none."""
    told = [
        entry["title"]
        + (f" (level {entry['level']})" if entry["level"] is not None else "")
        + f", {word('basis', entry['basis'])}"
        for entry in branch["entries"]
    ]
    return f"Levers: {'; '.join(told)}." if told else ""


# outcomes, foreseen, and the map


def unsure(item: Part) -> str:
    """How the months observed since the branches part fall short of final counts; "" where they do not."""
    flags = flags_since(item)
    return f"Some of the months observed since are {' or '.join(flags)}." if flags else ""


def foresaw(foreseen: Part) -> str:
    """What the run as of the strategy's date is, and how it is to be read; or that nothing came since."""
    origin = day(foreseen["origin"])
    if not foreseen["outcomes"]:
        return f"No official month has been observed since {origin}, so there is nothing to compare with yet."
    return (
        f"The same model, run only with what was known on {origin} ({drawn_in_words(foreseen)}); dots are the months "
        "observed since. About nine in ten should fall inside the light band; far fewer, or all of them in the dark "
        "one, means the model is too sure or not sure enough."
    )


def earlier_tests(held_out: Part) -> str:
    """From when earlier forecasts were made, how far ahead, and what would be right."""
    months = joined([day(f"{month}-01").removeprefix("1 ") for month in held_out["cutoffs"]])
    return (
        f"Forecasts from the first day of {months}, each with what was known then, up to "
        f"{count(held_out['months'], 'month')} ahead. About 90% of the months should lie inside the 90% band."
    )


def against_rule(best: Part | None) -> str:
    """The model's error over that of the best simple rule with its 90% interval, and which rule; "–" without one."""
    if best is None:
        return "–"
    ratio, low, high = (f"{best[key]:.2f}" for key in ("ratio", "low", "high"))
    return f"{ratio} ({low} to {high}), {word('simple_rule', best['rule'])}"


def mapped(places: Sequence[Part], written: str, moved_by: str = "") -> str:
    """What the map shows. `written` is the ISO day of the strategy, `moved_by` the title of the branch whose moves
    stand beside it, if any does."""
    first = places[0]
    before = " That is before the strategy." if first["to"][:7] < written[:7] else ""
    beside = (
        f" Beside it stands how the strategy {inner(moved_by)} moves them in the model, against no strategy: green "
        "where encounters fall, orange where they rise."
        if moved_by
        else ""
    )
    return (
        f"The nine Border Patrol sectors of the southwest, darker where more was counted from {day(first['from'])[2:]} "
        f"to {day(first['to'])[2:]}, the last twelve months that all of them have.{before}{beside} Squares are the "
        "four field offices of the ports of entry. The outlines are drawn by hand, and sectors reach further inland."
    )


def mapped_note(basis: Part | None, lead: str | None) -> str:
    """What the changes by place are, where there are any, and what a seizure is not."""
    over = f" over weeks {basis['window'][0]} to {basis['window'][1]} after the first lever" if basis else ""
    changes = f"Changes are medians and 90% ranges{over}. " if lead else ""
    return f"{changes}What is seized is not what is smuggled."


# what it rests on, and the document


def rests_on(basis: Part) -> str:
    """Of how many parameters the headlines are made, how they are graded, and what the record taught."""
    total, fit = sum(basis["grade_counts"].values()), basis["fit"]
    text = (
        f"The headlines rest on {total} of the model’s parameters: those that move one of them in some branch, and "
        "those that are drawn together with them. Each is graded by the evidence behind it, for the use made of it here"
    )
    if fit and fit["learned"] is not None:
        text += (
            f"; the grade leaves out what the official record taught since. The record to {day(fit['cutoff'])} taught "
            f"{fit['learned']} of the {count(fit['parameters'], 'parameter')} that are fitted to it"
        )
    return f"{text}."


def odd(findings: Sequence[Part]) -> str:
    """What is odd about the text, kind by kind."""
    kinds = Counter(f["kind"] for f in findings).most_common()
    listed = joined([f"{inner(word('finding', kind))} ({n})" for kind, n in kinds])
    return (
        f"What is odd about the text itself, found by general rules: {listed}. There may be more that no rule sees. "
        "Missing words are never filled in."
    )


def asserted(assertions: Sequence[Part]) -> str:
    """How many assertions there are, as a heading."""
    return f"{count(len(assertions), 'assertion')} beside the literature and the model"


def ledger(entries: Sequence[Part]) -> str:
    """How many sentences the document has, as a heading."""
    return f"The ledger: where each of {count(len(entries), 'sentence')} went"


# which lever and which strategy, in the memo


def shared_out(attribution: Part) -> str:
    """What the shares of levers are, from how many draws, and of how many orders where not all were run."""
    what = "Shapley values, in percentage points of the change against no strategy, from"
    read = "± is twice the standard error, and brackets hold nine in ten draws."
    draws, levers = count(attribution["draws"], "draw"), count(len(attribution["levers"]), "lever")
    if attribution["orders"] is None:
        return f"{what} {draws}. {read}"
    sampled = f"{attribution['orders']:,} orders of {levers}"
    return f"{what} {draws} and {sampled}; so few orders tell their own error only roughly. {read}"


def largest_share(table: Part) -> str:
    """How far one outcome moves, and the largest share in it: of one lever, or of the largest among those that the
    record does not tell apart."""
    whole, *rows = table["rows"]
    told = f"{table['title']}, {table['measure']}: all levers together {_share(whole)}"
    if not rows:
        return f"{told}."
    largest, *others = rows
    members = list(takewhile(lambda row: row["depth"] > largest["depth"], others))
    if not members:
        return f"{told}. The largest share is that of {largest['title']}, {_share(largest)}."
    most = max(members, key=lambda row: abs(row["mean"]))
    return (
        f"{told}. The record does not tell {count(len(members), 'lever')} apart; among these, by the model’s word "
        f"alone, the largest share is that of {most['title']}, {_share(most)}."
    )


def compared(strategies: Part) -> str:
    """How many strategies stand beside the document's own, and over what."""
    others = count(len(strategies["strategies"]) - 1, "strategy", "strategies")
    years, draws = count(strategies["years"], "year"), count(strategies["draws"], "draw")
    return f"{others} and the run without one, with the levers held for {years}, over {draws} and on the same chance."


def strikes_compared(a: Part) -> str:
    """That the strikes among the strategies that are compared are the heaviest of the courses that were run, and how
    many; "" where none are compared, or where there is no other course."""
    of = a["strategies"]
    courses = [branch for branch in a["branches"] if branch["strikes"]]
    heaviest = [branch["strikes"] for branch in courses if branch["id"] == a["answer"]["heaviest_strikes"]]
    if len(courses) < 2 or not heaviest or not of or not {one["name"] for one in of["strategies"]} & set(HEAVIEST):
        return ""
    strikes = heaviest[0]
    rate, weeks = number(strikes["strikes_per_week"]), strikes["weeks"]
    return (
        f"Of the {len(courses)} courses of strikes that were run, the heaviest is the one compared: {rate} strikes a "
        f"week for {weeks} weeks, about {strikes['strikes_per_week'] * weeks:,.0f} in all; their number is this "
        "program’s, not the document’s."
    )


def _share(row: Part) -> str:
    return f"{row['share']} ({row['range']})"


# commands that go further


def attribute_again(command: str, branch: str) -> str:
    """The commands that share changes out among the levers of a branch with more draws."""
    return _kept(command) + f"counterflow attribute strategy.toml --branch {branch} --draws 250"


def compare_again(command: str) -> str:
    """The commands that compare the strategy with those of the program with more draws."""
    return _kept(command) + "counterflow compare --built-in --document strategy.toml"


def _kept(command: str) -> str:
    return f"{command} --save-strategy strategy.toml\n"
