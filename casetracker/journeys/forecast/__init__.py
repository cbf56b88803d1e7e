"""The forecast itself: what it has learned from, how right it has been, and which fit is in use."""

from casetracker.journeys.forecast.views import bp

__all__ = ["bp"]
