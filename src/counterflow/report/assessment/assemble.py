"""The assessment: everything that the page shows, as one JSON-serialisable value. All other forms derive
from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.brief.layout.folding import plain
from counterflow.judgement.compared import compared
from counterflow.judgement.fitted import told_of
from counterflow.judgement.headlines import headline, rules
from counterflow.report.assessment.answer import answer, assumed_in, decider_sentence, worth_sentences
from counterflow.report.assessment.beside import beside
from counterflow.report.assessment.bibliography import bibliography
from counterflow.report.assessment.costs import costs
from counterflow.report.assessment.held_out import held_out
from counterflow.report.assessment.levers import lever_shares
from counterflow.report.assessment.outcomes import History, foreseen_and_seen, outcomes
from counterflow.report.assessment.places import places
from counterflow.report.assessment.recorded import Recorded
from counterflow.report.assessment.results import result_sentences
from counterflow.report.assessment.strategies import other_strategies
from counterflow.report.assessment.timeline import timeline
from counterflow.report.parameters import settings
from counterflow.report.studies.discovered import sentences
from counterflow.report.studies.judged import looked_into
from counterflow.report.words import day, status_in_words, word

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.brief.schema import Action, Brief
    from counterflow.evidence.schema import Check
    from counterflow.judgement.attribution.schema import Attribution
    from counterflow.judgement.comparison.schema import Comparison
    from counterflow.judgement.inquiry import Inquiry
    from counterflow.judgement.schema import Verdict
    from counterflow.strategy.schema import Branch, Entry, Strategy

SCHEMA_VERSION = 1


def assemble(
    *,
    brief: Brief,
    checks: Sequence[Check],
    strategy: Strategy,
    branches: Sequence[Branch],
    runs: xr.Dataset | None,
    verdict: Verdict | None,
    inquiry: Inquiry | None,
    foreseen: xr.Dataset | None,
    history: History,
    lever_titles: Mapping[str, str],
    manifest: Mapping[str, Any],
    timings: Mapping[str, float],
    recorded: Recorded | None = None,
    by_place: xr.Dataset | None = None,
    attribution: Attribution | None = None,
    comparison: Comparison | None = None,
) -> dict[str, Any]:
    """Everything that the page shows (`assessment.json`, schema_version 1), ready for `json.dumps`.

    runs: weekly outputs with dims (branch, draw, replicate, time), each with attrs long_name, units, series_id ("" if
        none) and aggregate ("sum" or "mean"); coords branch (ids) and time (week starts). None, together
        with `verdict`, where the document moves no lever: its findings and claims are still reported.
    inquiry: what more the runs were asked, of which `verdict` is one part; None where they were asked no more.
    foreseen: the same kind of Dataset, run with what was known on the strategy's date. None where the date
        is not past.
    history: observed months per output, (ISO first day, value, flag), to the end of the data.
    lever_titles: plain name per lever id, responses included.
    manifest: version, seed, draws, data vintages, hashes and, under "command", how to run it again.
    timings: seconds per stage.
    recorded: dated acts and months by place of the official record; None where none are to be shown.
    by_place: runs with outputs by sector and by route (see `places.runs_by_place`); None where there are none.
    attribution: shares of the levers in what the branch that the answer opens with changes; None where it moves none.
    comparison: other strategies beside the document's on the same draws; None where there is none.

    Raises ReportError where an output lacks an attribute.
    """
    seen = foreseen_and_seen(foreseen, history, strategy.date.end.isoformat()) if foreseen is not None else None
    if seen is not None and foreseen is not None:
        source = foreseen.attrs.get("posterior", "")
        seen |= {"posterior": Path(source).name, "posterior_as_of": told_of(source).get("as_of")}
    made = compared(runs) if verdict and runs is not None else None
    if runs is not None and made is not None and made.sizes["draw"] < runs.sizes["draw"]:
        runs = runs.sel(draw=made["draw"].values)  # what was judged
    actions = [_action(action, strategy, lever_titles) for action in brief.actions]
    idle = sum(action["fate"]["kind"] == "moves no lever" for action in actions)
    told = answer(brief, checks, branches, verdict, seen, idle)
    recorded = recorded or Recorded()
    claims = [check.model_dump(mode="json") for check in checks]
    record = [_entry(e, lever_titles) | {"refused": e.record_id in strategy.refused} for e in strategy.record]
    basis, spent = _basis(verdict), costs(runs, branches, lever_titles) if runs is not None else None
    return {
        "schema_version": SCHEMA_VERSION,
        "question": "Does the strategy curtail trafficking, or come back as friction and violence?",
        "document": brief.document.model_dump(mode="json", exclude={"text", "removed"}),
        "reader": {"name": brief.reader, "codebook_version": brief.codebook_version},
        "strategy": {
            "title": strategy.title,
            "date": strategy.date.model_dump(mode="json"),
            "considered": [{"lever": x, "title": _title(x, lever_titles)} for x in strategy.considered],
        },
        "answer": told,
        "results": _results(verdict, branches, told),
        "headlines": _headlines(verdict, made),
        "four_way": [f.model_dump(mode="json") for f in verdict.four_way] if verdict else [],
        "claims": claims,
        "actions": actions,
        "record": record,
        "refused": list(strategy.refused),
        "branches": [
            b.model_dump(mode="json", exclude={"entries"}) | {"entries": [_entry(e, lever_titles) for e in b.entries]}
            for b in branches
        ],
        "settings": settings(strategy),
        "outcomes": outcomes(runs, history, verdict) if runs is not None else [],
        "costs": spent,
        "basis": basis,
        "looked_into": _looked_into(inquiry),
        "findings": [f.model_dump(mode="json") for f in brief.findings],
        "ledger": [e.model_dump(mode="json") for e in brief.ledger],
        "assertions": [s.model_dump(mode="json") | beside(s, branches, verdict) for s in brief.assertions],
        "foreseen": seen,
        "manifest": dict(manifest),
        "timings": {stage: round(seconds, 3) for stage, seconds in timings.items()},
        "text": brief.document.text,
        "timeline": timeline(brief, strategy, recorded, lambda lever: _title(lever, lever_titles)),
        "places": places(recorded, by_place, verdict),
        "held_out": held_out(),
        "sources": bibliography(claims, record, basis, spent),
        "attribution": lever_shares(attribution),
        "strategies": other_strategies(comparison),
    }


def _title(lever: str, titles: Mapping[str, str]) -> str:
    """The catalogue's title; codes of the reader that are no lever have theirs in words.toml."""
    return titles.get(lever) or word("code", lever)


def _entry(entry: Entry, titles: Mapping[str, str]) -> dict[str, Any]:
    return entry.model_dump(mode="json") | {"title": _title(entry.lever, titles)}


def _action(
    action: Action,
    strategy: Strategy,
    titles: Mapping[str, str],
) -> dict[str, Any]:
    """An action with what became of it in the model: `fate` is a kind, a sentence and why, the first that
    applies."""
    return action.model_dump(mode="json") | {
        "title": _title(action.lever, titles),
        "status_in_words": status_in_words(action),
        "details": _details(action),
        "fate": _fate(action, strategy),
        "on_record": [e.record_id for e in strategy.record if e.fills == action.id],
    }


def _details(action: Action) -> list[str]:
    """Who acts, who is told, when and on what authority, as far as the text says; one line for each."""
    by = ", ".join(party.name + (" (inferred)" if party.inferred else "") for party in action.actors)
    told = ", ".join(party.name for party in action.recipients)
    times = {
        "announced": action.date_announced,
        "decided": action.date_decided,
        "from": action.date_start,
        "until": action.date_end,
    }
    lines = {
        "By": by or "nobody named",
        "To": told,
        "When": ", ".join(f"{kind} {plain(time.text)}" for kind, time in times.items() if time),
        "Under": "; ".join(authority.normalized for authority in action.legal_authority),
        "Said by": action.speaker.name if action.speaker else "",
    }
    return [f"{label}: {words}" for label, words in lines.items() if words]


def _fate(action: Action, strategy: Strategy) -> dict[str, str]:
    def fate(kind: str, text: str, why: str = "") -> dict[str, str]:
        return {"kind": kind, "text": text, "why": why}

    unplaced = next((u.reason for u in strategy.unplaced if u.action_id == action.id), "")
    if action.polarity == "negated":
        return fate("moves no lever", unplaced or "the document says that it did not happen")
    written = next((e for e in strategy.written if e.source == action.id), None)
    if written is not None:
        why = "; ".join(x for x in (written.start_reason, written.note) if x)
        return fate("acts", f"from {day(written.start)}", why)
    if any(e.fills == action.id for e in strategy.record):
        return fate("acts as on record only", "as written it moves nothing; the record fills it in", unplaced)
    if unplaced:
        return fate("moves no lever", unplaced)
    if action.lever in strategy.considered:
        return fate("branch", "only under consideration: run as branches of its own, never as done")
    if any(e.lever == action.lever for e in strategy.written):
        return fate("acts", "together with another action on the same lever")
    return fate("moves no lever", "no dated path could be read from the document")


def _results(verdict: Verdict | None, branches: Sequence[Branch], told: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sentences on how far outcomes moved, in the branches that the answer speaks of."""
    if verdict is None:
        return {}
    titles = {branch.id: branch.title for branch in branches}
    shown = [told[name] for name in ("lead_branch", "heaviest_strikes") if told[name] in titles]
    return result_sentences(verdict, titles, shown)


def _headlines(verdict: Verdict | None, made: xr.Dataset | None) -> list[dict[str, Any]]:
    """`without_strategy`: for a headline against the weeks before, the chance that the run without the strategy meets
    it too; None against that run itself. `made` are the contrasts."""
    if verdict is None:
        return []
    alone = {} if made is None else {r.id: headline(made, r, "none", "before").probability for r in rules()}
    return [
        h.model_dump(mode="json")
        | {
            "without_strategy": alone.get(h.id) if h.reference == "before" else None,
            "decided_in_words": [decider_sentence(h, d, assumed_in(verdict)) for d in h.decided_by],
            "worth_in_words": worth_sentences(h),
        }
        for h in verdict.headlines
    ]


def _looked_into(inquiry: Inquiry | None) -> dict[str, Any] | None:
    """What the inquiry found, in plain values and, of conditions, in sentences."""
    if inquiry is None:
        return None
    told = [{"headline": one.of[0], "sentences": sentences(one)[1:]} for one in inquiry.discoveries]  # less the lead
    return looked_into(inquiry) | {"in_words": told}


def _basis(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return verdict.model_dump(
        mode="json",
        include={"draws", "window", "first_lever", "start", "grade_counts", "caveats", "fit"},
    ) | {"parameters": [p.model_dump(mode="json") for p in verdict.basis]}
