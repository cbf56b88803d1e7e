"""Giving advice through a link, with no account."""

from casetracker.journeys.giving import answering_otherwise, files
from casetracker.journeys.giving.views import bp

__all__ = ["answering_otherwise", "bp", "files"]
