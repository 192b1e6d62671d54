"""From counts per document to figures with intervals, and to tables of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gold.sets import ACTION_KEYS, CLAIM_KEYS

RESAMPLES = 2000
SEED = 20250120
MEASURES = ("strict", "exact", "partial", "type")
SLOTS = tuple(dict.fromkeys((*ACTION_KEYS, *CLAIM_KEYS)))

Counts = Mapping[str, np.ndarray]  # each count, one value per resample


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval; None where nothing is counted, or a single document gives no interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    of: int | None = None  # what it is a share of


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    ratio = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def reading_figures(counts: Counts) -> dict[str, np.ndarray]:
    """The figures of tests/gold/README.md from the counts of `scoring.tally`; shares are in percent."""
    figures = {
        "found %": 100 * _ratio(counts["found"], counts["labels"]),
        "found, or merged with another label %": 100 * _ratio(counts["found"] + counts["merged"], counts["labels"]),
        "all slots right %": 100 * _ratio(counts["all_right"], counts["labels"]),
        "spurious per 1,000 sentences": 1000 * _ratio(counts["spurious"], counts["sentences"]),
    }
    for slot in SLOTS:
        figures[f"{slot} %"] = 100 * _ratio(counts[f"right {slot}"], counts[f"of {slot}"])
    for measure in MEASURES:
        right = counts[measure]
        if measure == "partial":  # half for words that overlap only
            right = (counts["partial"] + counts["partial_exact"]) / 2
        precision, recall = _ratio(right, counts["read"]), _ratio(right, counts["labels"])
        figures |= {f"{measure} precision": precision, f"{measure} recall": recall}
        figures[f"{measure} F1"] = 2 * _ratio(right, counts["read"] + counts["labels"])
    return figures


def unrelated_figures(counts: Counts) -> dict[str, np.ndarray]:
    """What was read, and which gaps were found, per 1,000 sentences of texts that have none of it."""
    names = ("actions", "claims on a measure, with a number", "claims with a number", "claims", "gaps")
    return {f"{name} per 1,000 sentences": 1000 * _ratio(counts[name], counts["sentences"]) for name in names}


def with_intervals(
    documents: Sequence[Counter[str]], *, unrelated: bool = False, resamples: int = RESAMPLES
) -> dict[str, Figure]:
    """The figures over all documents, with 95% intervals from a bootstrap over documents (fixed seed)."""
    keys = sorted(set().union(*documents))
    table = np.array([[document[key] for key in keys] for document in documents], dtype=float)
    drawn = np.random.default_rng(SEED).integers(len(documents), size=(resamples, len(documents)))
    times = np.stack([np.bincount(row, minlength=len(documents)) for row in drawn])
    sums = np.vstack([table.sum(axis=0), times @ table])  # the first row is the documents themselves
    nothing = np.zeros(len(sums))
    counts = _Zeros({key: sums[:, column] for column, key in enumerate(keys)}, nothing)
    figures = {}
    for name, values in (unrelated_figures if unrelated else reading_figures)(counts).items():
        if np.isnan(values[0]):
            figures[name] = Figure(None)
            continue
        low, high = np.nanquantile(values[1:], [0.025, 0.975]) if len(documents) > 1 else (None, None)
        whole = counts[f"of {name.removesuffix(' %')}"][0]
        figures[name] = Figure(
            float(values[0]),
            None if low is None else float(low),
            None if high is None else float(high),
            int(whole) or None,
        )
    return figures


class _Zeros(dict[str, np.ndarray]):
    """Counts of which those that no document has are zero."""

    def __init__(self, counts: Mapping[str, np.ndarray], nothing: np.ndarray) -> None:
        super().__init__(counts)
        self._nothing = nothing

    def __missing__(self, key: str) -> np.ndarray:
        return self._nothing


def totals(documents: Iterable[Counter[str]], keys: Iterable[str]) -> dict[str, int]:
    """Plain sums of some counts."""
    listed = list(documents)
    return {key: sum(document[key] for document in listed) for key in keys}


# --------------------------------------------------------------------------------------------- tables

NAME_WIDTH, CELL_WIDTH = 56, 27


def table_lines(heading: str, columns: Mapping[str, tuple[Mapping[str, int], Mapping[str, Figure]]]) -> list[str]:
    """A table with a column for each kind: counts first, then figures, of which those without a value are left out."""
    names = list(columns)
    lines = [heading, _row("", names)]
    counted = dict.fromkeys(key for sums, _ in columns.values() for key in sums)
    for key in counted:
        lines.append(_row(key.replace("_", " "), [str(columns[name][0].get(key, "")) for name in names]))
    shown = dict.fromkeys(key for _, figures in columns.values() for key in figures)
    for key in shown:
        cells = [_cell(columns[name][1].get(key, Figure(None)), key) for name in names]
        if any(cells):
            lines.append(_row(key, cells))
    return [*lines, ""]


def _row(name: str, cells: Sequence[str]) -> str:
    return ("  " + f"{name:<{NAME_WIDTH}}" + "".join(f"{cell:<{CELL_WIDTH}}" for cell in cells)).rstrip()


def _cell(figure: Figure, name: str) -> str:
    if figure.value is None:
        return ""
    digits = 1 if "%" in name or "1,000" in name else 2
    cell = f"{figure.value:.{digits}f}"
    if figure.low is not None and figure.high is not None:
        cell += f" [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"
    return cell + (f" n={figure.of}" if figure.of else "")
