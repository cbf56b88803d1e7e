"""Measures: the board's figures, how they were known, what they are made of, and how far the data can be trusted."""

from casetracker.journeys.measures import entering, quality, reporting
from casetracker.journeys.measures.views import bp

__all__ = ["bp", "entering", "quality", "reporting"]
