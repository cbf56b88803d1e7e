"""The advice on a case: what is needed, asking for it, reading it, accepting it or sending it back."""

from casetracker.journeys.advice import acting, asking
from casetracker.journeys.advice.views import bp

__all__ = ["acting", "asking", "bp"]
