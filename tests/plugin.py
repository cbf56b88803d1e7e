"""What the tests say at their end: what they could not try on this machine, and why, in plain words."""

from collections import Counter

import hypothesis
import pytest
from _pytest.terminal import TerminalReporter

from tests import services

hypothesis.settings.register_profile("casetracker", deadline=None)  # a busy machine is no fault of an example
hypothesis.settings.load_profile("casetracker")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a misspelt requirement, which would otherwise require nothing."""
    del config
    for name in services.required():
        try:
            services.missing(name)
        except ValueError as unknown:
            raise pytest.UsageError(f"CASETRACKER_REQUIRE: {unknown}") from None


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say how many tests were skipped for want of what."""
    skipped = terminalreporter.getreports("skipped")
    if not skipped:
        return
    reasons = Counter(_reason(report) for report in skipped)
    terminalreporter.section("not tried on this machine")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:>5} {'test' if count == 1 else 'tests'} skipped: {reason}")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
