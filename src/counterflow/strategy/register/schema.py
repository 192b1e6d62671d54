"""What a register holds: documents, and what each of them tells of a policy, with the person's review.

The file holds documents and mentions only. Policies and their histories follow from them (`policies.policies_of`),
so that documents added in any order give the same register.
"""

from __future__ import annotations

from datetime import date
from datetime import date as Date
from functools import cache
from typing import Literal

from pydantic import AwareDatetime, Field, FiniteFloat, model_validator

from counterflow.brief.schema import Action, Instrument, Party, Status, TimeReference, Value
from counterflow.strategy.record import acting
from counterflow.strategy.schema import DateInterval

FORMAT: Literal[1] = 1  # of the file; a reader refuses a number that it does not know

Modality = Literal["reported", "opinion", "conditional", "future", "historical"]
Bound = Literal["=", ">", ">=", "<", "<=", "~"]
Rate = Literal["day", "week", "month", "year"]
Correctable = Literal["lever", "status", "level", "start", "end", "actor", "quantity"]
FIELDS: tuple[Correctable, ...] = ("lever", "status", "level", "start", "end", "actor", "quantity")


class When(Value):
    """A day or a span of days (both inclusive, None where open) in the document's own words."""

    text: str
    start: date | None = None
    end: date | None = None

    @classmethod
    def of(cls, told: TimeReference | None) -> When | None:
        """What a reader found, without its place in the text."""
        return None if told is None else cls(text=told.text, start=told.start, end=told.end)


class Quantity(Value):
    """A number that the document gives for the size of the act, and what says how it was counted."""

    number: FiniteFloat
    unit: str = ""
    nouns: tuple[str, ...] = ()  # further words of the document for what is counted
    bound: Bound = "="
    rate: Rate | None = None
    counted: When | None = None  # the days over which it was counted


class Who(Value):
    """A party of an act: its name in the text, its code and its role."""

    name: str
    code: str | None = None
    role: Literal["actor", "recipient", "speaker", "court"] = "actor"

    @classmethod
    def of(cls, party: Party) -> Who:
        """What a reader found, without its place in the text."""
        return cls(name=party.name, code=party.code, role=party.role)


@cache
def _meant(lever: str, status: Status, opposite: bool) -> Status | None:
    """What an act of this status means for its lever by `record.acting`, which looks at these three alone."""
    meant = acting(Action.model_construct(lever=lever, status=status, opposite=opposite))
    return meant.status if meant else None


class Told(Value):
    """What a document tells of one act, as read or as a person has corrected it."""

    lever: str
    status: Status
    policy_id: str = ""  # the reader's own key of the policy, where it gives one
    cue: str = ""  # the words that told the status; "" = the lever's usual status
    polarity: Literal["affirmed", "negated"] = "affirmed"
    ending: bool = False  # what is ordered, announced or weighed is the end of the measure, not yet done
    opposite: bool = False  # the status is that of the opposite of the lever's measure
    modality: tuple[Modality, ...] = ()
    instrument: Instrument | None = None
    level: int | None = Field(default=None, ge=0, le=4)
    quantity: Quantity | None = None
    announced: When | None = None
    decided: When | None = None
    start: When | None = None
    end: When | None = None
    actors: tuple[Who, ...] = ()
    recipients: tuple[Who, ...] = ()
    authority: tuple[str, ...] = ()  # e.g. "EO 14167", "INA 212(f)"
    incomplete: bool = False
    gaps: tuple[str, ...] = ()  # kinds of the findings that it touches

    @property
    def day(self) -> When | None:
        """The day that the document gives for it: when it starts, else was decided, else announced."""
        return self.start or self.decided or self.announced

    @property
    def does(self) -> Status | None:
        """What it means for the lever: to end the opposite of its measure is to put the measure in force.

        None where it moves nothing: it is denied, or an end or the opposite is only promised.
        """
        if self.polarity == "negated" or self.ending:
            return None
        return _meant(self.lever, self.status, self.opposite)


class Change(Value):
    """One thing that a person corrected, in the words of the review: "" = nothing stands there."""

    field: Correctable
    before: str
    after: str


class Review(Value):
    """What a person made of a reading, who and when."""

    state: Literal["unreviewed", "accepted", "corrected", "rejected"] = "unreviewed"
    by: str = ""
    at: AwareDatetime | None = None  # UTC
    changes: tuple[Change, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _signed(self) -> Review:
        if self.state != "unreviewed" and (not self.by or self.at is None):
            raise ValueError(f"a review that is {self.state} needs who reviewed and when")
        if (self.state == "corrected") != bool(self.changes):
            raise ValueError("changes belong to a corrected reading, and to it alone")
        return self


class Mention(Value):
    """One place of one document that tells of a policy: the quote, what was read there, and its review."""

    id: str  # from the document's bytes, the lever and the words of the quote, not from where they stand
    document: str  # SHA-256 of the document
    quote: str
    prefix: str = ""  # the text before the quote
    suffix: str = ""
    place: int = Field(ge=0)  # where the quote begins in the text: for the order alone
    also: tuple[str, ...] = ()  # quotes of further places of the document that tell the same
    read: Told  # what the reader found, when the person reviewed it
    person: Told | None = None  # what stands instead, where the person corrected it
    review: Review = Review()
    again: Told | None = None  # what the reader finds now, where it differs from what was reviewed
    lost: bool = False  # reviewed, and no longer found by the reader

    @property
    def told(self) -> Told:
        """What holds: the person's version, else what was read."""
        return self.person or self.read

    @model_validator(mode="after")
    def _corrected_by_a_person(self) -> Mention:
        if (self.person is not None) != (self.review.state == "corrected"):
            raise ValueError("a corrected reading needs the person's version, and no other has one")
        if self.review.state == "unreviewed" and (self.again or self.lost):
            raise ValueError("an unreviewed reading is replaced by a new one")
        return self


class Source(Value):
    """A document of the register."""

    sha256: str
    name: str  # file name, "-" or address, never a path with folders
    url: str | None = None
    title: str | None = None
    language: Literal["en", "es", "und"] = "und"
    dated: DateInterval  # the day of the document, or the interval in which it must have been written
    codebook_version: str  # what it was last read with
    reader: Literal["rules", "llm"] = "rules"
    superseded_by: str | None = None  # SHA-256 of the version of it that was added since

    @property
    def label(self) -> str:
        """What to call it: its title, else its name."""
        return self.title or self.name


class Register(Value):
    """Documents and what they tell, in an order that does not depend on when each was added."""

    format: Literal[1] = FORMAT
    codebook_version: str = ""  # of the latest reading
    documents: tuple[Source, ...] = ()
    mentions: tuple[Mention, ...] = ()

    @classmethod
    def of(cls, documents: list[Source], mentions: list[Mention], codebook_version: str) -> Register:
        """A register with everything in its place."""
        days = {source.sha256: (source.dated.end, source.sha256) for source in documents}
        return cls(
            codebook_version=codebook_version,
            documents=tuple(sorted(documents, key=lambda source: days[source.sha256])),
            mentions=tuple(sorted(mentions, key=lambda one: (days[one.document], one.place, one.id))),
        )

    @model_validator(mode="after")
    def _holds_together(self) -> Register:
        known = {source.sha256 for source in self.documents}
        if len(known) != len(self.documents):
            raise ValueError("a document stands in it twice")
        ids = [mention.id for mention in self.mentions]
        if len(set(ids)) != len(ids):
            raise ValueError("two mentions have the same id")
        if any(source.superseded_by not in known | {None} for source in self.documents):
            raise ValueError("a document is superseded by one that it does not hold")
        if strangers := [one.id for one in self.mentions if one.document not in known]:
            raise ValueError(f"mention {strangers[0]} is of a document that it does not hold")
        return self

    def source(self, sha256: str) -> Source:
        """The document with this SHA-256. Raises KeyError where there is none."""
        for source in self.documents:
            if source.sha256 == sha256:
                return source
        raise KeyError(sha256)


Basis = Literal["person", "text", "document", "inferred"]
Problem = Literal[
    "needs_first", "end_before_start", "out_of_order", "lost", "read_again", "superseded", "only_in_older"
]


class Trouble(Value):
    """Something that a person should look at, naming document and quote."""

    kind: Problem
    message: str


class Entry(Value):
    """One step in the history of a policy: all mentions that tell it; the first one speaks for it."""

    id: str  # of the mention that speaks for it
    status: Status
    date: date  # when it was told, decided or done: its place in the history
    begins: Date  # the first day of its path, later than `date` where what is promised takes effect later
    basis: Basis  # of the date: a person, the document's words, the document's own date, or an inferred one
    told: Told
    mentions: tuple[Mention, ...] = Field(min_length=1)
    troubles: tuple[Trouble, ...] = ()

    @property
    def review(self) -> Review:
        """The review of the mention that speaks for it."""
        return self.mentions[0].review


class Policy(Value):
    """One policy and its history in order of date."""

    id: str  # lever/state[/object]@first day
    lever: str
    state: str  # "US", "MX"; "" = nobody tells
    object: str = ""
    title: str
    history: tuple[Entry, ...] = Field(min_length=1)
