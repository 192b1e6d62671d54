"""The article, the example in other words, and a third wording in another order give one and the same register."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.brief.schema import Brief, Claim

WORDINGS = ("article", "example", "reordered")


@pytest.fixture(scope="module")
def briefs(project: Path) -> dict[str, Brief]:
    paths = {
        "article": project.parent / "shared" / "briefs" / "border-strategy.txt",
        "example": project / "examples" / "border-strategy.md",
        "reordered": project / "tests" / "data" / "border-strategy-reordered.txt",
    }
    return {name: read(path) for name, path in paths.items() if path.exists()}


@pytest.fixture(params=WORDINGS)
def brief(request: pytest.FixtureRequest, briefs: dict[str, Brief]) -> Brief:
    if request.param not in briefs:
        pytest.skip("the article is not beside this checkout; the other wordings are read")
    return briefs[request.param]


def claim(brief: Brief, measure: str | None) -> Claim:
    (found,) = [claim for claim in brief.claims if claim.measure == measure]
    return found


def test_it_has_fifteen_actions_six_claims_and_nine_gaps(brief: Brief) -> None:
    assert (len(brief.actions), len(brief.claims), len(brief.gaps)) == (15, 6, 9)


def test_each_gap_is_of_its_own_kind(brief: Brief) -> None:
    assert sorted(gap.rule for gap in brief.gaps) == [
        "example_is_an_act",
        "framed_as_nothing",
        "policy_without_name",
        "space_before_punctuation_after_function_word",
        "space_before_punctuation_after_function_word",
        "space_before_punctuation_after_participle",
        "starts_inside_a_sentence",
        "that_without_a_clause",
        "verb_without_object",
    ]


def test_eighteen_citation_markers_with_ten_numbers_lead_nowhere(brief: Brief) -> None:
    (finding,) = [finding for finding in brief.findings if finding.kind == "dangling_citations"]
    assert finding.data["markers"] == 18
    assert finding.data["distinct"] == 10
    assert finding.data["resolved"] == 0
    assert finding.data["first_use_ascending"] == 0


def test_the_article_uses_its_citations_out_of_order(briefs: dict[str, Brief]) -> None:
    if "article" not in briefs:
        pytest.skip("the article is not beside this checkout")
    (finding,) = [f for f in briefs["article"].findings if f.kind == "dangling_citations"]
    assert finding.data["order"] == [7, 9, 8, 5, 1, 6, 4, 10, 3, 2]
    assert [f.kind for f in briefs["article"].findings].count("boilerplate") == 5
    assert briefs["article"].document.byline == "Keith Jacobs"
    assert len(briefs["article"].findings) == 5 + 1 + 1 + 9


def test_the_page_around_it_gives_no_claim(brief: Brief) -> None:
    removed = brief.document.removed
    assert any("$" in span.quote for span in removed)
    assert all(claim.unit != "usd" for claim in brief.claims)
    for claim in brief.claims:
        assert not any(span.start <= claim.span.start < span.end for span in removed)


def test_the_gotaways_claim_has_its_baseline_rate_and_both_readings_of_its_period(brief: Brief) -> None:
    found = claim(brief, "gotaways")
    assert (found.claim_type, found.value, found.unit, found.direction) == ("change_pct", 93, "percent", "down")
    assert found.rate == "day"
    assert found.checkability == "no_public_series"
    assert not found.incomplete
    assert found.baseline is not None
    assert (found.baseline.kind, found.baseline.administration) == ("peak", "Biden")
    assert (found.baseline.start, found.baseline.end) == (date(2021, 1, 20), date(2025, 1, 20))
    assert found.period is not None
    assert [(r.start, r.end) for r in found.period.readings] == [
        (date(2025, 1, 20), date(2025, 1, 30)),
        (date(2025, 1, 21), date(2025, 1, 31)),
    ]


def test_the_statement_that_is_missing_stays_missing(brief: Brief) -> None:
    found = claim(brief, None)
    assert found.incomplete
    assert (found.value, found.checkability, found.measure_text) == (None, "incomplete", "")
    assert found.period is not None
    assert "first 11 days" in found.period.text
    (gap,) = found.finding_ids
    assert gap in {finding.id for finding in brief.gaps}


def test_the_arrests_have_their_bound_and_their_day(brief: Brief) -> None:
    found = claim(brief, "arrests.interior")
    assert (found.claim_type, found.value, found.bound, found.unit) == ("level", 300, ">", "people")
    assert found.period is not None
    assert [(r.start, r.end) for r in found.period.readings] == [(date(2025, 1, 21), date(2025, 1, 21))]
    assert found.baseline is None


def test_troops_groups_and_the_trend_are_read(brief: Brief) -> None:
    troops, groups, trend = (claim(brief, m) for m in ("troops", "designated_groups", "crossings"))
    assert (troops.value, troops.unit, troops.bound, troops.checkability) == (1600, "troops", "=", "event_record")
    assert (groups.value, groups.unit, groups.checkability) == (5, "groups", "event_record")
    assert (trend.claim_type, trend.value, trend.direction) == ("trend", None, "down")
    assert trend.checkability == "proxy_series"


def test_the_claims_state_the_size_of_their_actions(brief: Brief) -> None:
    levers = {action.id: action.lever for action in brief.actions}
    sizes = {c.measure: levers[c.action_id] for c in brief.claims if c.action_id is not None}
    assert sizes == {
        "troops": "military.deployment",
        "arrests.interior": "interior.arrests",
        "designated_groups": "designation.terrorist",
    }


def test_every_span_quotes_the_text(brief: Brief) -> None:
    text = brief.document.text
    spans = [finding.span for finding in brief.findings]
    spans += [span for c in brief.claims for span in (c.span, c.quote_span)]
    spans += [c.period.span for c in brief.claims if c.period and c.period.span]
    spans += [c.baseline.span for c in brief.claims if c.baseline and c.baseline.span]
    assert len(spans) > 30
    for span in spans:
        assert text[span.start : span.end] == span.quote


def test_the_example_and_the_third_wording_share_no_sentence_with_the_article(briefs: dict[str, Brief]) -> None:
    if "article" not in briefs:
        pytest.skip("the article is not beside this checkout")
    ours = {entry.span.quote for name in ("example", "reordered") for entry in briefs[name].ledger}
    theirs = {entry.span.quote for entry in briefs["article"].ledger}
    assert ours & theirs == set()


def test_a_date_that_the_user_gives_goes_before_what_the_text_implies(project: Path) -> None:
    brief = read(project / "examples" / "border-strategy.md", date=date(2025, 2, 12))
    assert (brief.document.date_published, brief.document.date_source) == (date(2025, 2, 12), "user")
    assert (
        claim(brief, "arrests.interior").period
        == claim(read(project / "examples" / "border-strategy.md"), "arrests.interior").period
    )
