"""TARGETS F12: Remain in Mexico, troops, asylum, expectation and Mexican action are collinear in January and February
2025; the model must report ranges of their shares that overlap. Expectation is no lever: asylum works through it."""

from __future__ import annotations

from itertools import combinations

from attribution_cases import TOGETHER, bundles, collinear, members, outcome


def test_levers_of_january_2025_are_one_bundle() -> None:
    (bundle,) = bundles(outcome(collinear(), "attempts"))
    assert {member.lever for member in bundle.members} == set(TOGETHER)
    assert bundle.why == "together"
    assert bundle.inflation is not None
    assert bundle.inflation > 10.0
    # All of them together are seen beyond the scatter of encounters: the record is silent on whose it is, not on it.
    assert bundle.ratio is not None
    assert bundle.ratio > 2.0


def test_their_ranges_overlap() -> None:
    found = members(outcome(collinear(), "attempts"))
    for one, other in combinations(TOGETHER, 2):
        least = [ends for ends in (found[one].least, found[other].least) if ends is not None]
        most = [ends for ends in (found[one].most, found[other].most) if ends is not None]
        assert len(least) == len(most) == 2
        assert max(least) <= min(most), (one, other)
