"""Looking ahead: where timeliness will end, the backlog dial, two years of the queues."""

from casetracker.journeys.ahead import backlog, capacity
from casetracker.journeys.ahead.views import bp

__all__ = ["backlog", "bp", "capacity"]
