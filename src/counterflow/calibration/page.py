"""The part of docs/verify.md that is written from a run: counts, what lies outside and why, and every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counterflow.calibration.verify import DRAWS, KINDS, Outcome, by_target, counted, covers

AIM = 85  # percent of the event studies, by target


def number(value: float | None) -> str:
    """A number to four digits, or to whole ones from a thousand on."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def cell(text: str) -> str:
    """Text that a table cell can hold."""
    return " ".join(text.replace("|", "/").split())


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    return [
        "",
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *("| " + " | ".join(cell(text) for text in row) + " |" for row in rows),
        "",
    ]


def _spread(one: Outcome) -> str:
    if one.value is None:
        return "not modelled"
    return (
        number(one.value) if one.low == one.high else f"{number(one.value)} ({number(one.low)} to {number(one.high)})"
    )


def _band(one: Outcome) -> str:
    band = one.target.band
    if band is None:
        return "none: reported"
    mark = " \\*" if one.target.band_by == "ours" else ""
    if band.low is None or band.high is None:
        return (f"at most {number(band.high)}" if band.low is None else f"at least {number(band.low)}") + mark
    return f"{number(band.low)} to {number(band.high)}{mark}"


def _of_kind(outcomes: Sequence[Outcome]) -> list[str]:
    """The table of one kind; what several studies in a row are given is said once."""
    given_before = ""
    rows = []
    for one in outcomes:
        of = one.target
        given = of.parameters or "the priors"
        marks = [mark for mark, holds in (("reads back", of.reads_back), ("no credit", of.conditioned_on)) if holds]
        rows.append(
            (
                of.id,
                f"{of.what} ({of.unit})",
                of.published,
                _spread(one),
                _band(one),
                ", ".join([{True: "yes", False: "**no**", None: "-"}[one.inside], *marks]),
                "as above" if given == given_before else given,
            )
        )
        given_before = given
    return table(["target", "what (unit)", "published", "model", "band", "inside", "given"], rows)


def _aim(outcomes: Sequence[Outcome]) -> list[str]:
    """Whether the share of event studies inside that was aimed at is met."""
    targets = by_target(outcomes)
    if not targets.of:
        return []
    share = 100.0 * len(targets.inside) / len(targets.of)
    return ["", f"By target that is {share:.0f}%: the {AIM}% aimed at is {'' if share >= AIM else 'not '}met."]


def verified(outcomes: Sequence[Outcome]) -> str:
    """Published results as the model gives them, in Markdown."""
    lines = [
        "## The latest run",
        "",
        f"`counterflow verify`, with its {DRAWS} draws and seed 0. Median over draws, with their 5% and 95%",
        "points where they differ.",
        "",
        *(f"- {line}" for line in counted(outcomes)),
        *_aim(outcomes),
        "",
        "### What lies outside, and why",
        *table(
            ["target", "what", "published", "model", "band", "why"],
            [
                (one.target.id, one.target.what, one.target.published, _spread(one), _band(one), one.target.why)
                for one in outcomes
                if one.inside is False
            ],
        ),
        "### What reads a prior or an input back",
        *table(
            ["target", "inside", "what it reads back"],
            [
                (one.target.id, {True: "yes", False: "no", None: "-"}[one.inside], one.target.because)
                for one in outcomes
                if one.target.reads_back
            ],
        ),
        "### Conditioned on, no credit",
        *table(
            ["target", "joint condition that was made from it"],
            [(one.target.id, one.target.conditioned_on) for one in outcomes if one.target.conditioned_on],
        ),
    ]
    missed = [one.target.id for one in outcomes if covers(one) is False]
    lines += [
        "### Event studies whose published value lies outside the model's 5-95%",
        "",
        f"{', '.join(missed) or 'None'}.",
        "",
        "Bands marked \\* are ours: the list of targets gives none.",
        "",
    ]
    kinds: list[tuple[str, list[Outcome]]] = []
    for kind, title in KINDS.items():
        of_kind = [one for one in outcomes if one.target.kind == kind]
        if kind == "V":
            for how in ("same equations", "within reach"):
                kinds.append((f"V: {how}", [one for one in of_kind if one.target.how == how]))
        else:
            kinds.append((f"{kind}: {title}", of_kind))
    for title, rows in kinds:
        lines += [f"### {title}", *_of_kind(rows)]
        lines += [f"- **{one.target.id}**: {one.note}" for one in rows if one.note] + [""]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"
