"""The tables of a comparison, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable

from counterflow.judgement.comparison.compare import FEWER
from counterflow.judgement.comparison.schema import Chance, Compared, Comparison, OutcomeId, PerDeath, Regret
from counterflow.judgement.headlines import rules
from counterflow.model.costs import unpriced
from counterflow.report.studies.compared import best
from counterflow.report.studies.compared.words import (
    AGAINST,
    NOT_ALL_PRICED,
    OUTCOMES,
    REFERENCE,
    Section,
    chance_words,
    change_words,
    note,
    persons,
    points,
    spread_words,
    window_words,
)
from counterflow.report.studies.compared.words import title_of as title_in
from counterflow.report.words import count, dollars, joined, percent, word
from counterflow.strategy.catalogue import lever

SHOWN: tuple[OutcomeId, ...] = ("fentanyl", "crossings", "friction", "violence")
CRITERIA = {
    "curtails": "trafficking curtailed, and neither friction nor violence up",
    "averts": f"US deaths at least {percent(FEWER)} lower, and neither friction nor violence up",
}
NO_RATIO = {
    "unpriced": NOT_ALL_PRICED,
    "no clear effect": "not told: deaths averted are not clearly above zero",
    "the reference": REFERENCE,
}
FEWER_DEATHS, FEWER_HOMICIDES = "fewer US deaths (below 0: more)", "fewer homicides in Mexico (below 0: more)"
RECEIVED = 1e6  # USD from which on what comes in is told


def sections(of: Comparison) -> tuple[Section, ...]:
    """The whole comparison."""
    return (
        Section("In short", best.in_short(of)),
        _outcomes(of, "none"),
        _outcomes(of, "before"),
        _chances(of, "none"),
        _chances(of, "before"),
        _money(of),
        _regret(of),
        _robust(of),
        _front(of),
        best.under(of),
        best.structure(of),
        _not_priced(of),
    )


def page_sections(of: Comparison) -> tuple[Section, ...]:
    """What a page about something else tells of the comparison."""
    in_short = Section("In short", best.in_short(of))
    return (in_short, _outcomes(of, "none"), _money(of), _front(of), _not_priced(of))


def asked(of: Comparison) -> str:
    """From what the comparison was made."""
    taken = f"the posterior {of.posterior}" if of.posterior else "the priors"
    set_too = [count(len(of.parameters), "parameter")] if of.parameters else []
    set_too += [f"the switch {name}" for name in of.switches]
    others = f"; all set {joined(set_too)}" if set_too else ""
    return note(
        "asked",
        strategies=count(len(of.strategies) - 1, "strategy", "strategies"),
        first=of.first_lever,
        years=count(of.years, "year"),
        draws=f"{of.draws:,}",
        taken=taken,
        seed=of.seed,
        others=others,
        version=of.version,
    )


def _each(
    of: Comparison, cells: Callable[[Compared], tuple[str, ...]], *, reference: bool
) -> tuple[tuple[str, ...], ...]:
    """A row for each strategy; that of the run without one says that it is the reference, where it is."""
    first, *others = of.strategies
    own = cells(first)
    return (
        (first.title, *((REFERENCE,) * len(own) if reference else own)),
        *((one.title, *cells(one)) for one in others),
    )


def _outcomes(of: Comparison, reference: str) -> Section:
    def cells(one: Compared) -> tuple[str, ...]:
        changes = {effect.outcome: effect.change for effect in one.effects if effect.reference == reference}
        return tuple(change_words(outcome, changes[outcome]) for outcome in SHOWN)

    notes = [note("outcomes", against=AGAINST[reference], window=window_words(of))]
    if reference == "before":
        notes.append(note("outcomes_before"))
    rows = _each(of, cells, reference=reference == "none")
    header = ("strategy", *(OUTCOMES[outcome] for outcome in SHOWN))
    return Section(f"Outcomes against {AGAINST[reference]}", tuple(notes), header, rows)


def _chances(of: Comparison, reference: str) -> Section:
    def cells(one: Compared) -> tuple[str, ...]:
        return tuple(chance_words(chance, of.draws) for chance in _of(one, reference))

    criteria = "; ".join(f"{rule.title}: {rule.criterion.format(reference=AGAINST[reference])}" for rule in rules())
    notes = (note("chances", window=window_words(of)), f"{criteria}.")
    rows = _each(of, cells, reference=reference == "none")
    header = ("strategy", *(rule.title for rule in rules()))
    return Section(f"Chances against {AGAINST[reference]}", notes, header, rows)


def _of(one: Compared, reference: str) -> tuple[Chance, ...]:
    return tuple(chance for chance in one.headlines if chance.reference == reference)


def _money(of: Comparison) -> Section:
    notes = [note("money", held=of.held), note("money_whose"), note("money_ratio")]
    for one in of.strategies:
        if one.beaten_by:
            others = joined([title_in(of, name) for name in one.beaten_by])
            notes.append(note("money_beaten", title=one.title, others=others))
        if one.received_mean >= RECEIVED:
            notes.append(note("money_received", title=one.title, amount=dollars(one.received_mean)))
    header = ("strategy", FEWER_DEATHS, FEWER_HOMICIDES, "spent", "spent per death averted")
    return Section("Deaths, homicides and money", tuple(notes), header, _each(of, _money_cells, reference=True))


def _money_cells(of: Compared) -> tuple[str, ...]:
    return (
        spread_words(of.deaths_averted, persons),
        spread_words(of.homicides_averted, persons),
        _spent(of),
        _per_death(of.per_death) if of.per_death else NO_RATIO[of.per_death_reason],
    )


def _spent(of: Compared) -> str:
    if of.unpriced and of.spent.high < 1.0:
        return "not priced"
    return spread_words(of.spent, dollars) + (", incomplete" if of.unpriced else "")


def _per_death(of: PerDeath) -> str:
    over_draws = f"{dollars(of.low)} to {dollars(of.high)}"
    return f"{dollars(of.value)} ({over_draws}; {dollars(of.error_low)} to {dollars(of.error_high)})"


def _regret(of: Comparison) -> Section:
    notes = (note("regret", window=window_words(of), held=of.held),)
    rows = tuple((one.title, *map(_regret_words, one.regrets)) for one in of.strategies)
    return Section("Regret", notes, ("strategy", *(OUTCOMES[one.outcome] for one in of.strategies[0].regrets)), rows)


def _regret_words(of: Regret) -> str:
    words = persons if of.outcome == "deaths" else points
    return f"{words(of.mean)} ±{words(2 * of.mean_error)} ({words(of.high)})"


def _robust(of: Comparison) -> Section:
    notes = (note("robust", window=window_words(of), held=of.held, fewer=percent(FEWER)),)
    rows = tuple((one.title, *(chance_words(chance, of.draws) for chance in one.robust)) for one in of.strategies)
    header = ("strategy", *(CRITERIA[chance.id] for chance in of.strategies[0].robust))
    return Section("Robustness", notes, header, rows)


def _front(of: Comparison) -> Section:
    notes = (note("front"), note("front_caution"))
    rows = []
    for one in of.strategies:
        cost = one.front_with_cost
        with_cost = f"{_yes(cost.member)} ({percent(cost.chance)})" if cost else NOT_ALL_PRICED
        rows.append((one.title, f"{_yes(one.front.member)} ({percent(one.front.chance)})", with_cost))
    return Section("What no other beats", notes, ("strategy", "by outcomes", "by outcomes and spending"), tuple(rows))


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _not_priced(of: Comparison) -> Section:
    by_lever: dict[str, list[str]] = {}
    for one in of.strategies:
        for name in one.unpriced:
            by_lever.setdefault(name, []).append(one.title)
    if not by_lever:
        return Section("What is not priced", (note("unpriced_none"),))
    rows = tuple(
        (lever(name).title, unpriced().get(name) or word("unpriced", lever(name).actor), joined(titles))
        for name, titles in by_lever.items()
    )
    notes = (note("unpriced"),)
    return Section("What is not priced", notes, ("lever", "why", "moved by"), rows)
