"""How good forecasts were: Brier score and skill, AUC, calibration in tenths, coverage, precision and recall."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]


def brier(p: Floats, happened: NDArray[np.bool_]) -> float:
    """Return the mean squared distance of probabilities from what happened: 0 is perfect."""
    return float(np.mean((p - happened) ** 2)) if len(p) else float("nan")


def skill(p: Floats, happened: NDArray[np.bool_]) -> float:
    """Return how much of the base rate's own Brier score is saved: 1 is perfect, 0 no better than the base rate."""
    base = float(np.mean(happened)) if len(p) else float("nan")
    return 1 - brier(p, happened) / (base * (1 - base)) if 0 < base < 1 else float("nan")


def auc(p: Floats, happened: NDArray[np.bool_]) -> float:
    """Return the chance that a case which breached was given more than one which did not; ties count half."""
    breached = int(happened.sum())
    others = len(p) - breached
    if not breached or not others:
        return float("nan")
    order = np.argsort(p, kind="stable")
    ranked = np.asarray(p)[order]
    first = np.searchsorted(ranked, ranked, side="left")
    last = np.searchsorted(ranked, ranked, side="right")
    ranks = np.empty(len(p))
    ranks[order] = (first + last + 1) / 2
    return float((ranks[happened].sum() - breached * (breached + 1) / 2) / (breached * others))


@dataclass(frozen=True, slots=True)
class Tenth:
    """One tenth of a calibration table: cases given between two probabilities, and what came of them."""

    low: float
    high: float
    cases: int
    expected: float
    """The mean probability they were given."""
    breached: float
    """The share of them that breached."""


def calibration(p: Floats, happened: NDArray[np.bool_]) -> list[Tenth]:
    """Return the tenths of the scale that have any case in them."""
    place = np.clip((np.asarray(p) * 10).astype(int), 0, 9)
    return [
        Tenth(n / 10, (n + 1) / 10, int(here.sum()), float(p[here].mean()), float(happened[here].mean()))
        for n in range(10)
        if (here := place == n).any()
    ]


def precision_and_recall(p: Floats, happened: NDArray[np.bool_], *, over: float) -> tuple[float, float]:
    """Return the share of those given more than `over` that breached, and the share of breaches that were."""
    flagged = p > over
    hit = int((flagged & happened).sum())
    return (
        hit / int(flagged.sum()) if flagged.any() else float("nan"),
        hit / int(happened.sum()) if happened.any() else float("nan"),
    )
