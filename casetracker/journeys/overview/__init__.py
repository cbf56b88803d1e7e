"""The manager's overview."""

from casetracker.journeys.overview.views import bp

__all__ = ["bp"]
