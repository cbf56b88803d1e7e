"""Figures for programs: read only, by token, in pages, as JSON or CSV, described by OpenAPI."""

from casetracker.journeys.api.views import bp

__all__ = ["bp"]
