"""Fit the posteriors that ship with the package, and compare them with those that it has or put them there.

Usage: python scripts/build_posteriors.py [--cutoffs 2021-01,...,2026-01] [--seed 0] [--folder build/calibration]
           [--bundle]

The last cut-off is fitted to all that the store has, the others to what was known then. A fit that was cut short in
the folder goes on. Without --bundle the largest difference between a fit's means and those of the bundled one is
printed for each cut-off, in standard errors of both: with the same seed, machine and versions it is 0.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from counterflow.calibration import bundled
from counterflow.calibration.fitting import files

CUTOFFS = "2021-01,2022-01,2023-01,2024-01,2025-01,2026-01"
SHIPPED = (files.POSTERIOR, files.DISCREPANCY, files.MANIFEST)


def fit(cutoff: str, folder: Path, seed: int, known: bool) -> None:
    """Run the command for one cut-off, going on with what is there."""
    until = date.fromisoformat(f"{cutoff}-01") - timedelta(days=1)
    command = [sys.executable, "-c", "from counterflow.cli import main; main()", "calibrate"]
    command += ["--until", f"{until:%Y-%m}", "--seed", str(seed), "--out", str(folder)]
    command += ["--as-known"] if known else []
    command += ["--resume"] if folder.exists() else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def apart(one: files.Fitted, other: files.Fitted) -> tuple[float, str]:
    """The largest difference of means over its standard error, and of which parameter; of those that both fitted."""
    largest, of = 0.0, ""
    for key in set(one.keys) & set(other.keys):
        name = ".".join(key)
        found = []
        for fitted in (one, other):
            column = fitted.values[:, fitted.keys.index(key)]
            column = np.log(np.abs(column)) if (column > 0.0).all() or (column < 0.0).all() else column
            effective = fitted.manifest["parameters"][name]["effective"]
            found.append((column.mean(), column.var() / effective))
        (mean, error), (its_mean, its_error) = found
        difference = abs(mean - its_mean) / np.sqrt(error + its_error)
        if difference > largest:
            largest, of = float(difference), name
    return largest, of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cutoffs", default=CUTOFFS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("build/calibration"))
    parser.add_argument("--bundle", action="store_true")
    given = parser.parse_args()
    for cutoff in given.cutoffs.split(","):
        folder = given.folder / cutoff
        if not (folder / files.MANIFEST).is_file():
            fit(cutoff, folder, given.seed, known=cutoff != CUTOFFS.split(",")[-1])
        shipped = bundled.FOLDER / cutoff
        if given.bundle:
            shipped.mkdir(parents=True, exist_ok=True)
            for name in SHIPPED:
                shutil.copyfile(folder / name, shipped / name)
            print(f"{cutoff}: {files.manifest_of(shipped)['rows']} rows")
        else:
            largest, of = apart(files.read(folder), files.read(shipped))
            print(f"{cutoff}: means at most {largest:.1f} standard errors apart{f' ({of})' if of else ''}")


if __name__ == "__main__":
    main()
