"""Opening a link that was sent: a code to its mailbox, and in."""

from casetracker.journeys.links.views import bp

__all__ = ["bp"]
