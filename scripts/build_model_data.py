"""Write the cartel model's tables from the published figures.

    python scripts/build_model_data.py SOURCE_DIR

SOURCE_DIR holds `cartel_groups.csv`, `cartel_ties.csv` and `cartel_refits.csv`. The network is the one behind
Prieto-Curiel, Campedelli & Hope (Science 2023, 381:1312-1316), Dryad doi:10.5061/dryad.zw3r228d7
(CC0), compiled by PPD/CentroGeo; the refits are recomputed with the authors' equations.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "counterflow" / "model" / "data"
ACCEPTED = 1.15  # a refit is accepted within 15% of the best sum of squared errors


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: list[str], body: list[list[object]]) -> None:
    """Write one table, sorted as given, with unix line ends."""
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(body)


def main(source: Path) -> None:
    """Build the three tables from `source`."""
    groups = [[int(row["rank"]), row["group"]] for row in rows(source / "cartel_groups.csv")]
    write("groups.csv", ["rank", "group"], sorted(groups))
    ties = [
        [
            int(row["rank_a"]),
            int(row["rank_b"]),
            int(row["states_in_rivalry"]),
            int(row["states_in_alliance"]),
        ]
        for row in rows(source / "cartel_ties.csv")
    ]
    write("ties.csv", ["rank_a", "rank_b", "rivalry_states", "alliance_states"], sorted(ties))
    refits = rows(source / "cartel_refits.csv")
    limit = ACCEPTED * min(float(row["SSE"]) for row in refits)
    accepted = [
        [
            float(row["C0"]),
            float(row["rho_e3"]) * 1e-3,
            float(row["eta"]),
            float(row["theta_e8"]) * 1e-8,
            float(row["omega_mult"]) * 4e-8 * 115_000 / float(row["C0"]),
        ]
        for row in refits
        if float(row["SSE"]) <= limit
    ]
    write(
        "refits.csv",
        ["C0", "rho", "eta", "theta", "omega"],
        [[f"{v:.6g}" for v in r] for r in sorted(accepted)],
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
