"""What reading a document returns. Rules today, and any other reader later, return these same types.

All spans are offsets into `Document.text`, the one canonical text of a document, and
`quote == text[start:end]` always holds.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """An immutable value that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Value):
    """A quote and where it stands: characters `start` to `end` (exclusive) of the canonical text."""

    start: int
    end: int
    quote: str


MediaType = Literal[
    "text/plain",
    "text/markdown",
    "text/html",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
]


class Link(Value):
    """Words that lead somewhere, and where to; `span` is None where the link's words are lost."""

    span: Span | None
    href: str


class Page(Value):
    """A page of a PDF: characters `start` to `end` (exclusive) of the canonical text."""

    number: int  # from 1
    start: int
    end: int


class Document(Value):
    id: str
    sha256: str  # of the original bytes
    source: str  # file name, "-" or address, never a path with directories
    url: str | None = None  # where it was fetched from, after redirects
    media_type: MediaType
    language: Literal["en", "es", "und"]
    title: str | None
    byline: str | None
    date_published: date | None
    date_source: Literal["metadata", "text", "user", "none"]
    text: str
    removed: tuple[Span, ...] = ()  # boilerplate, kept as findings
    links: tuple[Link, ...] = ()
    pages: tuple[Page, ...] = ()  # of a PDF, in order; empty for what has no pages


FindingKind = Literal[
    "boilerplate",
    "byline",
    "dangling_citations",
    "missing_reference",
    "elided_text",
    "unresolved_reference",
    "internal_inconsistency",
    "unattributed",
    "hidden_characters",
]


class Finding(Value):
    """Something about the document itself; a *gap* is of kind elided_text or unresolved_reference."""

    id: str  # "f1", "f2", ... in document order
    kind: FindingKind
    rule: str
    confidence: Literal["high", "medium", "low"]
    span: Span
    note: str  # one sentence for the reader of the report
    data: dict[str, int | str | list[int]] = Field(default_factory=dict)


class Party(Value):
    name: str
    code: str | None = None  # e.g. US.POTUS, US.DHS.ICE, MX.PRES
    role: Literal["actor", "recipient", "speaker", "court"]
    span: Span | None = None
    inferred: bool = False  # from elsewhere than the clause itself (a signature, a pronoun, the main clause)


Status = Literal[
    "not_authorised",
    "under_consideration",
    "floated",
    "proposed",
    "blocked",
    "rescinded",
    "suspended",
    "ended",
    "requested",
    "rejected",
    "pledged",
    "announced",
    "reinstated",
    "expanded",
    "ordered",
    "authorised",
    "completed",
    "took_effect",
    "determined",
    "in_force",
]


class TimeReference(Value):
    """A date or period as the text gives it; `start` and `end` are inclusive, None where open."""

    text: str
    start: date | None
    end: date | None
    precision: Literal["day", "week", "month", "year", "relative", "unknown"]
    span: Span | None = None


Instrument = Literal[
    "statement",
    "order",
    "proclamation",
    "rule",
    "statute",
    "designation",
    "deployment",
    "operation",
    "agreement",
    "ruling",
]


class Authority(Value):
    """What an act rests on: an order, a proclamation, a section of law."""

    text: str  # as quoted
    normalized: str  # e.g. "EO 14167", "Proclamation 10886", "8 U.S.C. 1225(b)(2)(C)", "INA 212(f)"
    span: Span


class Action(Value):
    """Something that is done, ordered, considered, or answered. Mentions of one policy are one action."""

    id: str  # "a1", "a2", ... in document order of the first mention
    policy_id: str = ""  # what makes it the same policy in another document: lever, acting state, object
    span: Span  # the sentence or clause that states it
    trigger: Span  # the words that told the lever
    mentions: tuple[Span, ...]  # sentences of all mentions, the first included
    lever: str  # id in strategy/levers.toml, or a response (diplomacy.*, opposition.*)
    level: int | None = None  # 0-4 of the lever's scale; None = the text does not say
    quantity: float | None = None  # a number that the text gives for the action's own size
    quantity_unit: str | None = None
    scope: Literal["targeted", "general"] | None = None
    instrument: Instrument | None = None
    status: Status
    ending: bool = False  # what is ordered, announced or weighed is the end (or a cut) of the measure, not yet done
    opposite: bool = False  # the status is that of the opposite of the lever's measure: to end it is to apply the lever
    status_cue: Span | None = None  # None = the lever's default status
    polarity: Literal["affirmed", "negated"] = "affirmed"
    modality: tuple[Literal["reported", "opinion", "conditional", "future", "historical"], ...] = ()
    actors: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    speaker: Party | None = None
    place: tuple[str, ...] = ()
    date_announced: TimeReference | None = None
    date_decided: TimeReference | None = None  # ordered, signed, ruled
    date_start: TimeReference | None = None  # done, or in effect from then
    date_end: TimeReference | None = None
    legal_authority: tuple[Authority, ...] = ()
    citations: tuple[int, ...] = ()
    incomplete: bool = False  # touches a gap: never filled with a guess
    finding_ids: tuple[str, ...] = ()
    claim_ids: tuple[str, ...] = ()
    origin: Literal["document", "added", "corrected"] = "document"  # added or corrected: by the user, after the reading

    @property
    def date(self) -> TimeReference | None:
        """The day that the text gives for it: when it starts, else when it was decided, else announced."""
        return self.date_start or self.date_decided or self.date_announced


class Reading(Value):
    """One way to read a period or a baseline; `start` and `end` are inclusive days."""

    label: str
    start: date | None
    end: date | None
    statistic: Literal["mean", "sum", "max", "value"] = "mean"
    why: str = ""


class Period(Value):
    text: str
    span: Span | None
    readings: tuple[Reading, ...]


class Baseline(Value):
    text: str  # "" where the document names none
    span: Span | None
    kind: Literal[
        "peak",
        "same_period_last_year",
        "explicit_date",
        "period_average",
        "administration",
        "previous_period",
        "other",
        "none",
    ]
    administration: str | None = None  # e.g. "Biden", where the baseline names one
    start: date | None = None  # where the baseline names dates
    end: date | None = None


ClaimType = Literal[
    "level",
    "change_pct",
    "change_abs",
    "change_factor",
    "share",
    "record",
    "trend",
    "comparison",
    "threshold",
    "duration",
]


class Claim(Value):
    """A quantity that the document states about the world."""

    id: str  # "c1", "c2", ... in document order
    span: Span  # the sentence
    quote_span: Span  # the words of the claim itself
    claim_type: ClaimType
    measure: str | None  # code of the codebook, e.g. "gotaways", "troops"; None = none found
    measure_text: str
    population: str | None = None
    place: str | None = None
    value: float | None
    value_high: float | None = None
    unit: str | None  # "percent", "people", "troops", "groups", "lb", "usd", ...
    bound: Literal["=", ">", ">=", "<", "<=", "~"] = "="
    direction: Literal["up", "down", "none"] = "none"
    polarity: Literal["affirmed", "negated"] = "affirmed"  # negated: the text denies it, or says it was refused
    rate: Literal["day", "week", "month", "year"] | None = None
    period: Period | None = None
    baseline: Baseline | None = None
    speaker: Party | None = None
    action_id: str | None = None  # the action whose size it states
    endpoint: Literal["from", "to"] | None = None  # which end of a change it is, where the sentence gives both
    implied: float | None = None  # the change in percent that the two ends of its pair make, where both are given
    from_heading: bool = False
    pair_id: str | None = None  # the same for both ends, and for a percentage of the same sentence: "p1", "p2", ...
    checkability: Literal["series", "proxy_series", "event_record", "no_public_series", "incomplete"]
    citations: tuple[int, ...] = ()
    incomplete: bool = False
    finding_ids: tuple[str, ...] = ()


class Assertion(Value):
    """A causal or evaluative statement, shown beside the literature and never scored."""

    id: str  # "s1", ...
    span: Span
    kind: Literal["causal", "evaluative"]
    cue: Span
    topics: tuple[str, ...]  # lever ids and outcome codes named in it, e.g. ("military.strike_lab", "violence")
    holder: Party | None = None
    citations: tuple[int, ...] = ()


class LedgerEntry(Value):
    """Where one sentence of the document went."""

    span: Span
    kinds: tuple[Literal["action", "claim", "assertion", "outside"], ...]
    ids: tuple[str, ...]  # of the actions, claims and assertions
    reason: str  # for "outside": why, in one phrase


class Brief(Value):
    """A document read: what it is, what is odd about it, what it does, claims and asserts."""

    document: Document
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    claims: tuple[Claim, ...]
    assertions: tuple[Assertion, ...]
    ledger: tuple[LedgerEntry, ...]
    reader: Literal["rules", "llm"] = "rules"
    dropped: int = 0  # items of a language model that did not stand in the document, and were left out
    codebook_version: str

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """Places where words are missing or a reference leads nowhere."""
        return tuple(f for f in self.findings if f.kind in ("elided_text", "unresolved_reference"))
