"""Advice in figures: who gives it in six weeks, what is waited for, and which cases it holds up."""

from casetracker.journeys.advice_figures.views import bp

__all__ = ["bp"]
