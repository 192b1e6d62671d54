"""Outcomes by branch with their intervals, and what an earlier run foresaw of the months observed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from counterflow.report import sentences
from counterflow.report.assessment.held_out import held_sentences, misfit
from counterflow.report.assessment.outcomes import outcome_title
from counterflow.report.formats.blocks import Block, Heading, Line, Paragraph, Table, line, said
from counterflow.report.formats.sections.answer import DASH, Assessment, picture, shown, titles
from counterflow.report.page.context import by_subject
from counterflow.report.pictures import charts as figures
from counterflow.report.words import count, dollars, number, percent, percent_change, phrase, word


def outcomes(a: Assessment) -> Iterator[Block]:
    """Each charted outcome with its fan chart and a table of all branches; the others in a table for each subject."""
    yield Heading(2, line(word("heading", "outcomes")))
    if not a["outcomes"]:
        yield Paragraph(line(phrase("outcomes_none")))
        return
    yield Paragraph(line(phrase("outcomes_record"), " ", phrase("outcomes_bands"), *_after(a)))
    for item in a["outcomes"]:
        if item["charted"]:
            yield from _charted(a, item)
    others = [item for item in a["outcomes"] if not item["charted"]]
    if others and a["basis"]:
        first, last = a["basis"]["window"]
        yield Heading(3, line(f"{count(len(others), 'other output')} of the model"))
        yield Paragraph(line(phrase("outcomes_others", first=first, last=last)))
        for subject, items in by_subject(others).items():
            yield Heading(4, line(f"{word('subject', subject)} ({len(items)})"))
            yield _subject(a, items)


def _after(a: Assessment) -> list[str]:
    return [" ", phrase("outcomes_after", last=a["basis"]["window"][1])] if a["basis"] else []


def _charted(a: Assessment, item: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(3, line(said(outcome_title(item))))
    record = f"Record: {item['series_id']}." if item["series_id"] else phrase("outcomes_no_series")
    unsure = sentences.unsure(item)
    yield Paragraph(line(said(item["explanation"]), " ", record, " " if unsure else "", unsure))
    yield Paragraph(line(held_sentences(a["held_out"], item["variable"])))
    yield picture(figures.fan_figure(item, shown(a), titles(a)), f"fan-{item['variable']}")
    if item["window"]:
        names = ("Branch", f"Median and 90% range, {item['unit']}", "Change against no strategy")
        rows = ((line(titles(a)[id]), line(_range(w)), _change(w)) for id, w in item["window"].items())
        yield Table(tuple(line(x) for x in names), tuple(rows))


def _range(w: Mapping[str, Any]) -> str:
    spread = f" ({number(w['low'])} to {number(w['high'])})" if w["low"] != w["high"] else ""
    return f"{number(w['median'])}{spread}"


def _change(w: Mapping[str, Any]) -> Line:
    if "change_median" not in w:
        return DASH
    low, median, high = (percent_change(w[f"change_{key}"]) for key in ("low", "median", "high"))
    return line(f"{median} ({low} to {high})")


def _subject(a: Assessment, items: Sequence[Mapping[str, Any]]) -> Table:
    ids = [x for x in ("none", a["answer"]["lead_branch"], a["answer"]["heaviest_strikes"]) if x in titles(a)]
    rows = [
        (
            line(said(outcome_title(item)), ", ", item["unit"]),
            *(_spread(item["window"][id], item["unit"]) for id in ids),
        )
        for item in items
        if item["window"]
    ]
    return Table((line("Output"), *(line(titles(a)[id]) for id in ids)), tuple(rows))


def _spread(w: Mapping[str, Any], unit: str) -> Line:
    if unit.startswith("USD"):
        text = f"{dollars(w['median'])} ({dollars(w['low'])} to {dollars(w['high'])})"
    else:
        text = _range(w)
    return line(text, *([f"; {percent_change(w['change_median'])}"] if "change_median" in w else []))


def foreseen(a: Assessment) -> Iterator[Block]:
    """The run as of the strategy's date beside the months observed since."""
    yield Heading(2, line(word("heading", "foreseen")))
    yield from _foreseen(a)
    yield Heading(3, line(word("heading", "earlier")))
    yield Paragraph(line(sentences.earlier_tests(a["held_out"]), " ", phrase("earlier_rules")))
    rows = tuple(
        (
            line(said(outcome_title(one) + (f", {one['part']}" if one["part"] else ""))),
            line(str(one["months"])),
            line(percent(one["inside_90"]), *_flagged(misfit(one["inside_90"]))),
            line(
                sentences.against_rule(one["best"]),
                *_flagged("rule better" if one["best"] and one["best"]["ratio"] > 1 else ""),
            ),
        )
        for one in a["held_out"]["series"]
    )
    names = ("Series", "Months forecast", "Inside the 90% band", word("heading", "against_rule"))
    yield Table(tuple(line(x) for x in names), rows)


def _flagged(flag: str) -> list[str]:
    return [", ", flag] if flag else []


def _foreseen(a: Assessment) -> Iterator[Block]:
    if not a["foreseen"]:
        yield Paragraph(line(phrase("foreseen_none")))
        return
    yield Paragraph(line(sentences.foresaw(a["foreseen"])))
    if not a["foreseen"]["outcomes"]:
        return
    names = ("Outcome", "Branch", "Inside the 90% band", "Inside the 50% band")
    rows = [
        (
            line(said(outcome_title(item))),
            line(titles(a).get(id, id)),
            line(f"{item['inside'][id]['band_90']} of {count(item['observed_since'], 'month')}"),
            line(f"{item['inside'][id]['band_50']} of {count(item['observed_since'], 'month')}"),
        )
        for item in a["foreseen"]["outcomes"]
        for id in ("as_on_record", "none")
        if id in item["inside"]
    ]
    yield Table(tuple(line(x) for x in names), tuple(rows))
    for item in a["foreseen"]["outcomes"]:
        yield Heading(3, line(said(outcome_title(item))))
        yield picture(figures.foreseen_figure(item, titles(a)), f"seen-{item['variable']}")
