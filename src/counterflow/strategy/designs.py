"""Branches by design over the levers that a strategy moves: one at a time, or every combination of them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from itertools import product

from counterflow.errors import UsageError, did_you_mean
from counterflow.strategy.branches import branches as branches_of
from counterflow.strategy.catalogue import lever
from counterflow.strategy.schema import Branch, Strategy

STRIKES = "strikes"  # a campaign is on or off as a whole, like a lever
MOST = 256  # branches of a factorial design


def one_at_a_time(
    strategy: Strategy, levers: Sequence[str] | None = None, *, of: str = "as_on_record"
) -> tuple[Branch, ...]:
    """*none*, the branch `of` itself, then for each lever `only_<lever>`, that lever alone, and `without_<lever>`, all
    but that one.

    `levers` are those to take alone and away (None = all that the branch moves); the others stay as the branch has
    them wherever it is not one lever alone. Where it moves a single lever, only the first two are left: the others
    would repeat them. A campaign of strikes counts as a lever, `strikes`. Raises UsageError for a lever that the
    branch does not move, and for a branch that the strategy does not have.
    """
    none, whole = _none_and(strategy, of)
    all_moved = moved(whole)
    chosen = _chosen(all_moved, levers, of)
    found = [none, whole]
    for name in chosen if len(all_moved) > 1 else ():
        title = _title(name)
        found += [
            with_only(whole, {name}, f"only_{_plain(name)}", f"Only: {title}", f"Nothing but: {title}."),
            with_only(
                whole,
                set(all_moved) - {name},
                f"without_{_plain(name)}",
                f"Without: {title}",
                f"{whole.title}, but for: {title}.",
            ),
        ]
    return tuple(found)


def factorial(
    strategy: Strategy, levers: Sequence[str] | None = None, *, of: str = "as_on_record"
) -> tuple[Branch, ...]:
    """Every combination of `levers` (None = all that the branch `of` moves), each as that branch has it or not at all;
    levers that are not named stay off.

    *none* first, then with fewest levers first. A branch is named by the levers that are on, joined by `+`. A campaign
    of strikes counts as a lever, `strikes`. Raises UsageError for more than 256 branches, for a branch that the
    strategy does not have, and for a lever that the branch does not move.
    """
    none, whole = _none_and(strategy, of)
    chosen = _chosen(moved(whole), levers, of)
    if 2 ** len(chosen) > MOST:
        most = MOST.bit_length() - 1
        raise UsageError(
            f"every combination of {len(chosen)} levers makes {2 ** len(chosen):,} branches; at most {MOST} are run",
            where="--design factorial",
            hint=f"Name at most {most} of {', '.join(chosen)}, or take one at a time.",
        )
    combinations = [
        [name for name, is_on in zip(chosen, switches, strict=True) if is_on]
        for switches in product((True, False), repeat=len(chosen))
    ]
    found = [none]
    for on in sorted(combinations, key=len):
        if on:
            titles = "; ".join(map(_title, on))
            found.append(with_only(whole, on, "+".join(map(_plain, on)), f"With: {titles}", f"Nothing but: {titles}."))
    return tuple(found)


def _none_and(strategy: Strategy, of: str) -> tuple[Branch, Branch]:
    """The branches *none* and `of` of a strategy."""
    known = {branch.id: branch for branch in branches_of(strategy)}
    if of not in known:
        hint = f"{did_you_mean(of, known)}There are {', '.join(known)}."
        raise UsageError(f"the strategy has no branch {of!r}", where="design", hint=hint)
    return known["none"], known[of]


def moved(branch: Branch) -> list[str]:
    """What a branch moves, in the order in which it begins."""
    strikes = [STRIKES] if branch.strikes else []
    return [*dict.fromkeys(entry.lever for entry in branch.entries), *strikes]


def _chosen(moved: Sequence[str], levers: Sequence[str] | None, of: str) -> list[str]:
    """The levers of a design, in the order of the branch. Raises UsageError for one that it does not move."""
    if levers is None:
        return list(moved)
    for name in levers:
        if name not in moved:
            near = difflib.get_close_matches(name, moved, n=3)
            meant = f"Did you mean {' or '.join(near)}? " if near else ""
            hint = f"{meant}It moves {', '.join(moved) or 'none at all'}."
            raise UsageError(f"the branch {of} does not move a lever {name!r}", where="levers", hint=hint)
    return [name for name in moved if name in levers]


def with_only(whole: Branch, on: Collection[str], name: str, title: str = "", description: str = "") -> Branch:
    """A branch called `name` with nothing of `whole` but what is in `on`: ids of levers, or `strikes`."""
    return Branch(
        id=name,
        title=title,
        description=description,
        entries=tuple(entry for entry in whole.entries if entry.lever in on),
        strikes=whole.strikes if STRIKES in on else None,
    )


def _plain(name: str) -> str:
    """A lever's id as part of a branch's id."""
    return name.replace(".", "_")


def _title(name: str) -> str:
    """A lever in words, as part of a phrase; a campaign as what it is."""
    title = "Strikes" if name == STRIKES else lever(name).title
    return title[0].lower() + title[1:]
