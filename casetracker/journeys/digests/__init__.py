"""One's own digest and calendar, the calendar at its private address, and who gets the weekly summary."""

from casetracker.journeys.digests import heads
from casetracker.journeys.digests.views import bp

__all__ = ["bp", "heads"]
