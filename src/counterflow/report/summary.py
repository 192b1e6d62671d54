"""The summary that a terminal shows when an assessment is done."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.assessment.results import horizon
from counterflow.report.parameters import fit_sentence, settings_sentence
from counterflow.report.words import chance, clean, count, day, percent, word

WIDTH = 100
LABEL = 13
IN_DOUBT = 0.1  # least probability, on either side, from which on an outcome's spread is told


def summary_lines(assessment: Mapping[str, Any]) -> list[str]:
    """About a dozen lines of at most 100 characters: the document, its claims, the figures, the model, how
    sure."""
    a = assessment
    lines = [
        _line("Document", a["document"]["title"] or a["document"]["source"]),
        _line("It says", _contents(a)),
        _line("Figures", _figures(a)),
    ]
    lead = a["answer"]["lead_branch"]
    shown = [h for h in a["headlines"] if h["branch"] == lead and h["reference"] == "none"]
    if not shown:
        return [*lines, _line("Model", a["answer"]["model"][0])]
    window = (a["basis"]["window"][0], a["basis"]["window"][1])
    lines.append(_line("Against", f"{word('result_reference', 'none')}, {horizon(window)}"))
    title = next(b["title"] for b in a["branches"] if b["id"] == lead)
    for n, h in enumerate(shown):
        lines.append(_line(title if n == 0 else "", f"{word('headline_short', h['id'])}: {_answer(h, a)}"))
    lines.append(_line("Levers", _levers(a, lead)))
    if by_hand := settings_sentence(a["settings"]):
        lines.append(_line("Set by hand", by_hand))
    if fit := a["basis"]["fit"]:
        lines.append(_line("Fitted", fit_sentence(fit)))
    strikes = a["answer"]["heaviest_strikes"]
    heavy = [h for h in a["headlines"] if h["branch"] == strikes and h["reference"] == "none"]
    if heavy:
        parts = ", ".join(
            f"{_lower(word('headline_short', h['id']))} "
            + (NOT_TESTED if h["word"] == NOT_TESTED else percent(h["probability"]))
            + ("?" if h["undetermined"] else "")
            for h in heavy
        )
        lines.append(_line("Most strikes", parts))
    undecided = [h for h in shown if h["undetermined"]]
    if undecided:
        deciders = {d["symbol"]: d["meaning"] for h in undecided for d in h["decided_by"][:1]}
        turns = "; ".join(f"{symbol}, {meaning}" for symbol, meaning in deciders.items())
        turn = count(len(undecided), "answer turns", "answers turn")
        lines.append(_line("Undecided (?)", f"{turn} on {turns}"))
    lines += [_line("Varies with" if n == 0 else "", text) for n, text in enumerate(_varies(a, shown))]
    grades = a["basis"]["grade_counts"]
    assumed = sum(p["assumed"] for p in a["basis"]["parameters"])
    assumed = f"{sum(grades.values())} parameters, {grades.get('D', 0)} of grade D, {assumed} assumed"
    lines.append(_line("Rests on", f"{assumed}; ± is chance from {a['basis']['draws']:,} draws"))
    return lines


def _varies(a: Mapping[str, Any], shown: Sequence[Mapping[str, Any]]) -> list[str]:
    """The three mechanisms that account for most of what an outcome varies by, where its headline is in doubt."""
    looked = a["looked_into"] or {}
    lines = []
    for h in shown:
        own = [e for e in looked.get("effects") or () if (e["outcome"], e["by"]) == (h["id"], "mechanism")]
        if own and IN_DOUBT < h["probability"] < 1.0 - IN_DOUBT:
            most = sorted(own, key=lambda e: -e["share"])[:3]
            parts = ", ".join(f"{e['player']} {percent(max(e['share'], 0.0))}" for e in most)
            lines.append(f"{_lower(word('headline_short', h['id']))}: {parts} of the spread")
    return lines


def dated_lines(assessment: Mapping[str, Any]) -> list[str]:
    """When the document was written and why that is thought, in full, wrapped to WIDTH."""
    dates = assessment["strategy"]["date"]
    when = day(dates["start"]) if dates["start"] == dates["end"] else f"{day(dates['start'])} to {day(dates['end'])}"
    return _wrapped("Dated", f"{when}: {dates['reason']}")


def _wrapped(label: str, text: str) -> list[str]:
    """A label and a text in full, over as many lines of WIDTH as it takes."""
    indent = " " * (LABEL + 2)
    return textwrap.wrap(clean(text), WIDTH, initial_indent=f"{label:<{LABEL}}  ", subsequent_indent=indent)


def _answer(headline: Mapping[str, Any], a: Mapping[str, Any]) -> str:
    """A headline's verdict and chance, and whether the model is off in the months observed since."""
    if headline["word"] == NOT_TESTED:
        return f"{NOT_TESTED}: {word('not_tested', 'why')}"
    how_often = chance(headline["probability"], headline["mc_error"], a["basis"]["draws"])
    seen = a["answer"]["seen"].get(headline["id"])
    return f"{headline['word']}, {how_often}" + (
        f"; {word('observed', 'off_in_short')}" if seen and seen["missed"] else ""
    )


def _levers(a: Mapping[str, Any], lead: str) -> str:
    """How many levers the branch `lead` moves, and how many actions of the document move none."""
    levers = {e["lever"] for b in a["branches"] if b["id"] == lead for e in b["entries"]}
    idle = sum(x["fate"]["kind"] == "moves no lever" for x in a["actions"])
    return f"{len(levers)} moved" + (f"; {idle} of {count(len(a['actions']), 'action')} move none" if idle else "")


def _contents(a: Mapping[str, Any]) -> str:
    acts = count(len(a["actions"]), "action")
    done = sum(x["status"] == "in_force" and x["polarity"] == "affirmed" for x in a["actions"])
    gaps = sum(f["kind"] in ("elided_text", "unresolved_reference") for f in a["findings"])
    claims = count(len(a["claims"]), "quantity", "quantities")
    return f"{acts} ({done} in force), {claims} to check, at least {count(gaps, 'gap')} left open"


def _figures(a: Mapping[str, Any]) -> str:
    """How many claims hold on all, some or none of their readings, and how many could not be tested."""
    if not a["claims"]:
        return "no quantity to check"
    names = {"holds_all": "on all readings", "holds_some": "on some readings", "holds_none": "on no reading"}
    held = {name: sum(c["verdict"] == code for c in a["claims"]) for code, name in names.items()}
    untested = len(a["claims"]) - sum(held.values())
    parts = [f"{n} {name}" for name, n in held.items() if n]
    if parts:
        parts[0] = parts[0].replace(" on", " holds on" if parts[0].startswith("1 ") else " hold on", 1)
    if untested:
        parts.append(f"{untested} untestable")
    return f"{count(len(a['claims']), 'claim')}: {', '.join(parts)}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _line(label: str, text: str) -> str:
    """A label and a text, without control characters and cut to WIDTH at a word, with an ellipsis."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return f"{label[:LABEL]:<{LABEL}}  " + textwrap.shorten(plain, WIDTH - LABEL - 2, placeholder=" …")
