"""What no lever of a strategy reaches is not tested: no verdict is given on it."""

from __future__ import annotations

from counterflow.judgement.schema import Verdict

NOT_TESTED = "not tested"


def name_untested(verdict: Verdict) -> Verdict:
    """The verdict with the word "not tested" where the outcome is the same with and without the strategy in every draw.

    A headline whose paired change is zero at its 5%, 50% and 95% points and that is met in no draw says that nothing
    was moved, not that the strategy fails; the same then holds against the weeks before.
    """
    same = {
        (h.branch, h.id)
        for h in verdict.headlines
        if h.reference == "none" and not h.undetermined and h.low == h.median == h.high == h.probability == 0
    }
    named = (h.model_copy(update={"word": NOT_TESTED}) if (h.branch, h.id) in same else h for h in verdict.headlines)
    return verdict.model_copy(update={"headlines": tuple(named)})
