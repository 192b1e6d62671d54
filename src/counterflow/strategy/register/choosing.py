"""Which policies a person means by a word of the command line."""

from __future__ import annotations

from collections.abc import Sequence

from counterflow.errors import UsageError
from counterflow.strategy.register.schema import Policy
from counterflow.strategy.register.words import nearest


def chosen(policies: Sequence[Policy], asked: str | None) -> list[Policy]:
    """All policies, or those whose id is `asked` or begins with it: `asylum.remain_in_mexico/US`.

    Raises UsageError with the nearest id where there is none.
    """
    if asked is None:
        return list(policies)
    found = [one for one in policies if one.id == asked] or [one for one in policies if one.id.startswith(asked)]
    if asked and found:
        return found
    hint = nearest(asked, [one.id for one in policies], "`register show` lists them.")
    raise UsageError(f"the register has no policy {asked!r}", where="--policy", hint=hint)


def without_reviewed(policies: Sequence[Policy]) -> list[Policy]:
    """The policies with only those entries that nobody has reviewed; a policy without any is left out."""
    kept = []
    for policy in policies:
        open_ = tuple(entry for entry in policy.history if entry.review.state == "unreviewed")
        kept += [policy.model_copy(update={"history": open_})] if open_ else []
    return kept
