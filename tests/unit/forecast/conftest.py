"""Counties that several tests look at, each simulated and rehearsed once."""

import pytest

from tests.unit.forecast.counties import Rehearsed, rehearsed


@pytest.fixture(scope="session")
def independent() -> Rehearsed:
    return rehearsed("independent", seed=7, cases=1800)


@pytest.fixture(scope="session")
def queues() -> Rehearsed:
    return rehearsed("queues", seed=7, cases=1800)


@pytest.fixture(scope="session")
def sparse() -> Rehearsed:
    return rehearsed("sparse", seed=7, cases=1200)
