"""The post: what goes out today, what went, what could not, and the words it goes in."""

from casetracker.journeys.mail.views import bp

__all__ = ["bp"]
