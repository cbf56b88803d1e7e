"""My caseload: what is urgent, found and filtered."""

from casetracker.journeys.caseload.views import bp

__all__ = ["bp"]
