"""How the council does, for anybody: in plain English and in easy read, from the last report that was issued."""

from casetracker.journeys.performance.views import bp

__all__ = ["bp"]
