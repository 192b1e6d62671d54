"""A made-up assessment of a made-up document, shaped like a real one. None of its numbers describes the
world."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import xarray as xr

import compared_fixture
from counterflow.brief.schema import (
    Action,
    Assertion,
    Baseline,
    Brief,
    Claim,
    Document,
    Finding,
    LedgerEntry,
    Period,
    Reading,
    Span,
)
from counterflow.evidence.schema import BaselineCurve, ChartPoint, Check, CheckReading, CurveMark, CurvePoint, Event
from counterflow.judgement.schema import BasisParameter, Decider, FourWay, Headline, Verdict
from counterflow.judgement.untested import name_untested
from counterflow.model.anchors import FIELD_OFFICES, ROUTES, SECTORS
from counterflow.report.assessment.assemble import assemble
from counterflow.report.assessment.recorded import Recorded
from counterflow.strategy.schema import Branch, Campaign, DateInterval, Entry, Range, Strategy, Unplaced

# (sentence, [(lever, status, trigger)], claim words or "")
SENTENCES: list[tuple[str, list[tuple[str, str, str]], str]] = [
    (
        "Officials said that strikes on drug laboratories in Mexico are under consideration.",
        [("military.strike_lab", "under_consideration", "strikes on drug laboratories")],
        "",
    ),
    (
        "The intelligence service has expanded deep into Mexico, though lethal strikes are not authorised.",
        [
            ("military.surveillance", "expanded", "expanded"),
            ("military.strike_leader", "not_authorised", "lethal strikes"),
        ],
        "",
    ),
    (
        "It reinstated the policy, cut access to asylum and sent 1,600 troops under a declared emergency.",
        [
            ("asylum.remain_in_mexico", "reinstated", "reinstated the policy"),
            ("asylum.restriction", "in_force", "cut access to asylum"),
            ("military.deployment", "in_force", "sent 1,600 troops"),
            ("emergency.declaration", "in_force", "declared emergency"),
        ],
        "1,600 troops",
    ),
    (
        "In the first eleven days, while daily gotaways fell 93% against the peak.",
        [],
        "fell 93% against the peak",
    ),
    ("In the same days, crossings fell by", [], "crossings fell by"),
    (
        "Officers arrested over 300 people on the first full day of raids.",
        [("interior.arrests", "in_force", "raids")],
        "over 300 people",
    ),
    (
        "Federal agents are now authorised to , bypassing local policies.",
        [("interior.local_cooperation", "authorised", "bypassing local policies")],
        "",
    ),
    (
        "The United States secured the extradition of , among them old names.",
        [("justice.transfer", "completed", "extradition")],
        "",
    ),
    (
        "Five major cartels were labelled terrorist groups.",
        [("designation.terrorist", "in_force", "labelled terrorist groups")],
        "Five major cartels",
    ),
    (
        "Mexico rejected claims of collusion and blamed American gun shops, and pledged to cooperate.",
        [
            ("diplomacy.reject", "in_force", "rejected claims"),
            ("diplomacy.accuse", "in_force", "blamed American gun shops"),
            ("diplomacy.pledge", "pledged", "pledged to cooperate"),
        ],
        "",
    ),
    (
        "Activist groups oppose the raids, with some leaking where they will take place.",
        [("opposition.leak", "in_force", "leaking")],
        "",
    ),
    ("Crossings fell rapidly.", [], "Crossings fell rapidly"),
    ("Critics argue that strikes risk inflaming violence.", [], ""),
    ("Whether the approach curtails trafficking remains to be seen.", [], ""),
]

TITLES = {
    "military.strike_lab": "Strikes on drug laboratories",
    "military.strike_leader": "Strikes on group leaders",
    "military.surveillance": "Surveillance flights over Mexico",
    "military.deployment": "Troops at the border",
    "asylum.remain_in_mexico": "Waiting in Mexico for asylum hearings",
    "asylum.restriction": "Limits on asylum between ports",
    "emergency.declaration": "National emergency at the border",
    "interior.arrests": "Arrests inside the country",
    "interior.local_cooperation": "Cooperation of local police",
    "justice.transfer": "Transfer of prisoners to the United States",
    "designation.terrorist": "Designation of cartels as terrorist",
    "diplomacy.reject": "Rejection of an accusation",
    "diplomacy.accuse": "Counter-accusation",
    "diplomacy.pledge": "Pledge of cooperation",
    "opposition.leak": "Leak of raid locations",
}

START = date(2025, 1, 20)
ATTRS = {"judged_weeks": 156, "every": "week", "first_lever": START.isoformat()}
BRANCHES = [
    ("none", "No strategy", None),
    ("as_written", "As written", None),
    ("as_on_record", "As on record", None),
    ("strikes_limited_consent", "Ten strikes in four weeks, with Mexican consent", (4, 2.5, True)),
    ("strikes_limited", "Ten strikes in four weeks, without consent", (4, 2.5, False)),
    ("strikes_campaign_consent", "Two strikes a week for half a year, with Mexican consent", (26, 2.0, True)),
    ("strikes_campaign", "Two strikes a week for half a year, without consent", (26, 2.0, False)),
    (
        "strikes_sustained_consent",
        "Ten strikes a week for two years, with Mexican consent",
        (104, 10.0, True),
    ),
    ("strikes_sustained", "Ten strikes a week for two years, without consent", (104, 10.0, False)),
]

# name: (long name, units, series, aggregate, weekly level, spread, effect per branch at full size)
OUTPUTS: dict[str, tuple[str, str, str, str, float, float, list[float]]] = {
    "attempts": (
        "attempts to cross between ports of entry",
        "attempts/week",
        "",
        "sum",
        24_000,
        0.3,
        [0, -0.55, -0.72, -0.72, -0.71, -0.72, -0.70, -0.69, -0.66],
    ),
    "encounters": (
        "Border Patrol encounters, southwest",
        "encounters/week",
        "usbp_encounters_sw",
        "sum",
        16_000,
        0.3,
        [0, -0.57, -0.74, -0.74, -0.73, -0.74, -0.71, -0.70, -0.67],
    ),
    "gotaways_known": (
        "known gotaways",
        "people/week",
        "",
        "sum",
        4_000,
        0.3,
        [0, -0.5, -0.7, -0.7, -0.7, -0.7, -0.7, -0.7, -0.65],
    ),
    "fentanyl_delivered": (
        "pure fentanyl delivered",
        "kg/week",
        "",
        "sum",
        95,
        0.35,
        [0, -0.02, -0.06, -0.07, -0.05, -0.11, -0.09, -0.24, -0.21],
    ),
    "fentanyl_seized_border_lb": (
        "fentanyl seized at the southwest border",
        "lb/week",
        "cbp_drug_seizures_sw",
        "sum",
        230,
        0.3,
        [0, -0.02, 0.05, 0.04, 0.03, 0.0, -0.02, -0.1, -0.12],
    ),
    "overdose_deaths": (
        "synthetic-opioid deaths",
        "deaths/week",
        "overdose_deaths_synthetic_opioids",
        "sum",
        900,
        0.15,
        [0, -0.01, -0.03, -0.03, -0.02, -0.05, -0.04, -0.12, -0.1],
    ),
    "homicides": (
        "homicides in Mexico",
        "crimes/week",
        "homicide_crimes_mx",
        "sum",
        440,
        0.12,
        [0, 0.0, 0.01, 0.02, 0.03, 0.05, 0.06, 0.14, 0.17],
    ),
    "cooperation": (
        "Mexican cooperation",
        "1",
        "",
        "mean",
        0.52,
        0.15,
        [0, -0.05, -0.12, -0.13, -0.3, -0.18, -0.45, -0.3, -0.65],
    ),
    "civilian_harm": (
        "civilians killed",
        "people/week",
        "",
        "sum",
        0.0,
        0.0,
        [0, 0, 0, 0.2, 0.25, 0.5, 0.6, 3.0, 3.4],
    ),
    "cartel_members": (
        "cartel members",
        "people",
        "",
        "mean",
        178_000,
        0.1,
        [0, 0, -0.01, -0.01, -0.01, -0.01, -0.01, -0.03, -0.03],
    ),
    "price_index": (
        "price of pure fentanyl",
        "1",
        "",
        "mean",
        1.0,
        0.15,
        [0, 0.01, 0.03, 0.04, 0.03, 0.06, 0.05, 0.16, 0.14],
    ),
}


# Made-up USD over the judged weeks. No entry of the document moves tariffs or detention.
PAID = {
    "military.strike_lab": 50e6,
    "military.surveillance": 92e6,
    "military.deployment": 1.2e9,
    "interior.arrests": -240e6,
    "trade.tariff": -14e9,
    "interior.detention": 160.0,
}


def dataset(branches: list[str], weeks: int = 208, draws: int = 60, seed: int = 1) -> xr.Dataset:
    """Weekly outputs that share draws and noise over branches and part from *none* at START."""
    index = {b[0]: i for i, b in enumerate(BRANCHES)}
    time = np.datetime64(START, "ns") + 7 * np.timedelta64(1, "D") * np.arange(weeks)
    ramp = 1 - np.exp(-np.arange(weeks) / 20)
    variables: dict[str, Any] = {}
    for k, (name, (long_name, units, series, aggregate, level, spread, effects)) in enumerate(OUTPUTS.items()):
        random = np.random.default_rng(seed + k)
        size = np.exp(random.normal(0, spread, draws))[:, None]
        strength = np.exp(random.normal(0, 0.45, draws))[:, None]
        noise = np.exp(np.cumsum(random.normal(0, 0.02, (draws, weeks)), axis=1))
        season = 1 + 0.08 * np.sin(2 * np.pi * np.arange(weeks) / 52)
        rows = []
        for branch in branches:
            effect = effects[index[branch]]
            if level == 0:
                rows.append(effect * strength * ramp * noise)
            else:
                rows.append(level * size * noise * season * np.maximum(0.03, 1 + effect * strength * ramp))
        variables[name] = (
            ("branch", "draw", "replicate", "time"),
            np.stack(rows).astype("float32")[:, :, None],
            {"long_name": long_name, "units": units, "series_id": series, "aggregate": aggregate},
        )
        variables[f"before_{name}"] = (("draw",), (level * size[:, 0] * 1.4).astype("float32"))
    variables["treasury_cost"] = (
        ("branch", "draw", "lever"),
        np.stack([_paid(branch, draws, seed) for branch in branches]).astype("float32"),
        {"long_name": "cost to the US treasury over the judged weeks, beyond the record", "units": "USD"},
    )
    coords = {"branch": branches, "time": time.astype("datetime64[ns]"), "lever": list(PAID)}
    coords |= {"draw": np.arange(draws), "replicate": [0]}
    return xr.Dataset(variables, coords=coords, attrs=ATTRS)


def _paid(branch: str, draws: int, seed: int) -> np.ndarray:
    """(draw, lever) USD: nothing without the strategy, strikes only where they are made."""
    size = np.exp(np.random.default_rng(seed + 50).normal(0, 0.4, (draws, len(PAID))))
    held = [(branch != "none") * (lever != "military.strike_lab" or branch.startswith("strikes")) for lever in PAID]
    return size * np.array(list(PAID.values())) * np.array(held)


def history() -> dict[str, list[tuple[str, float, str]]]:
    """Observed months for the outputs that a series measures: 36 before START and 11 since."""
    random = np.random.default_rng(7)
    observed = {}
    for name, (_, _, series, _, level, _, effects) in OUTPUTS.items():
        if not series:
            continue
        months = np.arange("2022-01", "2025-12", dtype="datetime64[M]")
        fade = np.clip((np.arange(len(months)) - 36) / 4, 0, 1)
        before = 1 + 0.9 * np.exp(-(((np.arange(len(months)) - 20) / 8) ** 2))
        values = level * 4.35 * before * (1 + effects[2] * fade) * np.exp(random.normal(0, 0.06, len(months)))
        observed[name] = [
            (f"{m}-01", float(round(v)), "provisional" if m >= np.datetime64("2025-08") else "")
            for m, v in zip(months, values, strict=True)
        ]
    return observed


def recorded() -> Recorded:
    """Made-up acts on three levers, and two years of months by place, the last one of one sector missing."""
    acts = [
        ("asylum.restriction", date(2024, 6, 5), "in_force", "crossings above a threshold close asylum"),
        ("asylum.restriction", date(2025, 1, 20), "decided", "entry suspended"),
        ("asylum.restriction", date(2025, 7, 2), "blocked", "a court sets the order aside"),
        ("asylum.restriction", date(2025, 7, 8), "stayed", "the ruling is put off"),
        ("military.deployment", date(2025, 1, 22), "announced", "1,500 troops are told to go"),
        ("military.deployment", date(2025, 1, 25), "in_force", "the first of them arrive"),
        ("interior.arrests", date(2025, 9, 30), "ended", "a limit on places ends"),
    ]
    events = tuple(
        Event(
            id=f"E{n}", date=day, date_kind=kind, lever=lever, actor="US", instrument="order", what=what, size="",
            authority="", source="https://example.org/act", status="seen", effect_on_lever=1,
        )
        for n, (lever, day, kind, what) in enumerate(acts)
    )  # fmt: skip
    months = [f"{month}-01" for month in np.arange("2023-12", "2025-12", dtype="datetime64[M]")]

    def counted(names: tuple[str, ...], level: float) -> dict[str, list[tuple[str, float]]]:
        late = {name: len(months) - (n == 1) for n, name in enumerate(names)}
        return {
            name: [(month, level * (n + 1) + 10.0 * m) for m, month in enumerate(months[: late[name]])]
            for n, name in enumerate(names)
        }

    return Recorded(events, counted(SECTORS, 1400.0), counted(FIELD_OFFICES, 37.0))


def by_place(weeks: int = 208, draws: int = 60) -> xr.Dataset:
    """Runs by sector and by route, of the branch that is opened with and without the strategy."""
    random = np.random.default_rng(11)
    time = np.datetime64(START, "ns") + 7 * np.timedelta64(1, "D") * np.arange(weeks)
    branches = ["none", "as_on_record"]

    def over(places: int) -> np.ndarray:
        size = random.lognormal(4, 0.3, (1, draws, 1, 1, places))
        moved = np.stack([np.ones(places), np.linspace(0.35, 1.08, places)])[:, None, None, None]
        return np.broadcast_to(size * moved, (2, draws, 1, weeks, places)).astype("float32")

    dims = ("branch", "draw", "replicate", "time")
    return xr.Dataset(
        {
            "encounters_by_sector": ((*dims, "sector"), over(len(SECTORS))),
            "fentanyl_seized_by_route_lb": ((*dims, "route"), over(len(ROUTES))),
        },
        coords={"branch": branches, "draw": np.arange(draws), "replicate": [0], "time": time.astype("datetime64[ns]"),
                "sector": list(SECTORS), "route": list(ROUTES)},
    )  # fmt: skip


def brief(title: str = "Border strategy: strikes on cartels considered", extra: str = "") -> Brief:
    """Fourteen sentences with 15 actions, 6 claims and 9 gaps. `extra` is appended to the first sentence."""
    sentences = [(s + extra if i == 0 else s, acts, words) for i, (s, acts, words) in enumerate(SENTENCES)]
    text = "\n".join(s for s, _, _ in sentences)
    actions: list[Action] = []
    claims: list[Claim] = []
    assertions: list[Assertion] = []
    ledger: list[LedgerEntry] = []
    findings: list[Finding] = []

    def span(quote: str, after: int = 0) -> Span:
        start = text.index(quote, after)
        return Span(start=start, end=start + len(quote), quote=quote)

    for sentence, acts, words in sentences:
        whole = span(sentence)
        ids, kinds = [], []
        for lever, status, trigger in acts:
            ids.append(f"a{len(actions) + 1}")
            kinds.append("action")
            actions.append(
                Action(
                    id=ids[-1],
                    span=whole,
                    trigger=span(trigger, whole.start),
                    mentions=(whole,),
                    lever=lever,
                    status=status,
                    incomplete=" , " in sentence,
                )
            )
        if words:
            ids.append(f"c{len(claims) + 1}")
            kinds.append("claim")
            claims.append(_claim(ids[-1], whole, span(words, whole.start)))
        if "risk" in sentence:
            ids.append("s1")
            kinds.append("assertion")
            assertions.append(
                Assertion(
                    id="s1",
                    span=whole,
                    kind="causal",
                    cue=span("risk", whole.start),
                    topics=("military.strike_lab", "violence"),
                )
            )
        ledger.append(
            LedgerEntry(
                span=whole,
                kinds=tuple(dict.fromkeys(kinds)) or ("outside",),
                ids=tuple(ids),
                reason="" if ids else "asks a question; states nothing that was done",
            )
        )
    places = [
        "expanded deep",
        "reinstated the policy",
        "days, while",
        "fell by",
        "to , bypassing",
        "of , among",
        "some leaking",
        "The intelligence service",
        "the first full day",
    ]
    for n, place in enumerate(places):
        findings.append(
            Finding(
                id=f"f{n + 1}",
                kind="elided_text" if n % 3 else "unresolved_reference",
                rule="gap",
                confidence="high" if n % 2 else "medium",
                span=span(place),
                note="Words seem to be missing here; what they were is not guessed.",
            )
        )
    findings.append(
        Finding(
            id="f10",
            kind="dangling_citations",
            rule="citations",
            confidence="high",
            span=span("Officials said"),
            note="Eighteen citation markers, and no list of references.",
        )
    )
    return Brief(
        document=Document(
            id="d1",
            sha256="9f2c" * 16,
            source="border-strategy.md",
            media_type="text/markdown",
            language="en",
            title=title,
            byline=None,
            date_published=None,
            date_source="none",
            text=text,
        ),
        findings=tuple(findings),
        actions=tuple(actions),
        claims=tuple(claims),
        assertions=tuple(assertions),
        ledger=tuple(ledger),
        codebook_version="1",
    )


def _claim(id: str, sentence: Span, words: Span) -> Claim:
    return Claim(
        id=id,
        span=sentence,
        quote_span=words,
        claim_type="change_pct" if "%" in words.quote else "level",
        measure="gotaways" if "%" in words.quote else None,
        measure_text=words.quote,
        value=-93.0 if "%" in words.quote else 300.0,
        unit="percent" if "%" in words.quote else "people",
        period=Period(
            text="the first eleven days",
            span=None,
            readings=(Reading(label="as read", start=START, end=None),),
        ),
        baseline=Baseline(text="the peak", span=None, kind="peak") if "%" in words.quote else None,
        checkability="series",
        incomplete="fell by" in words.quote,
    )


def curve() -> BaselineCurve:
    """Sixty months as possible baselines, of which the document names one."""
    months = np.arange("2020-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]").astype(object)
    marked = {39: -93.0, 48: -41.2}
    points = tuple(
        CurvePoint(
            label=f"{m:%b %Y}",
            start=m,
            change=marked.get(i, -60 - 30 * float(np.sin(i / 9))),
            value=900.0,
            crosses_break=i < 40,
        )
        for i, m in enumerate(months)
    )
    named = CurveMark(label="peak month: Apr 2023", start=points[39].start, change=-93.0, percentile=98.3,
                      rank="98 in 100 of the 60 months", crosses_break=True)  # fmt: skip
    usual = CurveMark(label="same period last year", start=points[48].start, change=-41.2, percentile=31.7,
                      rank="32 in 100 of the 60 months")  # fmt: skip
    return BaselineCurve(
        title="Made-up gotaways",
        period="1–11 Feb 2025",
        points=points,
        stated=-93.0,
        chosen=(named,),
        usual=(usual,),
        sentence="Of the 60 months that could have been chosen, 1 gives a fall at least as large as stated.",
    )


def checks(document: Brief) -> tuple[Check, ...]:
    verdicts = ("holds_all", "holds_some", "incomplete", "holds_some", "holds_none", "direction_only")
    out = []
    months = np.arange("2021-01", "2025-12", dtype="datetime64[M]").astype("datetime64[D]").astype(object)
    for n, (claim, verdict) in enumerate(zip(document.claims, verdicts, strict=True)):
        readings = tuple(
            CheckReading(
                period=f"since {day}",
                baseline_label=label,
                baseline_kind="peak",
                series_id="points" if unofficial else "usbp_encounters_sw",
                source_title="Made-up series of gotaways" if unofficial else "Made-up series of encounters",
                source_url="https://example.org/series",
                vintage="2026-11",
                observed=value,
                observed_text=f"132 against 1,837 a day: {value}%".replace("-", "−"),
                tolerance=0.5,
                outcome="holds" if holds else "does not hold",
                official=not unofficial,
                note="a figure given to the press" if unofficial else "",
            )
            for day, label, value, holds, unofficial in (
                ("1 February 2025", "average of fiscal year 2023", -92.8, True, True),
                ("1 February 2025", "peak month, April 2023", -94.6, False, True),
                ("21 January 2025", "same days one year earlier", -83.5, False, False),
            )
        )
        chart = (
            ()
            if verdict in ("incomplete",)
            else tuple(
                ChartPoint(date=m, value=float(1500 + 900 * np.sin(i / 7) - 20 * i * (i > 45) + 40 * n))
                for i, m in enumerate(months)
            )
        )
        out.append(
            Check(
                claim=claim,
                verdict=verdict,
                explanation="It holds against the average of 2023 and not against the peak month.",
                flags=("no official series",) if n == 1 else (),
                readings=() if verdict in ("incomplete", "direction_only") else readings,
                curve=curve() if n == 1 else None,
                chart_title="Gotaways a day" if chart else "",
                chart_unit="people a day" if chart else "",
                chart=chart,
                chart_mark=130.0 if n == 1 else (None if n > 3 else 1600.0),
                chart_mark_label="claimed: 93% below the peak" if n == 1 else "claimed: 1,600",
            )
        )  # fmt: skip
    return tuple(out)


def strategy(document: Brief) -> tuple[Strategy, tuple[Branch, ...]]:
    written = tuple(
        Entry(
            lever=a.lever,
            level=2,
            start=START,
            start_reason="day of the order that matches the text",
            status=a.status,
            delivery=Range(low=0.2, central=0.6, high=1.0) if a.status == "authorised" else None,
            basis="document",
            quote=a.trigger.quote,
            source=a.id,
            incomplete=a.incomplete,
        )
        for a in document.actions
        if a.status in ("in_force", "expanded", "authorised", "completed")
    )
    record = tuple(
        Entry(
            lever=lever,
            level=level,
            start=START,
            start_reason="date of the instrument",
            status="in_force",
            basis="record",
            quote=what,
            source="https://example.org/record",
            record_id=record_id,
            fills=fills,
        )
        for lever, level, what, record_id, fills in (
            (
                "asylum.remain_in_mexico",
                1,
                "The programme was announced again; enrolments were not found.",
                "E0142",
                "a4",
            ),
            ("justice.transfer", 3, "Twenty-nine prisoners were transferred on one day.", "E0187", "a10"),
            ("interior.local_cooperation", 2, "Agreements with local police were widened.", "E0150", "a9"),
        )
    )
    plan = Strategy(
        title=document.document.title or "",
        date=DateInterval(
            start=date(2025, 2, 20),
            end=date(2025, 3, 5),
            source="inferred",
            reason="the designation of 20 February 2025 is told as done, nothing later is",
        ),
        written=written,
        record=record,
        considered=("military.strike_lab",),
        unplaced=tuple(
            Unplaced(
                action_id=a.id,
                lever=a.lever,
                status=a.status,
                quote=a.trigger.quote,
                reason="stated as not authorised",
            )
            for a in document.actions
            if a.status == "not_authorised"
        ),
    )
    branches = tuple(
        Branch(
            id=id,
            title=title,
            description=f"{title}.",
            entries=() if id == "none" else written if id == "as_written" else written + record,
            strikes=Campaign(start=date(2025, 4, 2), weeks=s[0], strikes_per_week=s[1], consent=s[2]) if s else None,
        )
        for id, title, s in BRANCHES
    )
    return plan, branches


def decay(probability: float, threshold: float, at: float) -> float:
    return float(min(1.0, probability * np.exp(-3 * (threshold - at))))


def said(probability: float) -> str:
    if 1 / 3 <= probability <= 2 / 3:
        return "about as likely as not"
    return "likely" if probability > 1 / 2 else "unlikely"


def verdict(draws: int = 60) -> Verdict:
    headlines, table = [], []
    names = {
        "trafficking": ("Trafficking", "pure fentanyl delivered at least 20% lower", 0.2),
        "crossings": ("Crossings", "attempts at least 30% lower", 0.3),
        "friction": ("Friction", "cooperation at least 34% lower for 26 weeks in a row", 0.34),
        "violence": ("Violence", "Mexican homicides at least 3% higher", 0.03),
    }
    chances = {
        "as_written": (0.0, 0.75, 0.05, 0.12),
        "as_on_record": (0.08, 0.97, 0.22, 0.3),
        "strikes_limited_consent": (0.1, 0.97, 0.25, 0.35),
        "strikes_limited": (0.09, 0.96, 0.55, 0.45),
        "strikes_campaign_consent": (0.2, 0.97, 0.3, 0.55),
        "strikes_campaign": (0.17, 0.95, 0.83, 0.62),
        "strikes_sustained_consent": (0.55, 0.96, 0.5, 0.88),
        "strikes_sustained": (0.48, 0.94, 1.0, 0.93),
    }
    medians = {"trafficking": -0.06, "crossings": -0.7, "friction": -0.15, "violence": 0.012}
    decider = Decider(
        symbol="w_fly",
        mechanism="diplomacy",
        meaning="loss of cooperation per week of overflight",
        unit="share",
        low=0.001,
        high=0.03,
        probability_at_low=0.08,
        probability_at_high=0.71,
        flips_at=(0.0172,),
    )
    for branch, values in chances.items():
        for (id, (title, criterion, threshold)), p in zip(names.items(), values, strict=True):
            for reference in ("none", "before"):
                q = p if reference == "none" else min(1.0, p + 0.05 * (p > 0))
                open_one = branch == "as_on_record" and (id == "violence" or (id, reference) == ("friction", "none"))
                headlines.append(
                    Headline(
                        id=id,
                        title=title,
                        criterion=criterion,
                        branch=branch,
                        reference=reference,
                        probability=q,
                        mc_error=float(np.sqrt(q * (1 - q) / draws)),
                        sustained=q * 0.6 if id == "trafficking" else None,
                        median=medians[id],
                        low=medians[id] - 0.15,
                        high=medians[id] + 0.15,
                        threshold=threshold,
                        surface=tuple((t / 50, decay(q, t / 50, threshold)) for t in range(31)),
                        undetermined=open_one,
                        decided_by=(decider,) if open_one else (),
                        word="undetermined" if open_one else said(q),
                    )
                )  # fmt: skip
        t, _, f, _ = values
        table.append(
            FourWay(
                branch=branch,
                curtailed_without_friction=t * (1 - f),
                curtailed_with_friction=t * f,
                friction_only=(1 - t) * f,
                neither=(1 - t) * (1 - f),
            )
        )
    basis = (
        BasisParameter(
            **decider.model_dump(include={"symbol", "mechanism", "meaning", "unit", "low", "high"}),
            median=0.01, grade="D", assumed=True, source="judgement",
        ),
    )  # fmt: skip
    basis += tuple(
        BasisParameter(
            symbol=f"p_{n}",
            mechanism=("supply", "border", "diplomacy", "cartels")[n % 4],
            meaning=f"made-up parameter number {n}",
            unit="share",
            median=0.4,
            low=0.1,
            high=0.8,
            grade="ABCD"[min(3, n % 5)],
            assumed=min(3, n % 5) == 3,
            source=("https://doi.org/10.0000/made-up", "read (https://example.org/a), and b", "made up")[n % 3],
        )
        for n in range(36)
    )
    counts = {g: sum(p.grade == g for p in basis) for g in "ABCD"}
    return Verdict(
        headlines=tuple(headlines),
        four_way=tuple(table),
        basis=basis,
        grade_counts=counts,
        draws=draws,
        window=(53, 156),
        first_lever="2025-01-20",
        start="2025-01-20",
        caveats=(
            "Methamphetamine, cocaine and the northern border are out of scope.",
            "The falls of 2023 and 2024 came before the strategy and belong to every branch.",
        ),
    )


def unmoved(judged: Verdict, id: str) -> Verdict:
    """The same verdict with one headline that no branch moves in any draw."""
    zero = {"probability": 0.0, "mc_error": 0.0, "median": 0.0, "low": 0.0, "high": 0.0, "word": "very unlikely"}
    rows = (h.model_copy(update=zero) if h.id == id and h.reference == "none" else h for h in judged.headlines)
    return judged.model_copy(update={"headlines": tuple(rows)})


def build_untested(id: str) -> dict[str, Any]:
    """The assessment where no lever of the strategy reaches the headline `id`."""
    return build(judged=unmoved(verdict(60), id))


def build(draws: int = 60, judged: Verdict | None = None, **document: str) -> dict[str, Any]:
    """The assessment of the made-up document. Keywords go to `brief`, e.g. `extra` for words appended to a
    sentence."""
    text = brief(**document)
    plan, branches = strategy(text)
    ids = [b.id for b in branches]
    return assemble(
        brief=text,
        checks=checks(text),
        strategy=plan,
        branches=branches,
        runs=dataset(ids, draws=draws),
        verdict=name_untested(judged or verdict(draws)),
        inquiry=None,
        foreseen=dataset(["none", "as_on_record"], weeks=156, draws=draws, seed=90),
        history=history(),
        lever_titles=TITLES,
        manifest={
            "version": "0.1.0",
            "seed": 0,
            "draws": draws,
            "data": {"usbp_encounters_sw": "2026-11", "homicide_crimes_mx": "2026-11"},
            "hashes": {"document": "9f2c" * 16, "strategy": "77aa" * 16},
            "command": "counterflow assess border-strategy.md --draws 60 --seed 0",
        },
        timings={"read": 0.4, "check": 0.7, "simulate": 6.2, "judge": 0.5, "report": 2.1},
        recorded=recorded(),
        by_place=by_place(draws=draws),
        attribution=compared_fixture.attribution(),
        comparison=compared_fixture.comparison(),
    )
