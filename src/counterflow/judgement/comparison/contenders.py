"""What is compared: strategies given as files, those that come with the package, and a document's own courses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from counterflow.errors import JudgementError, UsageError
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.designs import STRIKES, moved
from counterflow.strategy.schema import Branch, Strategy

LEAD = "as_on_record"  # the course of events that a strategy is compared by
NONE = "none"
HEAVIEST = {  # the strikes of a document that considers them: the heaviest of the courses that are run
    "document_strikes": ("Heaviest strikes without consent", "strikes_heavy_no_consent"),
    "document_strikes_consent": ("Heaviest strikes with consent", "strikes_heavy_consent"),
}


class Contender(NamedTuple):
    """One of the strategies that are compared."""

    title: str
    about: str
    branch: Branch  # its id is the contender's name
    strategy: Strategy

    @property
    def name(self) -> str:
        """Short and without spaces; no two of a comparison are the same."""
        return self.branch.id


def contender(strategy: Strategy, *, name: str = "", title: str = "", about: str = "", course: str = LEAD) -> Contender:
    """A strategy as one contender, by one course of its events. Its name comes from its title where none is given."""
    found = next(branch for branch in branches(strategy) if branch.id == course)
    title = title or strategy.title
    name = name or re.sub(r"\W+", "_", title.lower()).strip("_")[:40].rstrip("_") or "strategy"
    return Contender(title, about, found.model_copy(update={"id": name, "title": title}), strategy)


def of_document(strategy: Strategy) -> tuple[Contender, ...]:
    """A document's strategy as on record and, where it considers strikes, with the heaviest campaign as well: without
    Mexico's consent and with it."""
    found = [
        contender(
            strategy,
            name="document",
            title="As in the document",
            about=f"“{strategy.title}”, gaps filled from the record.",
        )
    ]
    courses = {branch.id: branch for branch in branches(strategy)}
    for name, (title, course) in HEAVIEST.items():
        if course in courses:
            plan = courses[course].title.removeprefix("Strikes: ")
            about = f"As in the document, and strikes, which it considers: {plan}. Whether they come is not judged."
            found.append(contender(strategy, name=name, title=title, about=about, course=course))
    return tuple(found)


def gathered(
    given: Sequence[Strategy],
    *,
    document: Strategy | None = None,
    with_built_in: bool = False,
    start: date | None = None,
) -> tuple[Contender, ...]:
    """All that is asked to be compared: built-in strategies, a document's courses, strategies as given, in this order.

    Built-in strategies begin on `start`; None = with the first lever of the others. Raises UsageError where they have
    no day to begin on, and where fewer than two strategies are given.
    """
    others = [*given, *([document] if document else [])]
    found: list[Contender] = []
    if with_built_in:
        if start is None:
            if not others:
                raise UsageError("the built-in strategies have no day to begin on", hint="Give one with --start.")
            start = min(map(first_lever_date, others))
        like = others[0] if others else None
        found += [
            contender(built_in_strategy(name, start, like=like), name=name, about=of.about)
            for name, of in built_in().items()
        ]
    if document:
        found += of_document(document)
    for strategy in given:
        one = contender(strategy)
        taken = {other.name for other in found}
        while one.name in taken:
            one = one._replace(branch=one.branch.model_copy(update={"id": one.name + "_"}))
        found.append(one)
    if len([one for one in found if moved(one.branch)]) < 2:
        raise UsageError(
            "fewer than two strategies to compare", hint="Give two or more files, or one beside --built-in."
        )
    return tuple(found)


def checked(contenders: Sequence[Contender]) -> tuple[Contender, ...]:
    """The contenders with *none* first: the one that moves nothing, or one that is added.

    Raises JudgementError where two have the same title or move nothing, where no two are left to compare, and where
    they differ in what they set of the model itself: what then differs between them would not be what they do.
    """
    if not contenders:
        raise JudgementError("there is no strategy to compare", hint="Give at least one that moves a lever.")
    titles = [one.title for one in contenders]
    if twice := sorted({title for title in titles if titles.count(title) > 1}):
        raise JudgementError(
            f"two strategies are called {twice[0]!r}", hint="Give each a title of its own, or leave one of them out."
        )
    first = contenders[0]
    for one in contenders[1:]:
        for what in ("parameters", "switches"):
            if getattr(one.strategy, what) != getattr(first.strategy, what):
                raise JudgementError(
                    f"{first.title!r} and {one.title!r} set different {what} of the model: they would differ by more "
                    "than what they do",
                    hint=f"Give both the same [{what}], or leave them out of both.",
                )
    idle = [one for one in contenders if not moved(one.branch)]
    if len(idle) > 1:
        raise JudgementError(
            f"{idle[0].title!r} and {idle[1].title!r} both move nothing", hint="Leave one of them out."
        )
    moving = tuple(one for one in contenders if moved(one.branch))
    if not moving:
        raise JudgementError("no strategy moves a lever", hint="Give at least one that does.")
    if idle:
        reference = idle[0]._replace(branch=idle[0].branch.model_copy(update={"id": NONE}))
    else:
        of = built_in()[NONE]
        own = moving[0].strategy
        alone = built_in_strategy(NONE, first_lever_date(own), like=own)
        reference = contender(alone, name=NONE, about=of.about)
    if reference.title in [one.title for one in moving] or NONE in [one.name for one in moving]:
        raise JudgementError(
            f"a strategy that moves levers is called {reference.title!r} or {NONE!r}",
            hint="That is the name of the run without a strategy: give it another title.",
        )
    return (reference, *moving)


def begins(of: Contender) -> date:
    """The day on which a contender first moves anything."""
    strikes = [of.branch.strikes.start] if of.branch.strikes else []
    return min([*(entry.start for entry in of.branch.entries), *strikes], default=of.strategy.date.start)


def moved_levers(of: Contender) -> list[str]:
    """The levers that a contender moves; a campaign of strikes by the lever at which its strikes are counted."""
    return list(dict.fromkeys("military.strike_lab" if name == STRIKES else name for name in moved(of.branch)))


def parts(contenders: Sequence[Contender]) -> list[int]:
    """The positions of the contenders that do not do all that another does and more: a sum of others is best among them
    by its size."""
    doing = [_doing(one) for one in contenders]
    return [
        number for number, own in enumerate(doing) if not any(other and other < own for other in doing if other != own)
    ]


def _doing(of: Contender) -> frozenset[str]:
    """What a contender does, apart from the words about it."""
    words = {"start_reason", "quote", "source", "record_id", "fills", "note", "basis"}
    strikes = [of.branch.strikes.model_dump_json()] if of.branch.strikes else []
    return frozenset([*(entry.model_dump_json(exclude=words) for entry in of.branch.entries), *strikes])
