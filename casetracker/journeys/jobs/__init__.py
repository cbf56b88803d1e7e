"""What the jobs have done."""

from casetracker.journeys.jobs.views import bp

__all__ = ["bp"]
