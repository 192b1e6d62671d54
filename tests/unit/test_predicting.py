"""Forecasts of the model carry on from where its paths and what they miss stood at the origin."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from counterflow.calibration.fitting.discrepancy import Filtered, Hyper
from counterflow.calibration.fitting.observed import fitted
from counterflow.calibration.forecasting import predicting
from counterflow.calibration.forecasting.predicting import PARTS, Stand, simulated

MEMBERS, HORIZON = 20_000, 6
ABOUT = fitted()[0]
NAMES = tuple(about.name for about in ABOUT)


def stand(*, sigma: float = 0.0, phi: float = 0.9, variances: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Stand:
    """All paths at e^10, the nationwide ratio at 1; `variances` of level and gap, and their covariance."""
    shape = (MEMBERS, len(NAMES))
    paths = np.full((MEMBERS, 3 + HORIZON, len(NAMES)), 10.0)
    paths[:, :, NAMES.index("nationwide")] = 0.0
    whole = [np.full(shape, value) for value in (0.5, -0.2, variances[0] + 1e-12, variances[2], variances[1])]
    months = np.arange(np.datetime64("2023-10"), np.datetime64("2024-01") + HORIZON)
    of: Any = SimpleNamespace(
        seen=SimpleNamespace(names=NAMES, about=ABOUT), at=SimpleNamespace(months=months, cutoff=date(2024, 1, 1))
    )
    hyper: Any = Hyper(np.full(shape, phi), np.full(shape, sigma), np.zeros(shape))
    return Stand(paths, Filtered(*whole), hyper, of)  # type: ignore[arg-type]


def test_without_news_the_discrepancy_goes_back_to_the_level() -> None:
    found = np.log(np.median(simulated(stand(), 0)["homicides"], axis=0))
    np.testing.assert_allclose(found, 10.5 - 0.2 * 0.9 ** np.arange(1, HORIZON + 1), atol=0.002)


def test_news_adds_up_as_an_autoregression_does() -> None:
    logs = np.log(simulated(stand(sigma=0.1, phi=0.8), 0)["overdose_deaths"])
    expected = 0.1**2 * np.cumsum(0.8 ** (2 * np.arange(HORIZON)))
    np.testing.assert_allclose(logs.var(axis=0), expected, rtol=0.05)
    assert np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] > 0.5  # a course, not months by themselves


def test_level_and_gap_are_drawn_together() -> None:
    apart = np.log(simulated(stand(phi=0.999, variances=(0.04, 0.04, 0.0)), 0)["homicides"]).var(axis=0)[0]
    bound = np.log(simulated(stand(phi=0.999, variances=(0.04, 0.04, -0.039)), 0)["homicides"]).var(axis=0)[0]
    assert apart == pytest.approx(0.08, rel=0.05)
    assert bound == pytest.approx(0.002, rel=0.2)  # what is counted adds a little


def test_sums_are_sums_of_their_parts_and_ratios_follow_what_they_are_of() -> None:
    found = simulated(stand(), 0)
    assert set(found) == set(PARTS)
    one = found["homicides"].mean()
    assert found["bookins"].mean() == pytest.approx(2 * one, rel=0.01)
    wide = simulated(stand(sigma=0.3), 0)
    assert np.corrcoef(np.log(wide["nationwide"][:, 0]), np.log(wide["encounters"][:, 0]))[0, 1] > 0.6


def test_two_processes_draw_the_same() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import hashlib; import test_predicting as t; "
        "t.MEMBERS = 50; found = t.simulated(t.stand(sigma=0.1), 3); "
        "print(hashlib.sha256(b''.join(found[name].tobytes() for name in sorted(found))).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == len(hashlib.sha256().hexdigest())


def test_every_forecast_has_an_official_series() -> None:
    assert {predicting.about(name).series for name in PARTS} <= {about.series for about in ABOUT} | {
        "cbp_encounters_sw"
    }
