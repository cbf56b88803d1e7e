"""Timeliness: plans issued within 20 weeks, over time, beside the nation's."""

from casetracker.journeys.timeliness.views import bp

__all__ = ["bp"]
