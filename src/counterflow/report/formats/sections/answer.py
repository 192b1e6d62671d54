"""The answer: question, verdicts against both references, how they spread over the branches, and what is paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from counterflow.judgement.untested import NOT_TESTED
from counterflow.report import sentences
from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Heading,
    Line,
    Named,
    Paragraph,
    Picture,
    Strong,
    Table,
    line,
    said,
    without_turns,
)
from counterflow.report.page.context import deciders
from counterflow.report.pictures import charts as figures
from counterflow.report.words import (
    chance,
    clean,
    count,
    dollars,
    inner,
    number,
    percent,
    phrase,
    upper,
    vocabulary,
    word,
)

Assessment = Mapping[str, Any]
DASH = ("–",)
VERDICTS = ("Headline", "Verdict", "Against no strategy", "Against the 26 weeks before", "How far it moves")


def answer(a: Assessment) -> Iterator[Block]:
    """Everything that stands before the claims."""
    yield Heading(1, line(a["question"]))
    yield Paragraph(line(Named(title_of(a))))
    yield Paragraph(line(sentences.dated(a["strategy"])))
    if a["strategy"]["date"]["reason"]:
        yield Paragraph(line(f"{upper(said(a['strategy']['date']['reason'])).rstrip('.')}."))
    for text in (a["answer"]["short"], a["answer"]["coverage"]):
        if text:
            yield Paragraph(line(said(text)))
    if a["answer"]["lead_branch"]:
        yield from _verdicts(a)
    for label, texts in four_answers(a):
        yield Heading(3, line(label))
        yield from (Paragraph(line(said(text))) for text in texts)
    if a["results"]:
        yield Heading(3, line(word("heading", "results")))
        for branch, texts in a["results"].items():
            yield Paragraph(line(Strong(titles(a).get(branch, branch))))
            yield Bullets(tuple(line(said(text)) for text in texts))
    if a["four_way"]:
        yield from _courses(a)
        yield from _undetermined(a)
    yield from _costs(a)


def title_of(a: Assessment) -> str:
    """The document's title, or what it was read from."""
    return without_turns(clean(a["document"]["title"] or a["document"]["source"]))


def titles(a: Assessment) -> dict[str, str]:
    """The title of each branch."""
    return {b["id"]: said(b["title"]) for b in a["branches"]}


def judged(a: Assessment) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Headlines by branch, id and reference."""
    return {(h["branch"], h["id"], h["reference"]): h for h in a["headlines"]}


def four_answers(a: Assessment) -> list[tuple[str, Sequence[str]]]:
    """What is claimed, what figures say, what the model does, and how sure that is; each with its label."""
    return [(label, a["answer"][part]) for part, label in vocabulary()["answer_part"].items() if a["answer"][part]]


def often(a: Assessment, headline: Mapping[str, Any]) -> str:
    """How likely a headline is, as the page puts it."""
    return upper(chance(headline["probability"], headline["mc_error"], a["basis"]["draws"]))


def share(headline: Mapping[str, Any]) -> str:
    """The same in short: "39% ±2", with a question mark where undetermined; no ± where no draw is on one side."""
    margin = f" ±{max(1, round(200 * headline['mc_error']))}" if 0 < headline["probability"] < 1 else ""
    return f"{percent(headline['probability'])}{margin}{'?' if headline['undetermined'] else ''}"


def _verdicts(a: Assessment) -> Iterator[Block]:
    """The four headlines of the branch that the answer opens with, against both references."""
    lead, of = a["answer"]["lead_branch"], judged(a)
    yield Heading(2, line(phrase("in_model", branch=inner(titles(a)[lead]))))
    yield Paragraph(
        line(
            said(a["answer"]["leading"]),
            " ",
            sentences.chance_note(a["basis"]),
        )
    )
    rows = [_verdict(a, h, of.get((lead, h["id"], "before"))) for h in a["headlines"] if _leads(h, lead)]
    yield Table(tuple(line(x) for x in (*VERDICTS, "Months observed since")), tuple(rows))


def _leads(headline: Mapping[str, Any], lead: str) -> bool:
    return bool(headline["branch"] == lead and headline["reference"] == "none")


def _verdict(a: Assessment, h: Mapping[str, Any], past: Mapping[str, Any] | None) -> tuple[Line, ...]:
    name = line(Strong(word("headline", h["id"])))
    if h["word"] == NOT_TESTED:
        why = f"{upper(word('not_tested', 'why'))}."
        return (name, line(upper(h["word"])), line(why), DASH, line(f"Would be tested: {said(h['criterion'])}."), DASH)
    lasts = sentences.lasts(h)
    criterion = f"{upper(said(h['criterion']))}."
    return (
        name,
        verdict_of(a, h),
        line(often(a, h)),
        DASH if past is None else before(a, past),
        line(criterion, " ", sentences.moved(h), " " if lasts else "", lasts),
        _since(a, h["id"]),
    )


def before(a: Assessment, past: Mapping[str, Any]) -> Line:
    """The chance against the weeks before, and what comes of it without any strategy."""
    alone = past["without_strategy"]
    without = [" ", f"({percent(alone)} without any strategy)"] if alone is not None else []
    return line(often(a, past), *without, *([", ", "undetermined"] if past["undetermined"] else []))


def verdict_of(a: Assessment, h: Mapping[str, Any]) -> Line:
    """A headline's verdict, and whether the model is off in the months observed since."""
    seen = a["answer"]["seen"].get(h["id"])
    return line(upper(h["word"]), *(["; ", word("observed", "off")] if seen and seen["missed"] else []))


def _since(a: Assessment, id: str) -> Line:
    seen = a["answer"]["seen"].get(id)
    if not seen:
        return DASH
    return line(said(upper(seen["title"])), ": ", sentences.since(seen))


def _courses(a: Assessment) -> Iterator[Block]:
    """Every branch: shares of draws over the four outcomes, and the chance of each headline against both references."""
    cells, ids, of = vocabulary()["four_way"], vocabulary()["headline"], judged(a)
    names, (first, last) = titles(a), a["basis"]["window"]
    yield Heading(2, line(word("heading", "courses")))
    yield Paragraph(line(phrase("courses_chances", first=first, last=last)))
    rows = []
    for f in a["four_way"]:
        untested = any(
            of.get((f["branch"], x, "none"), {}).get("word") == NOT_TESTED for x in ("trafficking", "friction")
        )
        shares = (DASH if untested else line(percent(f[cell])) for cell in cells)
        rows.append((line(names[f["branch"]]), *shares))
    yield Table((line("Branch"), *(line(word("four_way", cell)) for cell in cells)), tuple(rows))
    yield Paragraph(line(phrase("courses_both")))
    rows = [(line(names[f["branch"]]), *(_both(of, f["branch"], id) for id in ids)) for f in a["four_way"]]
    alone = {h["id"]: h["without_strategy"] for h in a["headlines"] if h["without_strategy"] is not None}
    if alone:
        none = (line(f"– / {percent(alone[id])}") if id in alone else DASH for id in ids)
        rows.append((line(names.get("none", "No strategy")), *none))
    yield Table((line("Branch"), *(line(word("headline_short", id)) for id in ids)), tuple(rows))
    yield Paragraph(line(phrase("question_mark")))
    surface = figures.surface_figure(a["headlines"], shown(a), names)
    if surface:
        yield Heading(3, line(word("heading", "bar")))
        yield picture(surface, "surface")


def _both(of: Mapping[tuple[str, str, str], Mapping[str, Any]], branch: str, id: str) -> Line:
    h, past = of.get((branch, id, "none")), of.get((branch, id, "before"))
    if not h:
        return DASH
    return line("not tested" if h["word"] == NOT_TESTED else f"{share(h)} / {share(past) if past else '–'}")


def shown(a: Assessment) -> list[str]:
    """The branches that are charted, in the order of the page."""
    charted = ("as_written", "as_on_record", a["answer"]["heaviest_strikes"])
    return [b["id"] for b in a["branches"] if b["id"] in charted]


def picture(figure: Mapping[str, Any], name: str) -> Picture:
    """A figure with its text alternative."""
    alt = " ".join(panel["description"] for panel in figure["panels"])
    return Picture(name, said(alt), said(figure["title"]), tuple(figure["panels"]))


def _undetermined(a: Assessment) -> Iterator[Block]:
    heading = sentences.undetermined(a["headlines"])
    if not heading:
        return
    basis = a["basis"]["parameters"] if a["basis"] else []
    yield Heading(3, line(heading))
    for d in deciders(a["headlines"], basis):
        kind = "assumed" if d["assumed"] else "grade D"
        span = f"moved from {number(d['low'], 2)} to {number(d['high'], 2)}"
        yield Paragraph(line(Strong(upper(said(d["meaning"]))), f" ({d['symbol']}, {kind}), {span}:"))
        yield Bullets(tuple(line(_decides(a, id, rows)) for id, rows in d["headlines"].items()))
        if d["study"]:
            yield Paragraph(line(said(word("leading", "settles").format(study=d["study"]))))


def _decides(a: Assessment, id: str, branches: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    parts = []
    for branch, swings in branches.items():
        told = "; ".join(_swing(swing) for swing in swings)
        parts.append(f"{inner(titles(a).get(branch, branch))} ({told})")
    return f"decides {word('headline_inside', id)} in {count(len(parts), 'branch', 'branches')}: {'; '.join(parts)}."


def _swing(swing: Mapping[str, Any]) -> str:
    against = f"{word('reference', 'before')} " if swing["reference"] == "before" else ""
    flips = " and ".join(number(value, 2) for value in swing["flips_at"])
    span = f"{percent(swing['probability_at_low'])} to {percent(swing['probability_at_high'])}"
    return f"{against}{span}{f', flips at {flips}' if flips else ''}"


def _costs(a: Assessment) -> Iterator[Block]:
    lead = a["answer"]["lead_branch"]
    paid = a["costs"]["branches"].get(lead) if a["costs"] and lead else None
    if not paid:
        return
    years = count(a["costs"]["years"], "year")
    yield Heading(2, line(word("heading", "costs")))
    yield Paragraph(line(sentences.paid(a["costs"], titles(a)[lead])))
    rows = [(line(said(row["title"])), line(_amount(row)), line(_evidence(row))) for row in paid["levers"]]
    if paid["spent"]:
        rows.append((line("Those that cost, together"), line(_amount(paid["spent"])), DASH))
    if rows:
        yield Table((line("Lever"), line(f"Over {years}"), line("Evidence for the price")), tuple(rows))
    else:
        yield Paragraph(line(phrase("costs_none")))
    yield Paragraph(line(sentences.paid_note(paid["levers"])))
    if paid["unpriced"]:
        yield Paragraph(line(sentences.unpriced(paid["unpriced"]), ":"))
        yield Bullets(tuple(line(f"{said(n['title'])}: {said(n['reason'])}.") for n in paid["unpriced"]))


def _amount(row: Mapping[str, Any]) -> str:
    if row["kind"] in ("earns", "saves") and row["high"] < 0:
        low, median, high = (dollars(-row[key]) for key in ("high", "median", "low"))
        return f"{word('cost_kind', row['kind'])} {median} ({low} to {high})"
    return f"{dollars(row['median'])} ({dollars(row['low'])} to {dollars(row['high'])})"


def _evidence(row: Mapping[str, Any]) -> str:
    return f"{upper(word('price_grade', row['grade']))} (grade {row['grade']}{', assumed' if row['assumed'] else ''})"
