"""Programs, such as Power BI, that may read figures."""

from casetracker.journeys.programs.views import bp

__all__ = ["bp"]
