"""The days of the panel, and what each has to decide."""

from casetracker.journeys.panels.views import bp

__all__ = ["bp"]
