"""The answer in plain words: what is claimed, what figures say, what the model does, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.judgement.information import LEAST
from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.assessment.held_out import beaten_sentences, held_out
from counterflow.report.assessment.results import horizon, leading_sentence, rests_sentence
from counterflow.report.parameters import drawn_in_words
from counterflow.report.words import (
    count,
    day,
    inner,
    joined,
    number,
    percent,
    phrase,
    status_in_words,
    vocabulary,
    word,
)
from counterflow.strategy.branches import LEADING

if TYPE_CHECKING:
    from counterflow.brief.schema import Brief
    from counterflow.evidence.schema import Check, CheckVerdict
    from counterflow.judgement.schema import Decider, Headline, Learned, Verdict
    from counterflow.strategy.schema import Branch

HEADLINES = ("trafficking", "crossings", "friction", "violence")
LEAST_MONTHS = 6  # observed, from which on fewer than half inside the 90% band are told as a flag
KNOWN = 2  # figures of a range or of the value at which an answer flips: no more is known


def lead_branch(branches: Sequence[Branch]) -> str | None:
    """The branch that the answer opens with: what the record shows was done, else what the document
    states."""
    held = {b.id for b in branches}
    return next((b for b in LEADING if b in held), None)


def heaviest_strikes(branches: Sequence[Branch]) -> str | None:
    """The branch with the most strikes in all; of two with equal numbers, the one without consent."""
    weights = {
        (b.strikes.weeks * b.strikes.strikes_per_week, not b.strikes.consent): b.id
        for b in branches
        if b.strikes is not None
    }
    return weights[max(weights)] if weights else None


def answer(
    brief: Brief,
    checks: Sequence[Check],
    branches: Sequence[Branch],
    verdict: Verdict | None,
    foreseen: Mapping[str, Any] | None,
    idle: int = 0,
) -> dict[str, Any]:
    """One sentence to quote (`short`), what all others have in common (`leading`), how many levers the strategy moves
    (`coverage`), how its months came out since by headline (`seen`), four texts as lists of sentences (`claims`,
    `figures`, `model`, `sure`), and the branches that they speak of.

    `idle` is the number of the document's actions that move no lever.

    Every sentence is built from counts and numbers of the inputs by the same rules for any document.
    """
    lead = lead_branch(branches) if verdict else None
    titles = {b.id: inner(b.title) for b in branches}
    judged = _by_branch(verdict) if verdict else {}
    return {
        "lead_branch": lead,
        "heaviest_strikes": heaviest_strikes(branches),
        "short": _short(verdict, judged.get(lead, {}), titles[lead], foreseen) if verdict and lead else "",
        "leading": leading_sentence(verdict, "page") if verdict and lead else "",
        "coverage": _coverage(branches, lead, len(brief.actions), idle) if lead else "",
        "seen": _seen_by_headline(foreseen) if lead else {},
        "claims": _claims(brief),
        "figures": _figures(checks),
        "model": _model(verdict, judged, lead, titles, branches) if verdict and lead else [phrase("outcomes_none")],
        "sure": [*_seen(foreseen), *_sure(verdict, judged.get(lead, {})), *_earlier()] if verdict and lead else [],
    }


def _by_branch(verdict: Verdict) -> dict[str, dict[str, Headline]]:
    """Headlines against *none*, by branch and id."""
    table: dict[str, dict[str, Headline]] = {}
    for h in verdict.headlines:
        if h.reference == "none":
            table.setdefault(h.branch, {})[h.id] = h
    return table


def _against_none(block: str, verdict: Verdict, **values: str) -> str:
    """A sentence of [leading] on the answers against the run without the strategy."""
    said = {"reference": word("result_reference", "none"), "horizon": horizon(verdict.window)}
    return word("leading", block).format(**said, **values)


def _short(verdict: Verdict, headlines: dict[str, Headline], title: str, foreseen: Mapping[str, Any] | None) -> str:
    grouped: dict[str, list[str]] = {}
    for name in HEADLINES:
        if name in headlines:
            grouped.setdefault(headlines[name].word, []).append(word("headline_inside", name))
    untested = grouped.pop(NOT_TESTED, [])
    found = joined([f"{joined(names)} {said}" for said, names in grouped.items()], last="; and ", between="; ")
    sentences = [_against_none("short", verdict, branch=title, found=found)] if found else []
    if untested:
        sentences.append(f"Not tested: {joined(untested)}, for {word('not_tested', 'why')}.")
    months, inside = _held(tested(foreseen))
    if months:
        sentences.append(f"Of the months observed since, the model’s 90% bands have held {inside} of {months}.")
    return " ".join(sentences)


def _coverage(branches: Sequence[Branch], lead: str, actions: int, idle: int) -> str:
    """How many levers a branch moves, and how many actions of the document move none."""
    levers = {e.lever for b in branches if b.id == lead for e in b.entries}
    if not levers:
        return ""
    moved = f"It moves {count(len(levers), 'lever')} of the model, responses to it included"
    if not idle:
        return f"{moved}."
    return f"{moved}; {idle} of the document’s {count(actions, 'action')} {'moves' if idle == 1 else 'move'} none."


def _claims(brief: Brief) -> list[str]:
    statuses = Counter(status_in_words(a) for a in brief.actions)
    listed = joined([f"{n} {status}" for status, n in statuses.most_common()])
    sentences = [
        f"It names {count(len(brief.actions), 'action')}{': ' + listed if listed else ''}.",
        f"It states {count(len(brief.claims), 'quantity', 'quantities')} that a reader could check.",
    ]
    if brief.gaps:
        gaps = count(len(brief.gaps), "gap")
        sentences.append(
            f"It has at least {gaps}, where words are missing or something is meant that is not named; "
            "none is filled with a guess."
        )
    return sentences


def _figures(checks: Sequence[Check]) -> list[str]:
    if not checks:
        return ["The document states no quantity to check."]
    verdicts = Counter(c.verdict for c in checks)
    phrases: dict[CheckVerdict, tuple[str, str]] = {
        "holds_all": ("holds on every reading", "hold on every reading"),
        "holds_some": ("holds on some readings and not on others", "hold on some readings and not on others"),
        "holds_none": ("holds on no reading", "hold on no reading"),
        "direction_only": ("states only a direction", "state only a direction"),
        "no_series": ("has no official series", "have no official series"),
        "not_checkable": ("cannot be checked",) * 2,
        "incomplete": ("is incomplete, for words are missing", "are incomplete, for words are missing"),
    }
    parts = [f"{verdicts[v]} {phrases[v][verdicts[v] > 1]}" for v in phrases if v in verdicts]
    sentences = [f"Of {count(len(checks), 'claim')}, {joined(parts)}."]
    unofficial = sum("no official series" in c.flags for c in checks)
    if unofficial:
        rest = count(unofficial, "claim rests", "claims rest")
        sentences.append(f"{rest} on published points only: no official series holds that figure.")
    return sentences


def _model(
    verdict: Verdict,
    judged: dict[str, dict[str, Headline]],
    lead: str,
    titles: dict[str, str],
    branches: Sequence[Branch],
) -> list[str]:
    sentences = []
    table = {f.branch: f for f in verdict.four_way}
    if lead in table and not {NOT_TESTED} & {judged[lead][x].word for x in ("trafficking", "friction")}:
        shares = table[lead].model_dump(exclude={"branch"})
        commonest = max(shares, key=lambda cell: shares[cell])
        sentences.append(
            f"Of the four outcomes, “{inner(word('four_way', commonest))}” is the commonest, with "
            f"{percent(shares[commonest])} of the draws; trafficking is curtailed without friction in "
            f"{percent(shares['curtailed_without_friction'])}."
        )
    if lead != "as_written" and "as_written" in judged:
        parts = _chances([judged["as_written"]])
        sentences.append(f"Taken only as written, gaps left as gaps, the shares of draws are: {joined(parts)}.")
    struck = [judged[b.id] for b in branches if b.strikes is not None and b.id in judged]
    if struck:
        sentences.append(
            f"Were strikes added ({count(len(struck), 'course')} of them were run), the shares of draws would be: "
            f"{joined(_chances(struck))}. How likely strikes are is not modelled."
        )
    return [leading_sentence(verdict, "model"), *sentences] if sentences else []


def _chances(branches: Iterable[dict[str, Headline]]) -> list[str]:
    """Each headline with its probability, or with its range over several branches."""
    parts = []
    for name in HEADLINES:
        held = [b[name] for b in branches if name in b]
        values = [h.probability for h in held if h.word != NOT_TESTED]
        if held and not values:
            parts.append(f"{word('headline_inside', name)} {NOT_TESTED}")
        elif values:
            low, high = percent(min(values)), percent(max(values))
            spread = low if low == high else f"{low} to {high}"
            parts.append(f"{word('headline_inside', name)} {spread}")
    return parts


def _sure(verdict: Verdict, headlines: dict[str, Headline]) -> list[str]:
    rests, assumed = rests_sentence(verdict), assumed_in(verdict)
    undecided = [headlines[name] for name in HEADLINES if name in headlines and headlines[name].undetermined]
    if not undecided:
        if all(h.word == NOT_TESTED for h in headlines.values()):
            return [rests]
        return [_against_none("steady", verdict), rests]
    deciders: dict[tuple[str, str], list[tuple[Headline, Decider]]] = {}
    for h in undecided:
        for d in h.decided_by[:1]:
            deciders.setdefault((d.mechanism, d.symbol), []).append((h, d))
    names = joined([word("headline_inside", h.id) for h in undecided])
    told = _against_none("undetermined", verdict, headlines=names)
    return [told, *(_decided_together(pairs, assumed) for pairs in deciders.values()), rests]


def _earlier() -> list[str]:
    """Where simple rules forecast better than the model."""
    told = beaten_sentences(held_out())
    return [told] if told else []


def _seen(foreseen: Mapping[str, Any] | None) -> list[str]:
    """How the run as of the strategy's date stood up to the months observed since, over all outcomes; what it foresaw
    worst comes first."""
    told = sorted(tested(foreseen), key=lambda o: o["inside"]["as_on_record"]["band_90"] / o["observed_since"])
    if not foreseen or not told:
        return []
    months, inside = _held(told)
    series = count(len(told), "series", "series")
    scores = [f"{o['title']} {o['inside']['as_on_record']['band_90']} of {o['observed_since']}" for o in told]
    known = f"{day(foreseen['origin'])} ({drawn_in_words(foreseen)})"
    return [
        f"Run with what was known on {known}, the model’s 90% bands hold {inside} of "
        f"{months} monthly figures observed since, over {series}; about nine in ten would be right.",
        f"By series: {'; '.join(scores)}.",
    ]


def tested(foreseen: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The outcomes of which months were observed since, where the branch on record was run as of the date."""
    of = foreseen["outcomes"] if foreseen else []
    return [o for o in of if "as_on_record" in o["inside"] and o["observed_since"]]


def _held(tested: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Months observed since, and how many of them the 90% bands hold."""
    inside = (o["inside"]["as_on_record"]["band_90"] for o in tested)
    return sum(o["observed_since"] for o in tested), sum(inside)


def _seen_by_headline(foreseen: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """For each headline with an observed series: the months since, how many the 90% band held, and whether the
    model is off (`missed`): fewer than half of LEAST_MONTHS or more."""
    series = vocabulary()["seen"]
    return {
        series[o["variable"]]: {
            "variable": o["variable"],
            "title": o["title"],
            "months": o["observed_since"],
            "inside": o["inside"]["as_on_record"]["band_90"],
            "missed": o["observed_since"] >= LEAST_MONTHS
            and 2 * o["inside"]["as_on_record"]["band_90"] < o["observed_since"],
        }
        for o in tested(foreseen)
        if o["variable"] in series
    }


def assumed_in(verdict: Verdict) -> set[tuple[str, str]]:
    """The parameters that are assumed: mechanism and symbol. Others of grade D have a source, if a weak one."""
    return {(p.mechanism, p.symbol) for p in verdict.basis if p.assumed}


def _known(decider: Decider, assumed: Container[tuple[str, str]]) -> str:
    return "which is assumed" if (decider.mechanism, decider.symbol) in assumed else "of which little is known"


def _decided_together(pairs: Sequence[tuple[Headline, Decider]], assumed: Container[tuple[str, str]]) -> str:
    d = pairs[0][1]
    effects = [f"{word('headline_inside', h.id)} {_swing(x)}" for h, x in pairs]
    return f"It turns on {d.meaning}, {_known(d, assumed)}: {_moved(d)}, it carries {joined(effects)} ({d.symbol})."


def decider_sentence(headline: Headline, decider: Decider, assumed: Container[tuple[str, str]]) -> str:
    """Which parameter of grade D decides a headline, over which range, and at which values the answer flips."""
    return _turns_on([(headline, decider)], assumed)


def decider_sentences(of: Sequence[Headline], assumed: Container[tuple[str, str]]) -> list[tuple[str, Decider]]:
    """The same for one headline of one branch against several references: a parameter that decides against more than
    one of them is told once, with its swings. Beside each sentence stands the parameter."""
    merged: dict[tuple[str, str], list[tuple[Headline, Decider]]] = {}
    for headline in of:
        for decider in headline.decided_by:
            merged.setdefault((decider.mechanism, decider.symbol), []).append((headline, decider))
    return [(_turns_on(pairs, assumed), pairs[0][1]) for pairs in merged.values()]


def _turns_on(pairs: Sequence[tuple[Headline, Decider]], assumed: Container[tuple[str, str]]) -> str:
    headline, d = pairs[0]
    alike: dict[str, list[str]] = {}
    for h, x in pairs:
        alike.setdefault(_swing(x), []).append(word("result_reference", h.reference))
    swings = joined([f"{said} against {joined(against)}" for said, against in alike.items()], "; ", "; and ")
    return (
        f"{word('headline', headline.id)} turns on {d.meaning}, {_known(d, assumed)}: {_moved(d)}, it carries the "
        f"probability {swings} ({d.symbol})."
    )


def worth_sentences(of: Headline) -> list[str]:
    """How often a call on a headline is wrong, and what it would be worth to know."""
    if of.wrong is None:
        return []
    called = "met" if of.probability >= 0.5 else "not met"
    against = word("result_reference", of.reference)
    said = f"Called {called} against {against}, it would be wrong in {percent(of.wrong)} of draws."
    if of.worth_knowing is None:
        return [f"{said} Which number would be worth knowing is not told: at least {LEAST:,} draws are needed."]
    told = [_worth(one) for one in of.worth_knowing]
    if told:
        return [f"{said} Knowing one number beforehand would make it wrong less often: {'; '.join(told)}."]
    return [f"{said} No single number, known beforehand, would make that clearly less."]


def _worth(one: Learned) -> str:
    return f"{one.meaning} ({one.name}) by {100 * one.less_wrong:.0f} ±{max(1, round(200 * one.error))} points"


def _moved(decider: Decider) -> str:
    return f"moved from {number(decider.low, KNOWN)} to {number(decider.high, KNOWN)}{_unit(decider)}"


def _swing(decider: Decider) -> str:
    low, high = percent(decider.probability_at_low), percent(decider.probability_at_high)
    values = joined([number(value, KNOWN) for value in decider.flips_at])
    return f"from {low} to {high}{f' (the answer flips at {values})' if values else ''}"


def _unit(decider: Decider) -> str:
    return f" {decider.unit}" if decider.unit not in ("", "1", "-", "ratio") else ""
