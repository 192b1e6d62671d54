"""The tables of docs/benchmarks.md from what benchmark_ensembles.py measured, so that no figure is typed by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

# What the benchmarks aim at.
AIM_WORKBENCH = 20.0  # times the rate of EMA Workbench
AIM_COUPLED = 0.25  # of the rate of the best kernel for the cartel equations alone
AIM_STORED = 1.10  # times the seconds of a run in memory
AIM_MEMORY = 4e9  # bytes, of the large run
SAME = 1e-4  # how far engines that take the same steps may end from one another, as a share; single precision
ADAPTIVE = 5e-3  # and the adaptive solvers, at their own tolerance of 1e-3 a step

Block = Mapping[str, Any]


def figure(value: float) -> str:
    """Three significant digits, or whole where there are more."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rates(runs: int, seconds: Sequence[float]) -> tuple[float, float]:
    """Runs a second, of the best and of the median repeat."""
    return runs / min(seconds), runs / median(seconds)


def machine(found: Block) -> str:
    """Where, when and how."""
    at = found["machine"]
    held = ", ".join(f"{name} {size / 2**20:.3g} MiB" for name, size in at["caches"].items())
    versions = ", ".join(f"{name} {number}" for name, number in at["versions"].items())
    return (
        f"Measured on {at['date']} in one run of {found['took_seconds'] / 60:.1f} minutes: {at['processor']}, "
        f"{at['cores']} cores, {at['memory_bytes'] / 2**30:.1f} GiB of memory, caches {held or 'not told'}; "
        f"{at['system']}, Python {at['python']}, {versions}. Load when it began: {at['load_at_start']:.2f}.\n\n"
        f"    {at['command']}"
    )


def alone(part: Block) -> str:
    """(a)"""
    told = []
    for kind, title in (("smooth", "Smooth: constant factors"), ("forced", "Forced: other factors in each week")):
        rows = part[kind]["rows"]
        ours = next(row for row in rows if row["key"] == "model")
        _, reference = rates(ours["runs"], ours["seconds"])
        lines = []
        for row in rows:
            if "missing" in row:
                lines.append([row["name"], "", "not run", "", "", ""])
                continue
            best, middle = rates(row["runs"], row["seconds"])
            far = max(row["apart"].values())
            lines.append(
                [row["name"], str(row["runs"]), figure(best), figure(middle), figure(reference / middle), f"{far:.1e}"]
            )
        head = ("engine", "runs", "best, runs a second", "median, runs a second", "model's step over it", "ends apart")
        told.append(f"**{title}.**\n\n{table(head, lines)}")
    return "\n\n".join([*told, checked(part)])


def checked(part: Block) -> str:
    """What the engines' ends show, and what was not run."""
    told = []
    for kinds, limit, said in (
        (True, SAME, "Engines that take weekly steps"),
        (False, ADAPTIVE, "Adaptive solvers"),
    ):
        far = [
            max(row["apart"].values())
            for kind in ("smooth", "forced")
            for row in part[kind]["rows"]
            if "apart" in row and row["same_steps"] is kinds
        ]
        word = "as allowed" if max(far) <= limit else "**more than is allowed**"
        told.append(
            f"{said} end within {max(far):.1e} of the plain NumPy loop, in members and in all who were killed "
            f"({word}: {limit:.0e})."
        )
    exact = {kind: max(part[kind]["exact"].values()) for kind in ("smooth", "forced")}
    told.append(
        "The weekly steps themselves end "
        + " and ".join(f"{share:.2%} ({kind})" for kind, share in exact.items())
        + " from the differential equation, solved by LSODA to a relative tolerance of 1e-9."
    )
    smooth = {row["key"]: row for row in part["smooth"]["rows"] if "seconds" in row}
    medians = {key: rates(row["runs"], row["seconds"])[1] for key, row in smooth.items()}
    solver = max(("RK45", "LSODA"), key=medians.__getitem__)
    times = medians[solver] / medians["loop"]
    wins = "wins over" if times > 1 else "does not win over"
    told.append(f"Where nothing changes from week to week, {solver} {wins} the NumPy loop: {times:.1f} times its rate.")
    missing = {row["missing"] for kind in ("smooth", "forced") for row in part[kind]["rows"] if "missing" in row}
    return " ".join([*told, *(f"{why}: its rows were not run." for why in sorted(missing))])


def times_workbench(part: Block, key: str) -> list[float]:
    """How many times EMA Workbench's median rate one of our engines reaches, smooth and forced."""
    found = []
    for kind in ("smooth", "forced"):
        rows = {row["key"]: row for row in part[kind]["rows"] if "seconds" in row}
        if "ema" in rows:
            ours, theirs = (rates(rows[name]["runs"], rows[name]["seconds"])[1] for name in (key, "ema"))
            found.append(ours / theirs)
    return found


def coupled_share(part: Block) -> tuple[str, float]:
    """The faster of the two kernels for the cartel equations alone, and the share of its rate that is reached."""
    middle = {key: rates(part["runs"][key], seconds)[1] for key, seconds in part["seconds"].items()}
    best = max(("model", "bare"), key=middle.__getitem__)
    return best, middle["coupled"] / middle[best]


def coupled(part: Block) -> str:
    """(b)"""
    names = {
        "coupled": "coupled model, all mechanisms, noise, all outputs by month",
        "model": "cartel equations alone, the model's own step",
        "bare": "cartel equations alone, the kernel for them only",
    }
    rate = {key: rates(part["runs"][key], part["seconds"][key]) for key in part["seconds"]}
    lines = [
        [name, str(part["runs"][key]), *map(figure, rate[key]), f"{rate['coupled'][1] / rate[key][1]:.3f}"]
        for key, name in names.items()
    ]
    head = ("ten years, float32", "runs", "best, runs a second", "median, runs a second", "coupled model's share")
    compiled = part["compile_seconds"]
    told = (
        f"Compiling, with the first batch: starting states {compiled['start']:.1f} s, run {compiled['run']:.1f} s. "
        f"Starting states, with lever paths, of {part['runs']['start']} draws: "
        f"{median(part['seconds']['start']):.2f} s."
    )
    weeks, moved = part["weeks"], part["moved_bytes_a_week"]
    streamed = moved["given"] + moved["outputs"]
    least = 2 * moved["state"] + moved["parameters"] + streamed
    memory, cache = (median(part["bandwidth"][kind]["bytes_a_second"]) for kind in ("memory", "cache"))
    kinds = [
        ("memory, if a batch's state stays in cache: what is given and the outputs", streamed, memory),
        ("memory, if it does not: state read and written, parameters read, and these", least, memory),
    ]
    if part["xla_bytes_a_week"]:
        kinds.append(
            ("cache, by XLA's count: what each fused operation reads and writes", part["xla_bytes_a_week"], cache)
        )
    shares = [rate["coupled"][1] * weeks * size / speed for _, size, speed in kinds]
    limits = [
        [name, figure(size), f"{speed / 1e9:.1f}", figure(speed / size / weeks), f"{share:.1%}"]
        for (name, size, speed), share in zip(kinds, shares, strict=True)
    ]
    near = max(range(len(kinds)), key=shares.__getitem__)
    nearest = f"It comes nearest to the limit of the {kinds[near][0].partition(',')[0]}: {shares[near]:.0%} of it."
    if shares[near] < 0.5:
        nearest += " That is far enough to say that bandwidth alone does not hold it back."
    limit_head = ("limit", "bytes a run and week", "GB a second, copied", "runs a second at most", "reached")
    return "\n\n".join([table(head, lines), told, table(limit_head, limits), nearest])


def stored(part: Block) -> str:
    """(c)"""
    lines = []
    for every in ("week", "month"):
        seconds = {where: [one["seconds"] for one in part[every][where]] for where in ("memory", "store")}
        one = part[every]["store"][0]
        lines.append(
            [
                f"by {every}",
                str(one["runs"]),
                *(f"{min(seconds[where]):.2f} / {median(seconds[where]):.2f}" for where in ("memory", "store")),
                f"{stored_ratio(part, every):.3f}",
                f"{one['bytes'] / 1e6:.1f}",
            ]
        )
    head = (
        "outputs",
        "runs",
        "in memory, s, best / median",
        "stored, s, best / median",
        "ratio of medians",
        "MB written",
    )
    return table(head, lines)


def stored_ratio(part: Block, every: str) -> float:
    """Seconds of a stored run over those of one in memory, medians."""
    store, memory = (median(one["seconds"] for one in part[every][where]) for where in ("store", "memory"))
    return store / memory


def steady(one: Block, first: int) -> float:
    """Runs a second after the `first` chunks, which come together from as many workers, until the last."""
    moments = one["chunks_done"]
    if len(moments) <= first:
        return float("nan")
    return one["runs"] * (1 - first / len(moments)) / (moments[-1] - moments[first - 1])


def scaled(part: Block) -> str:
    """(d)"""
    lines = []
    for workers in ("1", "2", "4"):
        ran = part[workers]
        name = "1: threads of one process, on all cores" if workers == "1" else f"{workers} processes, of one core each"
        whole = median(one["seconds"] for one in ran)
        lines.append(
            [
                name,
                str(ran[0]["runs"]),
                f"{whole:.1f}",
                f"{median(one['chunks_done'][0] for one in ran):.1f}",
                figure(ran[0]["runs"] / whole),
                figure(median(steady(one, int(workers)) for one in ran)),
            ]
        )
    head = ("workers", "runs", "s in all", "s to the first chunk", "runs a second, in all", "after each one's first")
    return table(head, lines)


def large(part: Block) -> str:
    """(e)"""
    rows = [
        ["runs of ten years", f"{part['runs']:,}"],
        ["branches", ", ".join(part["branches"])],
        ["seconds, compiling included", f"{part['seconds']:.1f}"],
        ["seconds to the first chunk", f"{part['chunks_done'][0]:.1f}"],
        ["runs a second", figure(part["runs"] / part["seconds"])],
        ["runs a second, after the first chunk", figure(steady(part, 1))],
        ["peak memory of the process, GB", f"{part['peak_bytes'] / 1e9:.2f}"],
        ["written, MB", f"{part['bytes'] / 1e6:.1f}"],
    ]
    return table(("", ""), rows)


def aims(found: Block) -> str:
    """Each aim, what was measured, and whether it is met."""
    lines = []

    def add(aim: str, measured: str, met: bool) -> None:
        lines.append([aim, measured, "met" if met else "**missed**"])

    if "a" in found:
        for key, name in (("model", "the model's own step"), ("bare", "the kernel for these equations only")):
            aim = f"(a) {name} at least {AIM_WORKBENCH:.0f} times EMA Workbench on 2 processes"
            if times := times_workbench(found["a"], key):
                add(aim, f"{times[0]:.1f} smooth, {times[1]:.1f} forced", min(times) >= AIM_WORKBENCH)
            else:
                lines.append([aim, "", "not run"])
    if "b" in found:
        best, share = coupled_share(found["b"])
        which = {"model": "the model's own step", "bare": "the kernel for them only"}[best]
        add(
            f"(b) the coupled model at {AIM_COUPLED:.0%} of the best kernel for the cartel equations alone ({which})",
            f"{share:.1%}",
            share >= AIM_COUPLED,
        )
    for every in ("week", "month") if "c" in found else ():
        ratio = stored_ratio(found["c"], every)
        add(f"(c) stored, by {every}: at most 10% slower than in memory", f"{ratio - 1:+.1%}", ratio <= AIM_STORED)
    if "e" in found:
        peak = found["e"]["peak_bytes"]
        add(f"(e) {found['e']['runs']:,} runs in less than 4 GB", f"{peak / 1e9:.2f} GB", peak <= AIM_MEMORY)
    return table(("aim", "measured (medians)", ""), lines)


def blocks(found: Block) -> dict[str, str]:
    """Markdown by the name of the marker between which it stands."""
    parts: dict[str, Callable[[Block], str]] = {"a": alone, "b": coupled, "c": stored, "d": scaled, "e": large}
    told = {name: tell(found[name]) if name in found else "Not run." for name, tell in parts.items()}
    return {"machine": machine(found), "aims": aims(found), **told}


def put_into(file: Path, blocks: Mapping[str, str]) -> None:
    """Put each block between its markers `<!-- NAME -->` and `<!-- /NAME -->` in a file.

    Raises ValueError where a marker is not there; the file then stays as it is.
    """
    text = file.read_text(encoding="utf-8")
    for name, block in blocks.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text, count = pattern.subn(lambda found, block=block: f"{found[1]}\n{block}\n\n{found[2]}", text)
        if count != 1:
            raise ValueError(f"{file} has {count} places marked {name}")
    file.write_text(text, encoding="utf-8")
