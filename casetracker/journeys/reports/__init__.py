"""Highlight reports: begun, written, issued; as a page, a PDF and a workbook."""

from casetracker.journeys.reports.views import bp

__all__ = ["bp"]
