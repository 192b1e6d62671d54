"""A brief on a terminal: every slot that was read is shown, within the width."""

from __future__ import annotations

from datetime import date

from counterflow.brief.listing import WIDTH, brief_lines
from counterflow.brief.schema import (
    Action,
    Authority,
    Baseline,
    Brief,
    Claim,
    Document,
    Finding,
    Party,
    Period,
    Reading,
    Span,
    TimeReference,
)

TEXT = "On May 3 the ministry ordered the army to send 1,600 troops to Texas. Crossings fell by over 93%. " * 2
QUOTE = Span(start=0, end=69, quote=TEXT[:69])
DAY = TimeReference(text="May 3", start=date(2025, 5, 3), end=date(2025, 5, 3), precision="day")
ACTION = Action(
    id="a1",
    span=QUOTE,
    trigger=QUOTE,
    mentions=(QUOTE,),
    lever="military.deployment",
    level=3,
    quantity=1600,
    quantity_unit="troops",
    status="ordered",
    actors=(Party(name="the ministry", role="actor"),),
    recipients=(Party(name="the army", role="recipient"),),
    place=("Texas",),
    date_decided=DAY,
    date_end=TimeReference(text="the end of summer", start=None, end=None, precision="unknown"),
    legal_authority=(Authority(text="Executive Order 14167", normalized="EO 14167", span=QUOTE),),
)
CLAIM = Claim(
    id="c1",
    span=QUOTE,
    quote_span=QUOTE,
    claim_type="change_pct",
    measure="encounters_sw",
    measure_text="Crossings",
    value=93,
    unit="percent",
    bound=">",
    direction="down",
    rate="day",
    period=Period(
        text="April", span=None, readings=(Reading(label="April", start=date(2025, 4, 1), end=date(2025, 4, 30)),)
    ),
    baseline=Baseline(text="the peak", span=None, kind="peak"),
    speaker=Party(name="the\u202e agency", role="speaker"),
    checkability="series",
)


def lines_of(
    *, actions: tuple[Action, ...] = (), claims: tuple[Claim, ...] = (), findings: tuple[Finding, ...] = ()
) -> list[str]:
    document = Document(
        id="0",
        sha256="0",
        source="plan.txt",
        media_type="text/plain",
        language="en",
        title=None,
        byline=None,
        date_published=None,
        date_source="none",
        text=TEXT,
    )
    brief = Brief(
        document=document,
        findings=findings,
        actions=actions,
        claims=claims,
        assertions=(),
        ledger=(),
        codebook_version="0",
    )
    return brief_lines(brief)


def test_an_action_shows_who_does_what_to_whom_when_where_and_on_what_ground() -> None:
    shown = "\n".join(lines_of(actions=(ACTION,)))
    assert "a1  military.deployment, level 3: ordered; the ministry -> the army\n" in shown
    assert "when: decided 2025-05-03, until “the end of summer”; where: Texas; size: 1,600 troops;" in shown
    assert "rests on: EO 14167" in " ".join(shown.split())


def test_a_denied_action_without_an_agent_says_so() -> None:
    denied = ACTION.model_copy(update={"polarity": "negated", "actors": (), "recipients": (), "level": None})
    assert "  a1  military.deployment: not done: ordered; no agent named" in lines_of(actions=(denied,))


def test_a_claim_shows_its_value_bound_baseline_period_and_speaker() -> None:
    shown = "\n".join(lines_of(claims=(CLAIM,)))
    assert "c1  change pct: encounters_sw, down more than 93 percent per day\n" in shown
    assert "period: “April” (2025-04-01 to 2025-04-30); against: “the peak” (peak); said by: the agency" in shown


def test_a_claim_without_a_number_or_slots_takes_two_lines() -> None:
    bare = CLAIM.model_copy(
        update={"value": None, "period": None, "baseline": None, "speaker": None, "direction": "none", "rate": None}
    )
    lines = lines_of(claims=(bare,))
    place = lines.index("  c1  change pct: encounters_sw, no number")
    assert lines[place + 1].strip().startswith("“")


def test_gaps_are_counted_as_at_least_so_many() -> None:
    gap = Finding(id="f1", kind="elided_text", rule="r", confidence="high", span=QUOTE, note="Words are missing. " * 9)
    assert "Findings (1, of them at least 1 gaps)" in lines_of(findings=(gap,))


def test_no_line_is_wider_than_the_terminal_and_none_hides_another() -> None:
    long = ACTION.model_copy(
        update={"actors": tuple(Party(name=f"Ministry number {n}", role="actor") for n in range(20))}
    )
    note = Finding(id="f1", kind="elided_text", rule="r", confidence="high", span=QUOTE, note="Words are missing. " * 9)
    lines = lines_of(actions=(long,), claims=(CLAIM,), findings=(note,))
    assert max(map(len, lines)) <= WIDTH
    assert all(line.isprintable() for line in lines)
