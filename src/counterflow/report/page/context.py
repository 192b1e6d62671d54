"""What the page's parts are filled from: an assessment, its figures drawn, its text marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.judgement.headlines import rules
from counterflow.judgement.untested import NOT_TESTED
from counterflow.report import words
from counterflow.report.assessment import outcomes
from counterflow.report.assessment.held_out import held_sentences, misfit
from counterflow.report.assessment.places import alike_sentences, moved_alike
from counterflow.report.page import marked
from counterflow.report.page.downloads import drawn
from counterflow.report.page.room import ROOMS, Room, pictured
from counterflow.report.pictures import charts as figures
from counterflow.report.pictures.border import keys as place_keys
from counterflow.report.pictures.border import map_figure
from counterflow.report.pictures.curve import curve_figure
from counterflow.report.pictures.drawing import Figure, family_of
from counterflow.report.pictures.four_way import four_way_figure
from counterflow.report.pictures.levers import levers_figure
from counterflow.report.pictures.strategies import strategies_figure
from counterflow.report.pictures.timeline import timeline_figure
from counterflow.report.pictures.tornado import not_drawn, tornado_figure

SHORT = 4_000  # characters of a document that is shown unfolded


def context_of(
    a: Mapping[str, Any], room: Room = ROOMS[0], made: dict[str, dict[str, Any] | None] | None = None
) -> dict[str, Any]:
    """Everything that the parts name beside the assessment itself, as much as there is `room` for.

    `made` holds pictures that are drawn already, by their names, and takes those that are drawn now.
    """
    titles = {b["id"]: words.clean(b["title"]) for b in a["branches"]}
    shown = [b for b in ("as_written", "as_on_record", a["answer"]["heaviest_strikes"]) if b in titles]
    lead = a["answer"]["lead_branch"]
    judged = {(h["branch"], h["id"], h["reference"]): h for h in a["headlines"]}
    basis = a["basis"]["parameters"] if a["basis"] else []
    deciding = deciders(a["headlines"], basis)
    keyed = {(d["mechanism"], d["symbol"]) for d in deciding}

    def untested(branch: str) -> bool:
        ids = ("trafficking", "friction")
        return any(judged.get((branch, id, "none"), {}).get("word") == NOT_TESTED for id in ids)

    return {
        "titles": titles,
        "shown": shown,
        "family_of": family_of,
        "judged": judged,
        "draws": a["basis"]["draws"] if a["basis"] else 0,
        "headline_ids": list(words.vocabulary()["headline"]),
        "four_way_ids": list(words.vocabulary()["four_way"]),
        "not_tested": NOT_TESTED,
        "untested": untested,
        "alone": {h["id"]: h["without_strategy"] for h in a["headlines"] if h["without_strategy"] is not None},
        "deciders": deciding,
        "deciding": [p for p in basis if (p["mechanism"], p["symbol"]) in keyed],
        "by_subject": by_subject,
        "lead": lead,
        "open_outcomes": {rule.outcome for rule in rules()} | set(words.vocabulary()["seen"]),
        "chance": lambda h: words.chance(h["probability"], h["mc_error"], a["basis"]["draws"]),
        "count": words.count,
        "outcome_title": outcomes.outcome_title,
        "held": lambda variable: held_sentences(a["held_out"], variable),
        "misfit": misfit,
        "place_keys": place_keys(),
        "manifest_rows": list(flat(a["manifest"])),
        **_figures(a, titles, shown, untested, pictured(a, room), {} if made is None else made),
        **_text(a, room.text),
    }


def _figures(
    a: Mapping[str, Any],
    titles: Mapping[str, str],
    shown: Sequence[str],
    untested: Any,
    of_claims: frozenset[str],
    made: dict[str, dict[str, Any] | None],
) -> dict[str, Any]:
    """Every picture of the page, drawn, with its downloads; of claims, those `of_claims`."""
    source = citation(a)

    def draw(figure: Figure | None, name: str, *, png: bool = False) -> dict[str, Any] | None:
        if name not in made:
            made[name] = drawn(figure, name, source, png=png)
        return made[name]

    lead = a["answer"]["lead_branch"]
    preferred = [lead, a["answer"]["heaviest_strikes"]]
    charted = [item for item in a["outcomes"] if item["charted"]]
    foreseen = a["foreseen"]["outcomes"] if a["foreseen"] else []
    claims = {c["claim"]["id"]: c for c in a["claims"]}
    alike = moved_alike(a["places"], lead, a["basis"]["draws"]) if a["basis"] else {}
    border = map_figure(a["places"], lead or "", titles.get(lead or "", ""), "sector" in alike)
    idle = {f["branch"] for f in a["four_way"] if untested(f["branch"])}
    return {
        "claim_charts": {
            id: draw(figures.claim_figure(c), f"chart-{id}") if id in of_claims else None for id, c in claims.items()
        },
        "curves": {
            id: draw(curve_figure(c["curve"]), f"curve-{id}") if id in of_claims else None
            for id, c in claims.items()
            if c["curve"]
        },
        "fans": {
            item["variable"]: draw(figures.fan_figure(item, shown, titles), f"fan-{item['variable']}")
            for item in charted
        },
        "seen": {
            item["variable"]: draw(figures.foreseen_figure(item, titles), f"seen-{item['variable']}")
            for item in foreseen
        },
        "surface": draw(figures.surface_figure(a["headlines"], shown, titles), "surface"),
        "four_way_bars": draw(four_way_figure(a["four_way"], idle, titles), "fourway", png=True),
        "not_drawn": not_drawn(a["headlines"], lead),
        "tornado": draw(tornado_figure(a["headlines"], preferred, titles), "tornado"),
        "actions_drawn": draw(timeline_figure(a["timeline"], a["strategy"]["date"]), "timeline"),
        "border": draw(border, "border", png=True),
        "alike": alike,
        "alike_in_words": alike_sentences(a["places"], alike),
        "levers_drawn": draw(levers_figure(a["attribution"]), "shares"),
        "strategies_drawn": draw(strategies_figure(a["strategies"]), "beside"),
        "citation": source,
    }


def _text(a: Mapping[str, Any], longest: int) -> dict[str, Any]:
    """The document in paragraphs with its marks, and the ids of everything that is marked in it."""
    paragraphs = marked.paragraphs(a["text"], marked.marks_of(a), longest)
    return {
        "paragraphs": paragraphs,
        "placed": marked.placed(paragraphs),
        "text_folds": len(a["text"]) > SHORT,
        "text_cut": len(a["text"]) > longest,
        "text_shown": longest,
    }


def citation(a: Mapping[str, Any]) -> str:
    """Where a picture comes from: program, document, draws, seed, and the document's hash."""
    told, document = a["manifest"], a["document"]
    title = words.clean(document["title"] or document["source"])
    parts = [f"Counterflow {told['version']}" if "version" in told else "Counterflow", f"assessment of “{title}”"]
    if a["basis"]:
        parts.append(f"{a['basis']['draws']:,} draws")
    if "seed" in told:
        parts.append(f"seed {told['seed']}")
    return f"{', '.join(parts)}. SHA-256 of the document: {document['sha256'][:12]}."


def by_subject(items: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Outputs by what they speak of, in the order of words.toml."""
    of = words.vocabulary()["subject_of"]
    grouped = {s: [x for x in items if of.get(x["variable"], "other") == s] for s in words.vocabulary()["subject"]}
    return {subject: found for subject, found in grouped.items() if found}


def deciders(headlines: Sequence[Mapping[str, Any]], basis: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parameters that leave headlines undetermined, the one that decides most first.

    Each is {symbol, meaning, low, high, assumed (as in `basis`), headlines: {headline id: {branch: [{reference,
    probability_at_low, ...}]}}}, the run without the strategy before the weeks before it.
    """
    assumed = {(p["mechanism"], p["symbol"]) for p in basis if p["assumed"]}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for h in sorted(headlines, key=lambda h: h["reference"] != "none"):
        for d in h["decided_by"] if h["undetermined"] else ():
            key = (d["mechanism"], d["symbol"])
            entry = found.setdefault(key, dict(d) | {"assumed": key in assumed, "headlines": {}})
            swings = entry["headlines"].setdefault(h["id"], {}).setdefault(h["branch"], [])
            swings.append(dict(d) | {"reference": h["reference"]})
    return sorted(found.values(), key=lambda entry: -sum(map(len, entry["headlines"].values())))


def flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested keys and values as rows ("hashes · document", "9f2c…"), in their own order; keys of one mapping
    that share a value share a row ("data", "2026-11: series_a, series_b")."""
    if not isinstance(value, Mapping):
        shown = ", ".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)
        return [(path, shown)]
    rows: list[tuple[str, str]] = []
    shared: dict[str, list[str]] = {}
    for key, inner in value.items():
        if path and not isinstance(inner, Mapping):
            shared.setdefault(flat(inner)[0][1], []).append(str(key))
        else:
            rows += flat(inner, f"{path} · {key}" if path else str(key))
    for text, keys in shared.items():
        rows.append((path, f"{text}: {', '.join(keys)}") if len(keys) > 1 else (f"{path} · {keys[0]}", text))
    return rows
