"""Made-up shares of levers and a made-up comparison, shaped like real ones. None of the numbers describes the world."""

from __future__ import annotations

from datetime import date

from counterflow.judgement.attribution.schema import Amount, Attribution, Group, Member, OutcomeShares
from counterflow.judgement.comparison.schema import (
    Best,
    Chance,
    Compared,
    Comparison,
    Effect,
    LeverMoved,
    OnFront,
    OutcomeId,
    PerDeath,
    Regret,
    Spread,
)
from counterflow.judgement.headlines import rules
from counterflow.strategy.catalogue import lever

ASYLUM, ARRESTS, TROOPS = "asylum.restriction", "interior.arrests", "military.deployment"
STRIKES = "military.strike_lab"
SHOWN: tuple[OutcomeId, ...] = ("fentanyl", "crossings", "friction", "violence")


def amount(mean: float) -> Amount:
    return Amount(mean=mean, mc_error=abs(mean) / 20, low=1.7 * mean, median=0.9 * mean, high=0.2 * mean)


def member(name: str, mean: float) -> Member:
    return Member(lever=name, title=lever(name).title, share=amount(mean), least=None, most=None)


def attribution() -> Attribution:
    """Three levers: two that the record does not tell apart, one too small to be told; and an outcome nobody counts."""
    bundle = Group(
        members=(member(ASYLUM, -0.41), member(ARRESTS, -0.08)), share=amount(-0.49), why="together",
        inflation=2_000.0, ratio=7.0,
    )  # fmt: skip
    faint = Group(members=(member(TROOPS, -0.001),), share=amount(-0.001), why="too small", inflation=None, ratio=None)
    alone = Group(members=(member(ARRESTS, 0.043),), share=amount(0.043), why="no series", inflation=None, ratio=None)
    return Attribution(
        branch="as_on_record",
        reference="none",
        weeks=(53, 156),
        levers=(ASYLUM, ARRESTS, TROOPS),
        idle=("emergency.declaration",),
        draws=60,
        years=3,
        seed=0,
        runs=720,
        method="sampled",
        orders=4,
        posterior="bundled 2026-01",
        grades={"A": 11, "D": 104},
        outcomes=(
            OutcomeShares(outcome="attempts", measure="change", total=amount(-0.491), groups=(bundle, faint),
                          series="encounters", months=10, scatter=0.19),
            OutcomeShares(outcome="cooperation", measure="fall", total=amount(0.043), groups=(alone,), series=None,
                          months=0, scatter=None),
        ),
    )  # fmt: skip


def spread(median: float) -> Spread:
    return Spread(median=median, low=median - abs(median) * 0.8, high=median + abs(median) * 1.5)


def compared(
    name: str, title: str, levers: tuple[str, ...], size: float, *, unpriced: tuple[str, ...] = (), front: bool = False
) -> Compared:
    """One strategy whose numbers are all made from one size."""
    told = OnFront(member=front, chance=0.97 if front else 0.02)
    moves = tuple(LeverMoved(id=one, title=lever(one).title, size="made up", source="made up") for one in levers)
    return Compared(
        name=name,
        title=title,
        about=f"{title}, made up.",
        begins=date(2025, 1, 20) if levers else None,
        levers=moves,
        effects=tuple(
            Effect(outcome=outcome, reference=reference, change=spread(-size if outcome != "friction" else size))
            for outcome in SHOWN
            for reference in ("none", "before")
        ),
        headlines=tuple(Chance(id=rule.id, reference="none", probability=0.2, error=0.05) for rule in rules()),
        deaths_averted=spread(40_000 * size),
        deaths_averted_mean=41_000 * size,
        homicides_averted=spread(900 * size),
        homicides_averted_mean=950 * size,
        spent=spread(9e10 * size),
        spent_mean=9.3e10 * size,
        received_mean=0.0,
        unpriced=unpriced,
        per_death=PerDeath(value=1.6e6, low=4.9e5, high=1.4e7, error_low=1.3e6, error_high=1.9e6)
        if levers and not unpriced
        else None,
        per_death_reason="" if levers and not unpriced else "unpriced" if levers else "the reference",
        regrets=(Regret(outcome="deaths", mean=100.0, mean_error=9.0, high=300.0, high_error=20.0),),
        robust=(Chance(id="curtails", reference="none", probability=0.1, error=0.04),),
        front=told,
        front_with_cost=None if unpriced else told,
    )


def comparison() -> Comparison:
    """One that comes with the program, the document's, and the document's with strikes."""
    own = (ASYLUM, ARRESTS)
    return Comparison(
        strategies=(
            compared("none", "Without any strategy", (), 0.0),
            compared("treatment_naloxone", "Treatment and naloxone", ("health.treatment_naloxone",), 0.13, front=True),
            compared("document", "As in the document", own, 0.04, unpriced=(ASYLUM,), front=True),
            compared("document_strikes", "Heaviest strikes without consent", (*own, STRIKES), 0.07, unpriced=(ASYLUM,)),
        ),
        parts=("none", "treatment_naloxone", "document"),
        best=(
            Best(outcome="deaths", among="all", best="treatment_naloxone", second="document_strikes", lead=2400.0,
                 error=310.0, ahead=0.81, clear=True),
            Best(outcome="fentanyl", among="all", best="treatment_naloxone", second="document_strikes", lead=0.01,
                 error=0.02, ahead=0.55, clear=False),
        ),
        under=(),
        inputs=0,
        grades={"A": 11, "D": 110},
        under_reason="62 draws were compared, and at least 90 are needed",
        structure=(),
        structure_draws=0,
        draws=60,
        years=3,
        seed=0,
        posterior="bundled 2026-01",
        posterior_sha256="9f2c" * 16,
        version="0.1.0",
        first_lever=date(2025, 1, 20),
        window=(53, 156),
        held=156,
        parameters=(),
        switches={},
    )  # fmt: skip
