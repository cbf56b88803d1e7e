"""The nation's figures beside the authority's own: published, ranked, and compared cell by cell."""

from casetracker.journeys.comparators.views import bp

__all__ = ["bp"]
