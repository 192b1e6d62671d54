"""What a comparison comes to: which strategy is best by which outcome, and under which assumption."""

from __future__ import annotations

from counterflow.judgement.comparison.schema import Best, Compared, Comparison, OutcomeId, Spread, Structure, Under
from counterflow.report.studies.compared.words import (
    AMONG,
    LEAST,
    Section,
    change_words,
    horizon,
    lead_words,
    note,
    signed_persons,
    spread_words,
    title_of,
)
from counterflow.report.words import count, joined, number, percent, word

DOCUMENT = "document"  # the name of a document's strategy among those that are compared
ASKED: dict[OutcomeId, str] = {"deaths": "US deaths", "fentanyl": "fentanyl delivered"}
SWITCHED = {"concedes": "always concedes", "retaliates": "always retaliates"}


def in_short(of: Comparison) -> tuple[str, ...]:
    """What the tables come to: how a document's own strategy does, where there is one, and then a sentence each."""
    inputs = sum(of.grades.values())
    told = [*own(of), *(best_sentence(of, one) for one in of.best)]
    names = list(dict.fromkeys(f"`{one.input}`" for one in of.under))
    if of.under_reason:
        told.append(note("under_untold", reason=of.under_reason))
    elif names:
        told.append(note("under_some", names=joined(names), others=inputs - len(names)))
    else:
        told.append(note("under_none", inputs=inputs))
    weak = of.grades.get("D", 0)
    told.append(note("grades", inputs=count(inputs, "uncertain input"), weak=f"{weak} {'is' if weak == 1 else 'are'}"))
    return tuple(told)


def own(of: Comparison) -> tuple[str, ...]:
    """How a document's own strategy does by the outcomes that a best is told of, beside the best of all strategies by
    each; () where no document's strategy is compared."""
    by_name = {one.name: one for one in of.strategies}
    if DOCUMENT not in by_name:
        return ()
    document = by_name[DOCUMENT]
    told = [
        note(
            "own",
            title=document.title,
            held=of.held,
            first=of.window[0],
            last=of.window[1],
            deaths=_changed(document, "deaths"),
            fentanyl=_changed(document, "fentanyl"),
        )
    ]
    for one in of.best:
        if one.among == "all":
            best = by_name[one.best]
            sentence, words = ("own_best", "") if best is document else ("own_beside", _changed(best, one.outcome))
            told.append(note(sentence, outcome=ASKED[one.outcome], best=best.title, change=words))
    return (" ".join(told),)


def _changed(of: Compared, outcome: OutcomeId) -> str:
    """How far an outcome stands from that of the run without a strategy, below zero where it is less."""
    if outcome == "deaths":
        averted = of.deaths_averted
        return spread_words(Spread(median=-averted.median, low=-averted.high, high=-averted.low), signed_persons)
    return change_words(outcome, next(e.change for e in of.effects if (e.outcome, e.reference) == (outcome, "none")))


def best_sentence(of: Comparison, one: Best) -> str:
    """Which strategy is best on average by one outcome, and by how much."""
    return note(
        "best" if one.clear else "alike",
        among=AMONG[one.among][0].upper() + AMONG[one.among][1:],
        least=LEAST[one.outcome],
        horizon=horizon(of, one.outcome),
        best=title_of(of, one.best),
        second=title_of(of, one.second),
        lead=lead_words(one.outcome, one.lead, one.error),
        ahead=percent(one.ahead),
    )


def under(of: Comparison) -> Section:
    """The inputs with which the best strategy changes."""
    title = "Best under which assumption"
    if of.under_reason:
        return Section(title, (f"Not told: {of.under_reason}.",))
    notes = [note("under", inputs=of.inputs)]
    kept = [
        f"{LEAST[one.outcome]} {AMONG[one.among]}"
        for one in of.best
        if not any((other.among, other.outcome) == (one.among, one.outcome) for other in of.under)
    ]
    if kept:
        notes.append(note("under_kept", kept="; ".join(kept)))
    header = ("input", "what is asked", "best in its lower third", "best in its upper third", "resamples")
    return Section(title, tuple(notes), header, tuple(_under_row(of, one) for one in of.under))


def _under_row(of: Comparison, one: Under) -> tuple[str, ...]:
    low = lead_words(one.outcome, one.low_lead, one.low_error)
    high = lead_words(one.outcome, one.high_lead, one.high_error)
    return (
        f"`{one.input}`: {one.meaning} (grade {one.grade})",
        f"{LEAST[one.outcome]} {AMONG[one.among]}",
        f"up to {number(one.low_edge)}{_unit(one)}: {title_of(of, one.low_best)}, {low} ahead",
        f"from {number(one.high_edge)}{_unit(one)}: {title_of(of, one.high_best)}, {high} ahead",
        percent(one.sure),
    )


def _unit(one: Under) -> str:
    return f" {one.unit}" if one.unit else " of its range" if one.input.startswith(("size of", "delivery of")) else ""


def structure(of: Comparison) -> Section:
    """The switches of the model with which the best strategy changes."""
    title = "If the model were built otherwise"
    if not of.structure:
        return Section(title, ("Not looked at.",))
    positions = len(dict.fromkeys((one.switch, one.position) for one in of.structure))
    notes = [note("structure", runs=count(positions, "further run"), draws=of.structure_draws)]
    changes = [one for one in of.structure if one.changes]
    if not changes:
        names = " or ".join(LEAST[outcome] for outcome in dict.fromkeys(one.outcome for one in of.structure))
        notes.append(note("structure_none", least=names))
        return Section(title, tuple(notes))
    notes.append(note("structure_some"))
    header = ("switch", "what is asked", "best as it stands", "best then")
    return Section(title, tuple(notes), header, tuple(_structure_row(of, one) for one in changes))


def _structure_row(of: Comparison, one: Structure) -> tuple[str, ...]:
    return (
        f"`{one.switch}` {SWITCHED.get(one.position, one.position)} ({word('switch', one.switch)})",
        f"{LEAST[one.outcome]} {AMONG[one.among]}",
        title_of(of, one.usual),
        f"{title_of(of, one.best)}, {lead_words(one.outcome, one.lead, one.error)} ahead of it",
    )
