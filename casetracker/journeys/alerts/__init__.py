"""Breach alerts: what is wrong, and what will be done about it."""

from casetracker.journeys.alerts import acting, overseeing
from casetracker.journeys.alerts.views import bp

__all__ = ["acting", "bp", "overseeing"]
