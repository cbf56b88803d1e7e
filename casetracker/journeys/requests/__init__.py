"""Logging a request: who it is about, who asked, and when the clock started."""

from casetracker.journeys.requests.views import bp

__all__ = ["bp"]
