"""Read a document: from a file to a `Brief`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date as Date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from counterflow.brief import codebook
from counterflow.brief.actions.find import find_actions
from counterflow.brief.assertions import find_assertions
from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import Era, era_of
from counterflow.brief.dates.published import date_in_text
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.layout.text import lay_out
from counterflow.brief.ledger import build_ledger
from counterflow.brief.loading.load import SIZE_LIMIT, Loaded, is_address, load, load_address
from counterflow.brief.schema import Action, Brief, Claim, Document, Finding
from counterflow.errors import BriefError

if TYPE_CHECKING:
    from counterflow.brief.llm.endpoint import Endpoint

STANDARD_INPUT = "-"

DateSource = Literal["metadata", "text", "user", "none"]
Warn = Callable[[str], None]


def read(
    source: str | Path,
    *,
    date: Date | None = None,
    endpoint: Endpoint | None = None,
    keep_in: Path | None = None,
    warn: Warn | None = None,
) -> Brief:
    """Read the document at a path or an http(s) address, or from standard input where `source` is "-".

    `date` is the document's date where the user knows it; it goes before a date in the file or in the text,
    and settles which month "last month" is. A document about something else, or that does nothing, is read
    all the same: it gives findings and claims, and no actions.

    With an `endpoint` the actions and claims are those that its language model proposes and the document bears
    out; where the model fails, those of the rules, and `reader` of the brief says so. The original is kept, by its
    hash, in the folder `keep_in` where one is named. `warn` is called with each line that the user should know of (by
    default a warning of the logger "counterflow"). Raises BriefError where the document cannot be read.
    """
    warn = warn or _log
    loaded = _loaded(source)
    if keep_in is not None:
        _keep(loaded, keep_in, warn)
    layout = lay_out(loaded.text)
    published, date_source = _date(loaded, layout, date)
    era = era_of(layout, published)
    findings = find_findings(layout, [place for place, _ in loaded.lost_links])
    stated = _by_model(layout, findings, era, endpoint, warn) if endpoint else _by_rules(layout, findings, era)
    claims = _with_actions(stated.claims, stated.actions)
    assertions = find_assertions(layout)
    return Brief(
        document=_document(loaded, layout, findings, published, date_source),
        findings=findings,
        actions=stated.actions,
        claims=claims,
        assertions=assertions,
        ledger=build_ledger(layout, stated.actions, claims, assertions),
        reader=stated.reader,
        dropped=stated.dropped,
        codebook_version=codebook.version(),
    )


def _loaded(source: str | Path) -> Loaded:
    if str(source) == STANDARD_INPUT:
        return load(sys.stdin.buffer.read(SIZE_LIMIT + 1), name=STANDARD_INPUT)
    if isinstance(source, str) and is_address(source):
        return load_address(source)
    return load(Path(source), name=str(source))


def _keep(loaded: Loaded, folder: Path, warn: Warn) -> None:
    """Keep the original; a folder that cannot be written is no reason not to read it."""
    from counterflow.brief.loading.keep import keep

    try:
        keep(loaded, folder)
    except BriefError as error:
        warn(str(error))


class _Stated(NamedTuple):
    """What a document does and claims, and who read it."""

    actions: tuple[Action, ...]
    claims: tuple[Claim, ...]
    reader: Literal["rules", "llm"]
    dropped: int = 0


def _by_rules(layout: Layout, findings: tuple[Finding, ...], era: Era) -> _Stated:
    claims = find_claims(layout, findings, era)
    return _Stated(find_actions(layout, findings, claims, era), claims, "rules")


def _by_model(layout: Layout, findings: tuple[Finding, ...], era: Era, endpoint: Endpoint, warn: Warn) -> _Stated:
    """What the model proposes and the document bears out; what the rules read where the model fails."""
    from counterflow.brief.actions.parties import cast_of
    from counterflow.brief.llm.chat import NoAnswer
    from counterflow.brief.llm.read import propose

    if endpoint.is_in_clear:
        warn(f"the document is sent to {endpoint.host} in clear; use https to keep it from others on the way")
    try:
        proposed = propose(layout, findings, cast_of(layout), era, endpoint)
    except NoAnswer as reason:
        warn(f"the language model did not read the document: {reason}; it is read by rules")
        return _by_rules(layout, findings, era)
    dropped = proposed.dropped.total()
    if dropped:
        reasons = ", ".join(f"{count} {reason}" for reason, count in proposed.dropped.most_common())
        warn(f"{dropped} of {proposed.given} items that the language model gave are left out: {reasons}")
    return _Stated(proposed.actions, proposed.claims, "llm", dropped)


def _log(line: str) -> None:
    import logging

    logging.getLogger("counterflow").warning("counterflow: %s", line)


def _document(
    loaded: Loaded, layout: Layout, findings: tuple[Finding, ...], published: Date | None, date_source: DateSource
) -> Document:
    byline = next((str(f.data["name"]) for f in findings if f.kind == "byline"), None)
    return Document(
        id=loaded.sha256[:12],
        sha256=loaded.sha256,
        source=loaded.source,
        url=loaded.url,
        media_type=loaded.media_type,
        language=loaded.language,
        title=loaded.title or _title(layout),
        byline=byline or loaded.byline,
        date_published=published,
        date_source=date_source,
        text=loaded.text,
        removed=tuple(span(layout, b.start, b.end) for b in layout.blocks if b.kind == "boilerplate"),
        links=loaded.links,
        pages=loaded.pages,
    )


def _with_actions(claims: tuple[Claim, ...], actions: tuple[Action, ...]) -> tuple[Claim, ...]:
    """The claims, each naming the action whose size it states."""
    owners = {claim_id: action.id for action in actions for claim_id in action.claim_ids}
    return tuple(claim.model_copy(update={"action_id": owners.get(claim.id)}) for claim in claims)


def _title(layout: Layout) -> str | None:
    block = next((block for block in layout.blocks if block.kind == "title"), None)
    return " ".join(layout.text[block.start : block.end].split()) if block else None


def _date(loaded: Loaded, layout: Layout, given: Date | None) -> tuple[Date | None, DateSource]:
    if given is not None:
        return given, "user"
    if loaded.date_published is not None:
        return loaded.date_published, "metadata"
    found = date_in_text(layout)
    return (found, "text") if found else (None, "none")
