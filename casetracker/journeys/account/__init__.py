"""Signing in and out."""

from casetracker.journeys.account.views import bp, init_app

__all__ = ["bp", "init_app"]
