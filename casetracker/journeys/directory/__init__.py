"""The directory: settings, services, their people, and when settings are closed."""

from casetracker.journeys.directory.views import bp

__all__ = ["bp"]
