"""Bringing in a past return, or a whole past step by step."""

from casetracker.journeys.imports.views import bp

__all__ = ["bp"]
