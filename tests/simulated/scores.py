"""How well probabilities foretold what came."""

import numpy as np

from tests.simulated.days import Flags, Numbers


def brier(probability: Numbers, came: Flags) -> float:
    """Return the mean square of the error: 0 is perfect, and less is better."""
    return float(np.mean((probability - came) ** 2))


def skill(probability: Numbers, came: Flags) -> float:
    """Return the share of the error of always saying the base rate that is saved: 1 is perfect, 0 no better."""
    return 1.0 - brier(probability, came) / brier(np.full(len(came), came.mean()), came)


def auc(probability: Numbers, came: Flags) -> float:
    """Return the chance that one that came was given more than one that did not, half counted for the same."""
    _, places, counts = np.unique(probability, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[places]
    yes = int(came.sum())
    return float((ranks[came].sum() - yes * (yes + 1) / 2) / (yes * (len(came) - yes)))
